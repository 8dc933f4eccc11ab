// Runs the tests by what they need: `node .ci/test.mjs [tier ...] [--grep TEXT]`, all tiers without names.
// Each tier's files are bundled by esbuild and run by node:test. The last line is `N passed, N failed`.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import esbuild from 'esbuild';
import { root, shared } from '../build.mjs';

/**
 * Tier -> folders of test/, how many files at a time, and how long one file may take. `again`: what needs a device, starts
 * processes, measures real runs or drives a whole VS Code meets a busy machine now and then, so what fails ('each' file, or 'all' of the tier) is run
 * once more, and the output says so.
 */
const TIERS = {
  arch: { folders: ['arch'], jobs: 1, minutes: 1 },
  pure: { folders: ['base', 'trace', 'wire', 'import', 'export', 'analysis', 'suggest', 'edit', 'cli', 'webview', 'probe', 'adapters', 'run', 'sql', 'child', 'data', 'setup', 'extension-pure'], jobs: 2, minutes: 3, again: 'all' },
  golden: { folders: ['golden'], jobs: 2, minutes: 2 },
  compile: { folders: ['compile'], jobs: 1, minutes: 3 },
  ops: { folders: ['gpu', 'ops', 'tensor', 'nn', 'optim', 'api'], jobs: 1, minutes: 8, again: 'all' },
  e2e: { folders: ['e2e'], jobs: 1, minutes: 10, again: 'each' },
  browser: { folders: ['browser'], jobs: 1, minutes: 6, again: 'all' },
  extension: { folders: ['extension'], jobs: 1, minutes: 15, again: 'each' },
};

const { values, positionals } = parseArgs({ allowPositionals: true, options: { grep: { type: 'string' }, file: { type: 'string' } } });
const wanted = positionals.length > 0 ? positionals : Object.keys(TIERS);
for (const tier of wanted) {
  if (tier in TIERS) continue;
  console.error(`no tier '${tier}'; there are ${Object.keys(TIERS).join(', ')}`);
  process.exit(2);
}

let passed = 0;
let failed = 0;
let skipped = 0;
for (const tier of wanted) {
  const start = performance.now();
  const result = await runTier(tier);
  passed += result.passed;
  failed += result.failed;
  skipped += result.skipped;
  console.log(`-- ${tier}: ${result.passed} passed, ${result.failed} failed, ${result.skipped} skipped in ${((performance.now() - start) / 1000).toFixed(1)} s\n`);
}
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;

async function runTier(tier) {
  const { folders, jobs, minutes, again } = TIERS[tier];
  const files = folders
    .flatMap((folder) => filesUnder(path.join('test', folder)))
    .filter((file) => file.endsWith('.test.ts') && (!values.file || file.includes(values.file)));
  if (files.length === 0) return { passed: 0, failed: 0, skipped: 0 };
  console.log(`== ${tier}`);
  // A folder of this process's own: two runs of a tier may go side by side.
  const outdir = path.join(root, '.cache/tests', `${tier}-${process.pid}`);
  mkdirSync(outdir, { recursive: true });
  await esbuild.build({
    ...shared,
    entryPoints: files,
    outdir,
    outbase: path.join(root, 'test'),
    outExtension: { '.js': '.mjs' },
    platform: 'node',
    target: 'node20',
    format: 'esm',
    packages: 'external',
    splitting: true,
    sourcemap: 'inline',
    alias: { kernelscope: path.join(root, 'src/api/index.ts') },
  });
  const built = files.map((file) => path.join(outdir, path.relative('test', file).replace(/\.ts$/, '.mjs')));
  const args = ['--enable-source-maps', '--test', '--test-reporter=spec', '--test-reporter-destination=stdout', `--test-concurrency=${jobs}`, `--test-timeout=${minutes * 60_000}`];
  if (values.grep) args.push(`--test-name-pattern=${values.grep}`);
  const run = (some) => runNode([...args, ...some]);
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const group of again === 'each' ? built.map((file) => [file]) : [built]) {
    let result = await run(group);
    if (again && result.failed > 0) {
      console.log(`-- ${group.length === 1 ? path.basename(group[0]) : tier} failed and is run once more`);
      result = await run(group);
    }
    for (const key of Object.keys(total)) total[key] += result[key];
  }
  rmSync(outdir, { recursive: true, force: true });
  return total;
}

/** Runs node with the arguments, passes its output on, and counts from the runner's summary. */
function runNode(args) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, FORCE_COLOR: '0', KERNELSCOPE_NO_WAIT: '1' } });
    let tail = '';
    child.stdout.setEncoding('utf8');
    child.stdout.on('data', (text) => {
      process.stdout.write(text);
      tail = (tail + text).slice(-100_000);
    });
    child.on('close', (code) => {
      const count = (word) => Number([...tail.matchAll(new RegExp(`^ℹ ${word} (\\d+)`, 'gm'))].at(-1)?.[1] ?? 0);
      const bad = count('fail') + count('cancelled');
      // A runner that dies without its summary has failed, whatever it counted.
      resolve({ passed: count('pass'), failed: bad + (code !== 0 && bad === 0 ? 1 : 0), skipped: count('skipped') + count('todo') });
    });
  });
}

function filesUnder(folder) {
  const at = path.join(root, folder);
  if (!existsSync(at)) return [];
  return readdirSync(at, { recursive: true, encoding: 'utf8' })
    .map((name) => path.join(folder, name))
    .sort();
}
