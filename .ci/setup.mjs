// Makes a fresh checkout ready: `node .ci/setup.mjs [start|test]`. Plain Node, because nothing is installed yet.
//   start  npm packages, the build, and a GPU driver (a software one where there is no GPU)
//   test   besides: Chromium and a real VS Code for the browser and extension tiers
// Each step is skipped when its work is already there, and says in a line what it did.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { CHROMIUM } from './chromium.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const at = (...parts) => path.join(root, ...parts);
const quiet = { stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8', maxBuffer: 1 << 28 };

/** Runs a step, or ends with its output and what to do. */
function must(label, command, args, options = {}) {
  const start = performance.now();
  console.log(`setup: ${label} ...`);
  const run = spawnSync(command, args, { cwd: root, ...quiet, ...options });
  if (run.status !== 0) {
    console.error(`${run.stdout ?? ''}${run.stderr ?? ''}${run.error ?? ''}`);
    console.error(`setup: ${label} failed (${[command, ...args].join(' ')})`);
    process.exit(1);
  }
  console.log(`setup: ${label} (${((performance.now() - start) / 1000).toFixed(1)} s)`);
}

function installPackages() {
  const want = createHash('sha256').update(readFileSync(at('package-lock.json'))).update(process.version).digest('hex');
  const stamp = at('node_modules/.kernelscope-setup');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === want) return;
  // `install`, not `ci`: a registry may lack the optional binaries of other platforms, which `ci` refuses to overlook.
  // The versions are the lockfile's either way.
  must('npm packages', 'npm', ['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund'], { shell: process.platform === 'win32' });
  writeFileSync(stamp, want);
}

async function buildAll() {
  const start = performance.now();
  const { build } = await import(pathToFileURL(at('build.mjs')).href);
  await build();
  console.log(`setup: build (${((performance.now() - start) / 1000).toFixed(1)} s)`);
}

/** A driver the profiler can use. `doctor --install` installs one only where it is wanted, and prints what there is, and why. */
function installDriver() {
  const run = spawnSync(process.execPath, [at('dist/cli.mjs'), 'doctor', '--install'], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  if (run.status !== 0) process.exit(run.status ?? 1);
}

function installChromium() {
  if (existsSync(CHROMIUM)) return;
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    console.log('setup: no Chromium here and no rights to install it: the browser and extension tests will be skipped. Set CHROMIUM to a Chromium or Chrome to run them');
    return;
  }
  must('package lists', 'apt-get', ['update']);
  // The compiler is for two modules of VS Code that come without a binary: its logs and output channels.
  const packages = ['chromium', 'fonts-dejavu-core', 'python3', 'make', 'g++'];
  must('Chromium and a compiler', 'apt-get', ['install', '-y', '-o', 'DPkg::Lock::Timeout=120', '--no-install-recommends', ...packages], { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
}

function installVsCode() {
  if (!existsSync(CHROMIUM) || process.platform !== 'linux') return;
  must('a real VS Code for the tests', process.execPath, [at('test/vscode-host/install.mjs')]);
}

const major = Number(process.versions.node.split('.')[0]);
if (major < 20) {
  console.error(`Kernelscope needs Node 20 or newer; this is ${process.version}`);
  process.exit(1);
}
const goal = process.argv[2] ?? 'start';
mkdirSync(at('.cache'), { recursive: true });
installPackages();
await buildAll();
installDriver();
if (goal === 'test') {
  installChromium();
  installVsCode();
}
