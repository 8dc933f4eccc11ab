// `npm run check`: types, lint, format, architecture, fast tests. Prints the command that mends what fails.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const steps = [
  ['types', ['npx', 'tsc', '--noEmit'], null],
  ['lint', ['npx', 'oxlint', '--deny-warnings'], 'npx oxlint --fix'],
  ['format', ['npx', 'oxfmt', '--check', 'src', 'webview', 'test', 'examples', 'kernels'], 'npm run format'],
  ['tests', ['node', '.ci/test.mjs', 'arch', 'pure', 'golden'], null],
];

/** Packages that package.json names and node_modules lacks in that version: after a pull that added one. */
function missingPackages() {
  const { dependencies, devDependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
  return Object.entries({ ...dependencies, ...devDependencies }).flatMap(([name, version]) => {
    try {
      return JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8')).version === version ? [] : [name];
    } catch {
      return [name];
    }
  });
}

const missing = missingPackages();
if (missing.length > 0) {
  console.log(`     installing ${missing.join(', ')}`);
  spawnSync('npm', ['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund'], { stdio: 'inherit', shell: process.platform === 'win32' });
}

let bad = 0;
for (const [name, [command, ...args], mend] of steps) {
  const start = performance.now();
  const run = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 27 });
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  if (run.status === 0) {
    console.log(`ok   ${name} (${seconds} s)`);
    continue;
  }
  bad++;
  console.log(`FAIL ${name} (${seconds} s)\n${run.stdout}${run.stderr}`);
  if (mend) console.log(`     mend with: ${mend}`);
}
process.exitCode = bad > 0 ? 1 : 0;
