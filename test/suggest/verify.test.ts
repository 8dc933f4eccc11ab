import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../../src/base/random.ts';
import { batchSize } from '../../src/suggest/rules/batch-size.ts';
import { sweep, sweepBatches } from '../../src/suggest/sweep.ts';
import type { Edit, LossPoint, Suggestion, TrialResult, Trials } from '../../src/suggest/suggestion.ts';
import { LEAST_PAIRS, MOST_PAIRS, ratioInterval, trimmedMean } from '../../src/suggest/trial-stats.ts';
import { verifySuggestion } from '../../src/suggest/verify.ts';
import type { VerifyOptions } from '../../src/suggest/verify.ts';
import type { Rule } from '../../src/suggest/rule.ts';

/** Pairs in an order that is the same in every run of the tests. */
const proven = (of: Suggestion, rule: Rule | undefined, trials: Trials, options: VerifyOptions = {}) =>
  verifySuggestion(of, rule, trials, { random: seededRandom(3), ...options });

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

/** Twenty steps of so many rows, falling from 2.3 to `last`. */
function curve(rows: number, last: number): LossPoint[] {
  return Array.from({ length: 20 }, (_, i) => ({
    rows: (i + 1) * rows,
    loss: 2.3 + ((last - 2.3) * i) / 19,
  }));
}

const seededNormal = (seed: number): (() => number) => {
  const random = seededRandom(seed);
  return () => Math.sqrt(-2 * Math.log(random() || 1e-12)) * Math.cos(2 * Math.PI * random());
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
      return { stepMs, samplesPerStep: rows, peakBytes: 1e6 + 1e4 * rows, losses: curve(rows, 1.1) };
    },
  };
  return { trials, runs };
}

test('a real gain is confirmed with an interval above one', async () => {
  const verdict = await proven(suggestion, batchSize, machine({ fixedMs: 8, rowMs: 0.1 }).trials);
  assert.equal(verdict.kind, 'confirmed');
  assert.ok(verdict.low > 1 && verdict.low <= verdict.speedup && verdict.speedup <= verdict.high);
  const truth = 64 / (8 + 6.4) / (8 / (8 + 0.8));
  assert.ok(Math.abs(verdict.speedup / truth - 1) < 0.05);
  assert.ok(Math.abs((verdict.memory ?? 0) - (1e6 + 64e4) / (1e6 + 8e4)) < 1e-9);
});

test('no gain is refuted, and a loss too', async () => {
  const none = await proven(suggestion, batchSize, machine({ fixedMs: 0, rowMs: 1, noise: 0.01 }).trials);
  assert.equal(none.kind, 'refuted');
  assert.match(none.reason ?? '', /noise floor|slower/);
});

test('over 200 machines without a gain, none is confirmed more often than the interval allows', async () => {
  let confirmed = 0;
  for (let seed = 1; seed <= 200; seed++) {
    const verdict = await proven(
      suggestion,
      batchSize,
      machine({ fixedMs: 0, rowMs: 1, noise: 0.3, seed }).trials,
    );
    if (verdict.kind === 'confirmed') confirmed++;
  }
  assert.ok(confirmed <= 10, `${confirmed} of 200`);
});

test('a machine that slows down all the while does not turn no gain into one, since the order alternates', async () => {
  const verdict = await proven(
    suggestion,
    batchSize,
    machine({ fixedMs: 0, rowMs: 1, noise: 0.01, drift: 0.02 }).trials,
  );
  assert.notEqual(verdict.kind, 'confirmed');
});

test('an edit that does not reach the batch proves nothing, an edited script that fails refutes', async () => {
  const unreached = await proven(
    suggestion,
    batchSize,
    machine({ fixedMs: 1, rowMs: 1, ignoresEdit: true }).trials,
  );
  assert.equal(unreached.kind, 'inconclusive');
  assert.match(unreached.reason ?? '', /did not change the rows/);
  const failed = await proven(
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
    run: async (given) => ({ ...(await trials.run(given)), losses: curve(8, given ? 1.5 : 1.1) }),
  };
  const verdict = await proven(suggestion, { ...batchSize, keepsResults: true }, changing);
  assert.equal(verdict.kind, 'refuted');
  assert.match(verdict.reason ?? '', /loss changed/);
});

test('a script that tells no rows is proved by its steps', async () => {
  const trials: Trials = {
    run: async (given) => ({ stepMs: [given ? 5 : 10], samplesPerStep: NaN, peakBytes: 1, losses: [] }),
  };
  const verdict = await proven(suggestion, undefined, trials);
  assert.equal(verdict.kind, 'confirmed');
  assert.ok(Math.abs(verdict.speedup - 2) < 1e-9);
});

test('an abort stops between trials', async () => {
  const { trials, runs } = machine({ fixedMs: 8, rowMs: 0.1 });
  const controller = new AbortController();
  const proof = proven(suggestion, batchSize, trials, {
    signal: controller.signal,
    onProgress: ({ trial }) => trial === 3 && controller.abort(),
  });
  await assert.rejects(proof);
  assert.ok(runs.length <= 3);
});

