// `npm start`: from a fresh checkout to a profile of the CNN example, with its report, trace and picture.
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const run = (args) => spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' }).status ?? 1;

const ready = run(['.ci/setup.mjs', 'start']);
if (ready !== 0) process.exit(ready);
const out = path.join('kernelscope-report', 'mnist-cnn');
mkdirSync(path.join(root, 'kernelscope-report'), { recursive: true });
process.exit(run(['dist/cli.mjs', 'profile', 'examples/mnist-cnn.ts', '--trace', `${out}.kscope`, '--html', `${out}.html`, ...process.argv.slice(2)]));
