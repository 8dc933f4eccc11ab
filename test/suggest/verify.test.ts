import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../../src/base/random.ts';
import { batchSize } from '../../src/suggest/rules/batch-size.ts';
import { sweep, sweepBatches } from '../../src/suggest/sweep.ts';
import type { Edit, Suggestion, TrialResult, Trials } from '../../src/suggest/suggestion.ts';
import { ratioInterval } from '../../src/suggest/trial-stats.ts';
import { verifySuggestion } from '../../src/suggest/verify.ts';

const edit: Edit = { file: '/project/train.ts', start: 0, end: 1, oldText: '8', newText: '64' };
const suggestion: Suggestion = {
  id: 'batch-size:1',
  rule: 'batch-size',
  title: '',
  at: null,
  evidence: [],
  edit,
  predicted: { speedup: 2, low: 1.5, high: 3 },
  verdict: null,
};

/** Trials of a machine whose step takes fixed + perRow x rows, with a spread and a drift over the trials. */
function machine(options: {
  fixedMs: number;
  rowMs: number;
  noise?: number;
  drift?: number;
  seed?: number;
  ignoresEdit?: boolean;
  failsAbove?: number;
}) {
  const random = seededRandom(options.seed ?? 1);
  const runs: (number | null)[] = [];
  const trials: Trials = {
    async run(given: Edit | null): Promise<TrialResult> {
      const rows = given && !options.ignoresEdit ? Number(given.newText) : 8;
      if (options.failsAbove !== undefined && rows > options.failsAbove) throw new Error('out of memory');
      runs.push(given ? rows : null);
      const slow = 1 + (options.drift ?? 0) * runs.length;
      const stepMs = Array.from(
        { length: 20 },
        () =>
          slow *
          (options.fixedMs + options.rowMs * rows) *
          (1 + (options.noise ?? 0.05) * (2 * random() - 1)),
      );
      return { stepMs, samplesPerStep: rows, peakBytes: 1e6 + 1e4 * rows, losses: [2.3, 1.1] };
    },
  };
  return { trials, runs };
}

test('a real gain is confirmed with an interval above one', async () => {
  const verdict = await verifySuggestion(suggestion, batchSize, machine({ fixedMs: 8, rowMs: 0.1 }).trials);
  assert.equal(verdict.kind, 'confirmed');
  assert.ok(verdict.low > 1 && verdict.low <= verdict.speedup && verdict.speedup <= verdict.high);
  const truth = 64 / (8 + 6.4) / (8 / (8 + 0.8));
  assert.ok(Math.abs(verdict.speedup / truth - 1) < 0.05);
  assert.ok(Math.abs((verdict.memory ?? 0) - (1e6 + 64e4) / (1e6 + 8e4)) < 1e-9);
});

test('no gain is refuted, and a loss too', async () => {
  const none = await verifySuggestion(
    suggestion,
    batchSize,
    machine({ fixedMs: 0, rowMs: 1, noise: 0.01 }).trials,
  );
  assert.equal(none.kind, 'refuted');
  assert.match(none.reason ?? '', /noise floor|slower/);
});

test('over 200 machines without a gain, none is confirmed more often than the interval allows', async () => {
  let confirmed = 0;
  for (let seed = 1; seed <= 200; seed++) {
    const verdict = await verifySuggestion(
      suggestion,
      batchSize,
      machine({ fixedMs: 0, rowMs: 1, noise: 0.3, seed }).trials,
    );
    if (verdict.kind === 'confirmed') confirmed++;
  }
  assert.ok(confirmed <= 10, `${confirmed} of 200`);
});

test('a machine that slows down all the while does not turn no gain into one, since the order alternates', async () => {
  const verdict = await verifySuggestion(
    suggestion,
    batchSize,
    machine({ fixedMs: 0, rowMs: 1, noise: 0.01, drift: 0.02 }).trials,
  );
  assert.notEqual(verdict.kind, 'confirmed');
});

test('an edit that does not reach the batch proves nothing, an edited script that fails refutes', async () => {
  const unreached = await verifySuggestion(
    suggestion,
    batchSize,
    machine({ fixedMs: 1, rowMs: 1, ignoresEdit: true }).trials,
  );
  assert.equal(unreached.kind, 'inconclusive');
  assert.match(unreached.reason ?? '', /did not change the rows/);
  const failed = await verifySuggestion(
    suggestion,
    batchSize,
    machine({ fixedMs: 1, rowMs: 1, failsAbove: 32 }).trials,
  );
  assert.equal(failed.kind, 'refuted');
  assert.match(failed.reason ?? '', /out of memory/);
});

test('another loss curve refutes an edit that must not change training', async () => {
  const { trials } = machine({ fixedMs: 8, rowMs: 0.1 });
  const changing: Trials = {
    run: async (given) => ({ ...(await trials.run(given)), losses: given ? [2.3, 1.5] : [2.3, 1.1] }),
  };
  const verdict = await verifySuggestion(suggestion, { ...batchSize, keepsResults: true }, changing);
  assert.equal(verdict.kind, 'refuted');
  assert.match(verdict.reason ?? '', /loss changed/);
});

test('an abort stops between trials', async () => {
  const { trials, runs } = machine({ fixedMs: 8, rowMs: 0.1 });
  const controller = new AbortController();
  const proof = verifySuggestion(suggestion, batchSize, trials, {
    signal: controller.signal,
    onProgress: ({ trial }) => trial === 3 && controller.abort(),
  });
  await assert.rejects(proof);
  assert.ok(runs.length <= 3);
});

test('the interval of ratios covers the truth in about 95 of 100 cases', () => {
  const random = seededRandom(7);
  const normal = (): number => Math.sqrt(-2 * Math.log(random() || 1e-12)) * Math.cos(2 * Math.PI * random());
  let covered = 0;
  for (let i = 0; i < 1000; i++) {
    const { low, high } = ratioInterval(Array.from({ length: 4 }, () => 1.3 * Math.exp(0.1 * normal())));
    if (low <= 1.3 && 1.3 <= high) covered++;
  }
  assert.ok(covered > 925 && covered < 975, String(covered));
});

test('a sweep measures every batch, finds the knee, and takes a failure as the limit', async () => {
  const batches = sweepBatches(16, 512);
  assert.deepEqual(batches, [16, 32, 64, 128, 256, 512]);
  const editFor = (batch: number): Edit => ({ ...edit, newText: String(batch) });
  const { trials, runs } = machine({ fixedMs: 4, rowMs: 0.1, noise: 0.01, failsAbove: 256 });
  const result = await sweep(trials, batches, editFor);
  assert.deepEqual(result.points.map((p) => p.batch), [16, 32, 64, 128, 256]); // prettier-ignore
  assert.equal(result.failures[0]?.batch, 512);
  assert.equal(runs.length, 10);
  const reached = result.points.find((p) => p.batch === result.knee)?.samplesPerSecond ?? 0;
  assert.ok(reached >= 0.9 * Math.max(...result.points.map((p) => p.samplesPerSecond)));
});
