// `npm run test:desktop`: the main job in a desktop VS Code, which @vscode/test-electron downloads (needs internet), or in the
// one that VSCODE_EXECUTABLE names. On Linux without a display, start it under `xvfb-run -a`. The usual tests
// (`npm test`) use a VS Code from npm packages instead and need neither.
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { runTests } from '@vscode/test-electron';
import { build } from '../../build.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const executable = process.env.VSCODE_EXECUTABLE;
const workspace = mkdtempSync(path.join(os.tmpdir(), 'kernelscope-'));
try {
  await build();
  cpSync(path.join(here, '../extension/workspace'), workspace, { recursive: true });
  await runTests({
    ...(executable ? { vscodeExecutablePath: executable } : {}),
    extensionDevelopmentPath: path.join(here, '../..'),
    extensionTestsPath: path.join(here, 'suite.cjs'),
    launchArgs: [workspace, '--disable-extensions', '--user-data-dir', path.join(workspace, '.user')],
  });
} catch (error) {
  console.error(String(error));
  process.exitCode = 1;
} finally {
  rmSync(workspace, { recursive: true, force: true });
}
