import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { seededRandom } from '../../src/base/random.ts';
import { readTraceFile } from '../../src/trace/codec.ts';
import { DISPATCH_FLAGS } from '../../src/trace/model.ts';
import type { Trace } from '../../src/trace/model.ts';
import { adapterForTests, fixture, runFixture } from './run-fixture.ts';

function timedDispatches(trace: Trace): number {
  const { flags, startNs, endNs } = trace.tables.dispatches;
  return flags.filter(
    (flag, i) => (flag & DISPATCH_FLAGS.timed) !== 0 && (endNs[i] as number) > (startNs[i] as number),
  ).length;
}

/** 1-based line of a fixture that holds the text. */
function lineOf(name: string, text: string): number {
  return (
    readFileSync(fixture(name), 'utf8')
      .split('\n')
      .findIndex((line) => line.includes(text)) + 1
  );
}

/** Scripts that do not parse cannot stand in the source tree: its own tools would trip over them. */
async function runBroken(name: string) {
  const folder = mkdtempSync(path.join(tmpdir(), 'kernelscope-test-'));
  try {
    const script = path.join(folder, name);
    writeFileSync(script, readFileSync(fixture(`${name}.txt`)));
    return { script, ...(await runFixture('', { script })) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('a script that throws leaves its timed work and an error at its own line', async () => {
  const { trace, stderr } = await runFixture('throws.ts');
  assert.equal(trace.meta.status, 'failed');
  assert.equal(trace.meta.error?.message, 'RangeError: size 7 is too large');
  assert.equal(trace.meta.error?.file, fixture('throws.ts'));
  assert.equal(trace.meta.error?.line, lineOf('throws.ts', 'throw new RangeError'));
  assert.equal(timedDispatches(trace), 5);
  assert.match(stderr, /size 7 is too large/);
});

test('a rejection nobody handles is an error at its line', async () => {
  const { trace } = await runFixture('rejects.mjs');
  assert.equal(trace.meta.status, 'failed');
  assert.equal(trace.meta.error?.message, 'Error: no data');
  assert.equal(trace.meta.error?.line, lineOf('rejects.mjs', 'throw new Error'));
});

test('a JavaScript syntax error names its line', async () => {
  const { trace, script } = await runBroken('syntax-error.mjs');
  assert.equal(trace.meta.status, 'failed');
  assert.match(trace.meta.error?.message ?? '', /^SyntaxError/);
  assert.equal(trace.meta.error?.file, script);
  assert.equal(trace.meta.error?.line, 2);
});

test('a TypeScript syntax error names its line and column', async () => {
  const { trace, script } = await runBroken('syntax-error.ts');
  assert.equal(trace.meta.status, 'failed');
  assert.match(trace.meta.error?.message ?? '', /^SyntaxError: Unexpected/);
  assert.deepEqual(
    [trace.meta.error?.file, trace.meta.error?.line, trace.meta.error?.column],
    [script, 3, 27],
  );
});

test('a missing import is an error at the import', async () => {
  const { trace } = await runFixture('missing-import.ts');
  assert.equal(trace.meta.status, 'failed');
  assert.match(trace.meta.error?.message ?? '', /no-such-model/);
  assert.deepEqual(
    [trace.meta.error?.file, trace.meta.error?.line],
    [fixture('missing-import.ts'), lineOf('missing-import.ts', 'no-such-model')],
  );
});

test('process.exit(0) is a good end, and work still on the GPU is in the trace', async () => {
  const { trace } = await runFixture('exits.mjs', { args: ['0'] });
  assert.equal(trace.meta.status, 'ok');
  assert.equal(timedDispatches(trace), 6);
});

test('another exit code is a failure', async () => {
  const { trace } = await runFixture('exits.mjs', { args: ['3'] });
  assert.equal(trace.meta.status, 'failed');
  assert.match(trace.meta.error?.message ?? '', /exit code 3/);
  assert.equal(timedDispatches(trace), 6);
});

test('a script that spins is ended at the time limit, its work kept and its last line named', async () => {
  const { trace } = await runFixture('spins.mjs', { timeoutMs: 6000 });
  assert.equal(trace.meta.status, 'timeout');
  assert.equal(trace.meta.error?.file, fixture('spins.mjs'));
  assert.equal(trace.meta.error?.line, lineOf('spins.mjs', 'while (true)'));
  assert.match(trace.meta.error?.message ?? '', /time limit.*busy here/);
  assert.equal(timedDispatches(trace), 10);
});

test('a script that never ends is stopped on demand', async () => {
  const { trace } = await runFixture('never-ends.mjs', {}, (stdout) => stdout.includes('20'));
  assert.equal(trace.meta.status, 'stopped');
  assert.equal(trace.meta.error, null);
  assert.ok(timedDispatches(trace) > 50);
});

test('a process that is killed leaves a trace of what came before, in memory and in the file', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'kernelscope-test-'));
  try {
    const traceFile = path.join(folder, 'killed.kscope');
    const { trace } = await runFixture('killed.mjs', { traceFile });
    assert.equal(trace.meta.status, 'crashed');
    assert.match(trace.meta.error?.message ?? '', /SIGKILL/);
    assert.equal(timedDispatches(trace), 105);
    const read = readTraceFile(readFileSync(traceFile));
    assert.ok(read.ok);
    assert.equal(read.value.meta.status, 'crashed');
    assert.equal(timedDispatches(read.value), 105);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a step limit ends the script cleanly after that many steps', async () => {
  const { trace, stdout } = await runFixture('steps.mjs', { steps: 12 });
  assert.equal(trace.meta.status, 'ok');
  assert.equal(trace.tables.steps.length, 12);
  assert.equal(stdout, '');
});

test('killed at any moment, the trace is whole up to there', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'kernelscope-test-'));
  const random = seededRandom(3);
  try {
    for (let round = 0; round < 8; round++) {
      const traceFile = path.join(folder, `${round}.kscope`);
      const { trace } = await runFixture('killed-at.mjs', {
        traceFile,
        args: [String(Math.round(100 + 700 * random()))],
      });
      assert.equal(trace.meta.status, 'crashed');
      const read = readTraceFile(readFileSync(traceFile));
      assert.ok(read.ok);
      assert.deepEqual(read.value.meta.notes, []);
      assert.equal(read.value.tables.dispatches.length, trace.tables.dispatches.length);
      const submitted = read.value.tables.submits.dispatches.reduce((sum, count) => sum + count, 0);
      assert.ok(read.value.tables.dispatches.length <= submitted);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a script that takes more memory than it may have is ended, busy as it is, and the trace says so', async () => {
  const { trace } = await runFixture('eats.mjs', { args: ['buffers'], memoryLimitBytes: 600e6 });
  assert.equal(trace.meta.status, 'crashed');
  assert.match(
    trace.meta.error?.message ?? '',
    /^the script took 0\.\d GB of memory, more than .* \(0\.6 GB\)$/,
  );
  assert.equal(trace.meta.error?.file, fixture('work.mjs'));
  assert.equal(timedDispatches(trace), 5);
});

