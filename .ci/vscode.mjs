// `npm run vscode [-- FOLDER]`: packs the extension and opens it in a real VS Code, in a browser of yours. The folder
// (examples/ without one) is copied, so nothing you do there touches it. Ctrl+C ends it.
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import esbuild from 'esbuild';
import { root, shared } from '../build.mjs';

const must = (...args) => {
  const run = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  if (run.status !== 0) process.exit(run.status ?? 1);
};
must('test/vscode-host/install.mjs');
must('.ci/package.mjs', '--no-build');

const outfile = path.join(root, '.cache/vscode-host.mjs');
mkdirSync(path.dirname(outfile), { recursive: true });
const entry = path.join(root, 'test/vscode-host/host.ts');
await esbuild.build({ ...shared, entryPoints: [entry], outfile, platform: 'node', target: 'node20', format: 'esm', packages: 'external', sourcemap: false });
const { startHost } = await import(pathToFileURL(outfile).href);
const host = await startHost({ workspace: path.resolve(process.argv[2] ?? path.join(root, 'examples')), vsix: [path.join(root, 'kernelscope.vsix')], keepsRunning: true });
console.log(`\nOpen this in a browser (Chrome, Edge or Firefox) on this machine:\n\n  ${host.url}\n\nThen open a script, and run "Kernelscope: Profile Training Script" from the palette (F1). Ctrl+C ends VS Code.`);
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void host.stop().then(() => process.exit(0)));
