// `npm run check`: types, lint, format, architecture, fast tests. Prints the command that mends what fails.
import { spawnSync } from 'node:child_process';

const steps = [
  ['types', ['npx', 'tsc', '--noEmit'], null],
  ['lint', ['npx', 'oxlint', '--deny-warnings'], 'npx oxlint --fix'],
  ['format', ['npx', 'oxfmt', '--check', 'src', 'webview', 'test', 'examples', 'kernels'], 'npm run format'],
  ['tests', ['node', '.ci/test.mjs', 'arch', 'pure', 'golden'], null],
];

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
