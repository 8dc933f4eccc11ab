import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { test } from 'node:test';
import { build } from 'esbuild';
import { turnSteps } from '../../src/analysis/turn-steps.ts';
import { profileInTurns } from '../../src/run/in-turns.ts';
import { CAN_PAUSE } from '../../src/run/paused-process.ts';
import { sweep } from '../../src/suggest/sweep.ts';
import { createTrials, turnsResult } from '../../src/run/trials.ts';
import { adapterForTests, fixture, programs } from './run-fixture.ts';

const skip = CAN_PAUSE ? false : 'processes cannot be halted here';
const script = path.resolve('examples/mnist-mlp.ts');
const BATCH = 'const batchSize = 64';

async function editTo(batch: number) {
  const start = (await readFile(script, 'utf8')).indexOf(BATCH) + BATCH.length - 2;
  return { file: script, start, end: start + 2, oldText: '64', newText: String(batch) };
}

test('variants in turns: one runs at a time, steps count only while theirs does', { skip }, async () => {
  const adapter = await adapterForTests();
  const options = { script, adapter, programs, mode: 'off' as const, timeoutMs: 60_000 };
  const variants = [options, { ...options, edits: [await editTo(256)] }];
  const runs = await profileInTurns(variants, { activeMs: 900, steps: 6 });
  for (const { trace, windows } of runs) {
    assert.equal(trace.meta.status, 'stopped');
    assert.ok(windows.length >= 6);
    assert.ok(windows.every(({ startNs }, i) => i === 0 || startNs > windows[i - 1]!.endNs));
    const steps = turnSteps(trace, windows);
    const { startNs, endNs } = trace.tables.steps;
    // Steps across a halt last as long as the halt, and there are some; none of them counts with that.
    const longest = Math.max(...Array.from(startNs, (start, i) => (endNs[i]! - start) / 1e6).slice(4));
    assert.ok(longest > 100, `no step was halted: ${longest} ms`);
    assert.ok(steps.length >= 6 && steps.every(({ ms }) => ms > 0 && ms < longest));
    // What the steps of a window took is within the window.
    for (const [part, { startNs: from, endNs: to }] of windows.entries()) {
      const took = steps.filter((step) => step.part === part).reduce((ms, step) => ms + step.ms, 0);
      assert.ok(took <= (to - from) / 1e6 + 0.001, `${took} ms in a window of ${(to - from) / 1e6} ms`);
    }
  }
  const { results, rounds } = turnsResult(runs);
  assert.deepEqual(results.map(({ samplesPerStep }) => samplesPerStep), [64, 256]); // prettier-ignore
  assert.ok(rounds.length >= 4 && rounds.every((means) => means.length === 2 && means.every((ms) => ms > 0)));
});

test('trials in turns of a script that fails or ends say so, and leave no process', { skip }, async () => {
  const adapter = await adapterForTests();
  if (!adapter.software) return;
  const trialsOf = (name: string) =>
    createTrials({ script: fixture(name), steps: 5, timeoutMs: 60_000, adapter, programs });
  await assert.rejects(trialsOf('throws.ts').inTurns!([null, null]), /the trial failed: RangeError/);
  // Over before it is warm.
  const file = fixture('train.ts');
  const start = (await readFile(file, 'utf8')).indexOf('step < 24') + 'step < '.length;
  const short = { file, start, end: start + 2, oldText: '24', newText: '3' };
  await assert.rejects(trialsOf('train.ts').inTurns!([short, short]), /no step to measure/);
});

test('a sweep runs its batches in turns, and tells how far it is', { skip }, async () => {
  const adapter = await adapterForTests();
  if (!adapter.software) return;
  const trials = createTrials({ script, steps: 8, timeoutMs: 60_000, adapter, programs });
  const alone = { ...trials, run: () => Promise.reject(new Error('ran by itself')) };
  const batches = [32, 64, 256];
  const edits = new Map(
    await Promise.all(batches.map(async (batch) => [batch, await editTo(batch)] as const)),
  );
  const shares: number[] = [];
  const { points, failures, knee } = await sweep(alone, batches, (batch) => edits.get(batch) ?? null, {
    rounds: 1,
    onProgress: ({ batches: now, done, of }) => shares.push(now.length === 3 ? done / of : NaN),
  });
  assert.deepEqual(failures, []);
  assert.deepEqual(points.map(({ batch }) => batch), batches); // prettier-ignore
  assert.ok(points.every(({ samplesPerSecond, peakBytes }) => samplesPerSecond > 0 && peakBytes > 0));
  assert.ok(points[2]!.samplesPerSecond > points[0]!.samplesPerSecond && knee !== null);
  assert.ok(shares.length >= 6 && shares.every((share, i) => share >= (shares[i - 1] ?? 0) && share < 1));
});

test('an abort ends halted runs at once', { skip }, async () => {
  const adapter = await adapterForTests();
  if (!adapter.software) return;
  const trials = createTrials({ script, steps: 40, timeoutMs: 60_000, adapter, programs });
  const controller = new AbortController();
  const proof = trials.inTurns!([null, null], controller.signal);
  setTimeout(() => controller.abort(), 3500);
  const began = Date.now();
  await assert.rejects(proof, { name: 'AbortError' });
  assert.ok(Date.now() - began < 6000, `${Date.now() - began} ms`);
});

/** Halts its child, tells the number, and is killed. */
const HALTS = `
import { spawn } from 'node:child_process';
import { PausedProcess } from ${JSON.stringify(path.resolve('src/run/paused-process.ts'))};
const child = spawn('sleep', ['600'], { detached: true, stdio: 'ignore' });
new PausedProcess(child.pid).pause();
console.log(child.pid);
setInterval(() => {}, 1000);
`;

test('a halted process does not outlive who halted it', { skip }, async () => {
  const outfile = path.resolve('.cache/tests/halts.mjs');
  await build({
    stdin: { contents: HALTS, resolveDir: process.cwd(), loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile,
  });
  const halting = spawn(process.execPath, [outfile], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [told] = (await once(halting.stdout, 'data')) as [Buffer];
  const pid = Number(told.toString());
  await delay(300);
  assert.doesNotThrow(() => process.kill(pid, 0), 'halted, and there');
  halting.kill('SIGKILL');
  await once(halting, 'exit');
  const gone = async (): Promise<boolean> => {
    for (let i = 0; i < 50; i++) {
      const state = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
      // A zombie waits for whoever adopted it.
      if (state === null || / Z /.test(state)) return true;
      await delay(100);
    }
    return false;
  };
  assert.ok(process.platform !== 'linux' || (await gone()));
});