test('an interval of ratios covers the truth however the number of pairs is chosen, in about 95 of 100 proofs', () => {
  const normal = seededNormal(7);
  const proofs = 20_000;
  const missed = { plain: 0, ours: 0 };
  for (let i = 0; i < proofs; i++) {
    const logs = Array.from({ length: MOST_PAIRS }, () => 0.1 * normal());
    const looks = Array.from({ length: MOST_PAIRS - LEAST_PAIRS + 1 }, (_, k) =>
      logs.slice(0, LEAST_PAIRS + k),
    );
    // The most hostile stopping: at the first look whose interval errs.
    if (looks.some((seen) => misses(ratioInterval(seen.map(Math.exp)), 1))) missed.ours++;
    if (looks.some((seen) => misses(plainInterval(seen), 1))) missed.plain++;
  }
  console.log(
    `coverage of a 95 % interval looked at after 3 to ${MOST_PAIRS} pairs, ${proofs} simulated proofs: ` +
      `ours ${(100 * (1 - missed.ours / proofs)).toFixed(1)} %, a plain t-interval ${(100 * (1 - missed.plain / proofs)).toFixed(1)} %`,
  );
  assert.ok(Math.abs(missed.ours / proofs - 0.05) < 0.006);
  assert.ok(missed.plain / proofs > 0.1);
});

const T_95 = [
  4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131,
] as const;

/** The textbook's interval for one number of pairs, fixed beforehand. */
function plainInterval(logs: readonly number[]): { low: number; high: number } {
  const n = logs.length;
  const mean = logs.reduce((a, b) => a + b, 0) / n;
  const variance = logs.reduce((a, b) => a + (b - mean) ** 2, 0) / (n - 1);
  const half = T_95[n - LEAST_PAIRS]! * Math.sqrt(variance / n);
  return { low: Math.exp(mean - half), high: Math.exp(mean + half) };
}

const misses = ({ low, high }: { low: number; high: number }, truth: number): boolean =>
  low > truth || high < truth;

test('verdicts keep their word under the stopping of the proof itself', async () => {
  for (const { gain, spread, wrong } of [
    { gain: 1.02, spread: 0.05, wrong: 'confirmed' },
    { gain: 1.3, spread: 0.1, wrong: 'refuted' },
    { gain: 0.9, spread: 0.1, wrong: 'confirmed' },
  ] as const) {
    const normal = seededNormal(11);
    const proofs = 800;
    const trials: Trials = {
      run: async (given) => ({
        stepMs: [Math.exp(spread * normal()) / (given ? gain : 1)],
        samplesPerStep: 8,
        peakBytes: 1,
        losses: [],
      }),
    };
    let erred = 0;
    let missed = 0;
    for (let i = 0; i < proofs; i++) {
      const verdict = await proven(suggestion, undefined, trials);
      if (verdict.kind === wrong) erred++;
      if (misses(verdict, gain)) missed++;
    }
    console.log(
      `gain ${gain}, spread ${spread}: ${wrong} in ${erred} of ${proofs}, interval misses ${missed}`,
    );
    assert.ok(erred <= 0.025 * proofs + 3 * Math.sqrt(0.025 * proofs), `${erred} ${wrong}`);
    assert.ok(missed <= 0.05 * proofs + 3 * Math.sqrt(0.05 * proofs), `${missed} missed`);
  }
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

test('where trials in turns fail, trials one after the other tell whose fault it is', async () => {
  const { trials } = machine({ fixedMs: 8, rowMs: 0.1 });
  let asked = 0;
  const failing: Trials = {
    ...trials,
    inTurns: async () => {
      asked++;
      throw new Error('too short');
    },
  };
  const verdict = await proven(suggestion, batchSize, failing);
  assert.equal(verdict.kind, 'confirmed');
  assert.equal(asked, 1);
});

test('a pair in turns counts its rounds, and a few odd ones do not move it', async () => {
  const result = (ms: number): TrialResult => ({ stepMs: [ms], samplesPerStep: 8, peakBytes: 1, losses: [] });
  const rounds = Array.from({ length: 20 }, (_, i) => [10 * (1 + 0.01 * (i % 5)), i < 2 ? 50 : 8]);
  const trials: Trials = {
    run: () => Promise.reject(new Error('not asked')),
    inTurns: async () => ({ results: [result(10), result(8)], rounds, roundOfStep: [[0], [0]] }),
  };
  const verdict = await proven(suggestion, undefined, trials);
  assert.equal(verdict.kind, 'confirmed');
  assert.ok(Math.abs(verdict.speedup - 10.2 / 8) < 0.02, String(verdict.speedup));
});

test('the variance of a trimmed mean is that of many of them', () => {
  const normal = seededNormal(5);
  const means: number[] = [];
  const told: number[] = [];
  for (let i = 0; i < 4000; i++) {
    // One value in ten is far off, as windows are that something else ran in.
    const found = trimmedMean(Array.from({ length: 30 }, () => normal() * (normal() > 1.28 ? 6 : 1)));
    means.push(found.mean);
    told.push(found.variance);
  }
  const average = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0) / list.length;
  const variance = average(means.map((x) => x * x));
  assert.ok(Math.abs(average(told) / variance - 1) < 0.15, `${average(told)} against ${variance}`);
});
