/** The built command line on real scripts. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { before, test } from 'node:test';
import { Ajv } from 'ajv';
import type { Report } from '../../src/export/index.ts';
import type { Suggestion } from '../../src/suggest/suggestion.ts';
import { writeTraceFile } from '../../src/trace/codec.ts';
import { sampleTrace } from '../support/sample-trace.ts';
import { adapterForTests, fixture } from './run-fixture.ts';

const root = process.cwd();
const CLI = path.join(root, 'dist/cli.mjs');
/** Inside the checkout, so that `kernelscope` resolves as in a user's project. */
const work = path.join(root, '.cache/cli-test');

before(async () => {
  await adapterForTests();
  const built = spawnSync(process.execPath, ['build.mjs', 'cli', 'webview', 'style'], {
    cwd: root,
    encoding: 'utf8',
  });
  assert.equal(built.status, 0, built.stdout + built.stderr);
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  writeFileSync(path.join(work, 'package.json'), '{ "type": "module" }');
});

function kernelscope(...args: string[]): { code: number | null; out: string; err: string } {
  const run = spawnSync(process.execPath, [CLI, ...args], {
    cwd: root,
    encoding: 'utf8',
    timeout: 240_000,
    maxBuffer: 1 << 28,
  });
  return { code: run.status, out: run.stdout, err: run.stderr };
}

const validate = new Ajv({ allErrors: true }).compile(
  JSON.parse(readFileSync('docs/report.schema.json', 'utf8')) as object,
);

function validReport(text: string): Report {
  const value = JSON.parse(text) as Report;
  assert.ok(validate(value), JSON.stringify(validate.errors));
  return value;
}

test('profile --json - of the CNN example writes nothing but a valid report, every layer with its line', () => {
  const { code, out, err } = kernelscope('profile', 'examples/mnist-cnn.ts', '--steps', '24', '--json', '-');
  assert.equal(code, 0, err);
  const report = validReport(out);
  assert.equal(report.status, 'ok');
  assert.ok(report.layers.length >= 8);
  for (const layer of report.layers)
    assert.equal(layer.source?.file, path.join(root, 'examples/mnist-cnn.ts'), layer.path);
  assert.ok(report.kernels.some((k) => k.family === 'convolution'));
  const kernelMs = report.kernels.reduce((sum, k) => sum + (k.totalMs ?? 0), 0);
  assert.ok(
    kernelMs > 0 && kernelMs <= report.totals.gpuMs * 1.0001,
    `${kernelMs} of ${report.totals.gpuMs}`,
  );
  assert.equal(Object.values(report.memory.byRole).reduce((a, b) => a + b, 0), report.memory.peakBytes); // prettier-ignore
  assert.ok(report.steps.timed > 0 && report.steps.untimed > 0 && (report.steps.medianMs ?? 0) > 0);
  assert.ok(report.overhead.share !== null && report.totals.pipelines > 0);
});

test('a failing script exits with 1 and names its line; bad arguments exit with 2', () => {
  const failed = kernelscope('profile', fixture('throws.ts'));
  assert.equal(failed.code, 1);
  assert.match(failed.out, /Error: .*throws\.ts:\d+/s);
  assert.equal(kernelscope('profile').code, 2);
  assert.equal(kernelscope('nonsense').code, 2);
  const limited = kernelscope('profile', fixture('spins.mjs'), '--timeout', '3');
  assert.equal(limited.code, 1);
  assert.match(limited.out, /time limit/);
});

test('Ctrl-C stops the script and the report of what ran is printed', async () => {
  const child = spawn(process.execPath, [CLI, 'profile', fixture('never-ends.mjs')], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.resume();
  setTimeout(() => child.kill('SIGINT'), 4_000);
  const code = await new Promise((resolve) => child.on('close', resolve));
  assert.equal(code, 0);
  assert.match(out, /stopped after/);
  assert.match(out, /Memory|Kernels|No kernel/);
});

test('a script does not outlive the one that started it, however that one ended', async () => {
  const told = path.join(work, 'pid');
  const script = path.join(work, 'waits.mjs');
  writeFileSync(
    script,
    `import { writeFileSync } from 'node:fs'; writeFileSync(${JSON.stringify(told)}, String(process.pid)); setInterval(() => {}, 1000);`,
  );
  const shell = spawn(process.execPath, [CLI, 'profile', script], { cwd: root, stdio: 'ignore' });
  const until = async (holds: () => boolean): Promise<void> => {
    while (!holds()) await new Promise((resolve) => setTimeout(resolve, 50));
  };
  await until(() => existsSync(told) && readFileSync(told, 'utf8') !== '');
  shell.kill('SIGKILL');
  const pid = Number(readFileSync(told, 'utf8'));
  await until(() => {
    try {
      return !process.kill(pid, 0);
    } catch {
      return true;
    }
  });
});

/** What `--html` wrote into the page beside the traces. */
function factsOf(page: string): { title: string; baseline: string | null; suggestions: Suggestion[] } {
  const text = /id="kernelscope-facts">([^<]+)</.exec(readFileSync(page, 'utf8'))?.[1];
  return JSON.parse(text ?? '') as ReturnType<typeof factsOf>;
}

test('compare --html writes a page of both traces', () => {
  const [before, after, page] = ['before.kscope', 'after.kscope', 'compare.html'].map((name) =>
    path.join(work, name),
  ) as [string, string, string];
  writeFileSync(before, writeTraceFile(sampleTrace({ steps: 12 })));
  writeFileSync(after, writeTraceFile(sampleTrace({ steps: 12, readbackNs: 3e6 })));
  const { code, err } = kernelscope('compare', before, after, '--html', page);
  assert.equal(code, 0, err);
  const { title, baseline } = factsOf(page);
  assert.deepEqual([title, baseline], ['after.kscope', 'before.kscope']);
});

test('suggest --verify confirms a larger batch on batchSize: 8, and --apply changes exactly that literal', () => {
  const script = path.join(work, 'mlp8.ts');
  const source = readFileSync('examples/mnist-mlp.ts', 'utf8').replace(
    /const batchSize = \d+/,
    'const batchSize = 8',
  );
  writeFileSync(script, source);
  const json = path.join(work, 'suggestions.json');
  const { code, err } = kernelscope(
    'suggest',
    script,
    '--apply',
    '--rule',
    'batch-size',
    '--steps',
    '16',
    '--json',
    json,
    '--html',
    path.join(work, 'suggestions.html'),
  );
  assert.equal(code, 0, err);
  const [suggestion] = validReport(readFileSync(json, 'utf8')).suggestions;
  assert.equal(suggestion?.verdict?.kind, 'confirmed', JSON.stringify(suggestion));
  assert.ok(suggestion.verdict.low > 1 && suggestion.edit);
  assert.equal(suggestion.edit.oldText, '8');
  const [shown] = factsOf(path.join(work, 'suggestions.html')).suggestions;
  assert.deepEqual(shown?.verdict, suggestion.verdict);
  assert.equal(
    readFileSync(script, 'utf8'),
    source.replace('const batchSize = 8', `const batchSize = ${suggestion.edit.newText}`),
  );
  console.log(
    `predicted ${suggestion.predicted.speedup?.toFixed(2)}, measured ${suggestion.verdict.speedup.toFixed(2)} (${suggestion.verdict.low.toFixed(2)}..${suggestion.verdict.high.toFixed(2)})`,
  );
});