test('a script that fills the JavaScript heap ends with an error that says so', async () => {
  const adapter = await adapterForTests();
  const small = { ...adapter, env: { ...adapter.env, NODE_OPTIONS: '--max-old-space-size=80' } };
  const { trace } = await runFixture('eats.mjs', { args: ['heap'], adapter: small });
  assert.equal(trace.meta.status, 'crashed');
  assert.match(trace.meta.error?.message ?? '', /^the script ran out of JavaScript memory/);
  assert.equal(timedDispatches(trace), 5);
});

test('a wait at the top level that nothing ends is an error that says so', async () => {
  const { trace } = await runFixture('waits-forever.mjs');
  assert.equal(trace.meta.status, 'failed');
  assert.match(trace.meta.error?.message ?? '', /waits at its top level for a promise/);
  assert.equal(timedDispatches(trace), 5);
});

test('a handler of uncaught exceptions that ends the script has its say', async () => {
  const { trace, stderr } = await runFixture('handles-errors.mjs');
  assert.equal(trace.meta.status, 'failed');
  assert.match(stderr, /handled: out of data/);
  assert.match(trace.meta.error?.message ?? '', /exit code 7/);
  assert.equal(timedDispatches(trace), 5);
});

test('without an adapter the script gets null as WebGPU has it, and the result says why', async () => {
  const adapter = await adapterForTests();
  const none = { ...adapter, env: { ...adapter.env, VK_ICD_FILENAMES: '/nowhere.json', VK_DRIVER_FILES: '/nowhere.json' } }; // prettier-ignore
  const { trace, noAdapter } = await runFixture('exits.mjs', { args: ['0'], adapter: none });
  assert.equal(noAdapter, true);
  assert.equal(trace.meta.status, 'failed');
  assert.equal(trace.meta.error?.file, fixture('work.mjs'));
});
