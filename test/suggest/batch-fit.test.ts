import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { seededRandom } from '../../src/base/random.ts';
import { median } from '../../src/base/stats.ts';
import {
  fitBatches,
  fittedDoubt,
  fittedPeakBytes,
  fittedReached,
  fittedStepNs,
} from '../../src/suggest/batch-fit.ts';
import { proveSuggestion } from '../../src/suggest/prove.ts';
import { refineBatch } from '../../src/suggest/refine-batch.ts';
import type { Suggestion, Trials } from '../../src/suggest/suggestion.ts';

const point = (batch: number, stepNs: number) => ({
  batch,
  stepNs,
  peakBytes: 1e6 + 2e4 * batch,
  steadyPeakBytes: 1e6 + 2e4 * batch,
});

test('points on a line give that line, whatever the batches', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 1e7 }),
      fc.integer({ min: 1, max: 1e6 }),
      fc.uniqueArray(fc.integer({ min: 1, max: 1024 }), { minLength: 2, maxLength: 5 }),
      (c, s, batches) => {
        const fit = fitBatches(batches.map((b) => point(b, c + s * b)));
        for (const b of [1, 64, 5000]) {
          const expected = Math.max(fit.floorNs, c + s * b);
          assert.ok(Math.abs(fittedStepNs(fit, b) / expected - 1) < 1e-6);
          assert.ok(Math.abs(fittedPeakBytes(fit, b) / (1e6 + 2e4 * b) - 1) < 1e-6);
        }
      },
    ),
  );
});

test('a floor is found, and what lies on it does not bend the line', () => {
  const hinge = (b: number): number => Math.max(8e6, 2e6 + 1e5 * b);
  const fit = fitBatches([8, 32, 128, 256].map((b) => point(b, hinge(b))));
  assert.equal(fit.kind, 'hinge');
  for (const b of [8, 16, 512, 1024])
    assert.ok(Math.abs(fittedStepNs(fit, b) / hinge(b) - 1) < 0.05, String(b));
});

test('the peak of building the model is a floor under the line of the steps', () => {
  const measured = [16, 32, 64].map((b) => ({
    batch: b,
    stepNs: 1e6 * b,
    peakBytes: Math.max(5e6, 1e6 + 5e4 * b),
    steadyPeakBytes: 1e6 + 5e4 * b,
  }));
  const fit = fitBatches(measured);
  for (const b of [8, 64, 80, 1000])
    assert.ok(Math.abs(fittedPeakBytes(fit, b) / Math.max(5e6, 1e6 + 5e4 * b) - 1) < 1e-9, String(b));
});

test('throughput that falls with the batch is not taken for a line', () => {
  assert.equal(fitBatches([8, 16, 32].map((b) => point(b, 1e3 * b ** 1.6))).kind, 'superlinear');
});

test('with 2 % noise the step at four times the largest measured batch is off by less than 5 % in the median', () => {
  const random = seededRandom(3);
  const errors = { time: [] as number[], memory: [] as number[] };
  for (let i = 0; i < 400; i++) {
    const c = 1e6 * (1 + 9 * random());
    const s = 1e4 * (1 + 9 * random());
    const noisy = (b: number): number => (c + s * b) * (1 + 0.04 * (random() - 0.5));
    const fit = fitBatches([16, 32, 64].map((b) => point(b, noisy(b))));
    errors.time.push(Math.abs(fittedStepNs(fit, 256) / (c + s * 256) - 1));
    errors.memory.push(Math.abs(fittedPeakBytes(fit, 256) / (1e6 + 2e4 * 256) - 1));
  }
  assert.ok(median(errors.time) < 0.05, String(median(errors.time)));
  assert.ok(median(errors.memory) < 1e-9);
});

test('noise that the points tell of is not taken for a floor, and a floor beyond it still is', () => {
  const random = seededRandom(7);
  const normal = (): number => Math.sqrt(-2 * Math.log(random() || 1e-12)) * Math.cos(2 * Math.PI * random());
  /** Error of the step at four times the largest batch, and how often that lies within the interval; `tells`: of the points. */
  const errorsOf = (truth: (batch: number) => number, noise: number, tells: boolean) => {
    const seen = { errors: [] as number[], within: 0, floors: 0 };
    for (let i = 0; i < 400; i++) {
      const points = [16, 32, 64, 128].map((batch) => ({
        ...point(batch, truth(batch) * Math.exp(noise * normal())),
        ...(tells ? { noise } : {}),
      }));
      const fit = fitBatches(points);
      const off = Math.abs(fittedStepNs(fit, 512) / truth(512) - 1);
      seen.errors.push(off);
      if (off <= fittedDoubt(fit, 512)) seen.within++;
      if (fit.kind === 'hinge') seen.floors++;
    }
    return { median: median(seen.errors), within: seen.within / 400, floors: seen.floors / 400 };
  };
  const line = (batch: number): number => 4e6 + 1e5 * batch;
  const told = errorsOf(line, 0.1, true);
  const untold = errorsOf(line, 0.1, false);
  console.log('a line, 10 % noise:', told, 'its noise not known:', untold);
  assert.ok(told.floors < 0.1 && told.floors < untold.floors / 2);
  assert.ok(told.median < untold.median && told.within > 0.75);
  const floor = errorsOf((batch) => Math.max(4.8e6, 1e5 * batch), 0.02, true);
  console.log('a floor, 2 % noise:', floor);
  assert.ok(floor.floors > 0.95 && floor.median < 0.05);
});

test('a point that its own trial knows badly counts for less', () => {
  const line = (batch: number): number => 4e6 + 1e5 * batch;
  const points = [16, 32, 64].map((batch) => ({ ...point(batch, line(batch)), noise: 0.01 }));
  const spoilt = { ...point(32, 2 * line(32)), noise: 0.5 };
  const fit = fitBatches([points[0]!, spoilt, points[2]!]);
  assert.equal(fit.kind, 'line');
  assert.ok(Math.abs(fittedStepNs(fit, 256) / line(256) - 1) < 0.01);
  assert.ok(fittedDoubt(fit, 256) > Math.abs(fittedStepNs(fit, 256) / line(256) - 1));
});

const suggestion = (base: number, target: number): Suggestion => ({
  id: 'batch-size:a',
  rule: 'batch-size',
  title: '',
  at: null,
  evidence: [],
  edit: { file: '/a.ts', start: 0, end: 1, oldText: String(base), newText: String(target) },
  predicted: { speedup: 2, low: 1, high: 3 },
  verdict: null,
});

function machine(base: number, stepMs: (batch: number) => number, failsAbove = Infinity) {
  const ran: number[] = [];
  const trials: Trials = {
    run: async (edit) => {
      const batch = edit ? Number(edit.newText) : base;
      if (batch > failsAbove) throw new Error('out of memory');
      ran.push(batch);
      return {
        stepMs: Array.from({ length: 9 }, () => stepMs(batch)),
        samplesPerStep: batch,
        peakBytes: 1e6 + 1e4 * batch,
        losses: [],
      };
    },
  };
  return { trials, ran };
}

test('the batch is chosen from the measured curve: the smallest doubling with 90 % of the highest throughput', async () => {
  const { trials, ran } = machine(8, (b) => 1 + 0.05 * b);
  const refined = await refineBatch(suggestion(8, 64), trials);
  assert.ok(refined?.edit);
  assert.deepEqual(ran, [8, 16, 32]);
  assert.equal(refined.edit.newText, '64'); // at most twice the largest measured
  const gain = (64 / (1 + 3.2)) / (8 / 1.4); // prettier-ignore
  assert.ok(refined.predicted.low <= gain && gain <= refined.predicted.high);
  assert.equal(refined.curve?.filter((p) => p.basis === 'measured').length, 3);
  const fit = fitBatches([8, 16, 32].map((b) => point(b, (1 + 0.05 * b) * 1e6)));
  assert.ok(fittedReached(fit, 256) > 0.9 && fittedReached(fit, 64) < 0.9);
});

test('the caution speaks of the batch that was chosen, not of the one first predicted', async () => {
  const refined = await refineBatch(
    { ...suggestion(8, 16), caution: 'A 2x larger batch' },
    machine(8, (b) => 1 + 0.05 * b).trials,
  );
  assert.equal(refined?.edit?.newText, '64');
  assert.match(refined?.caution ?? '', /^A batch 8x as large makes 8x fewer updates/);
});

test('a batch that does not run is the limit', async () => {
  const refined = await refineBatch(suggestion(8, 64), machine(8, (b) => 1 + 0.05 * b, 16).trials);
  assert.equal(refined?.edit?.newText, '16');
  assert.ok(refined?.evidence.some((e) => /out of memory/.test(e.text)));
  assert.match(
    refined?.advice ?? '',
    /updates of a batch of 32 at this memory.*batchSize: 16.*loss\.div\(parts\)/s,
  );
});

test('where the curve shows no gain the proposal is still tried, and only trials refute it', async () => {
  const { trials, ran } = machine(64, (b) => 0.05 * b);
  const proved = await proveSuggestion(suggestion(64, 512), trials, { random: () => 0.9 });
  assert.equal(proved.verdict?.kind, 'refuted');
  assert.deepEqual(ran.slice(0, 5), [64, 128, 256, 64, 512]);
  const { speedup, low, high } = proved.verdict ?? {};
  assert.ok(
    low !== undefined && high !== undefined && speedup !== undefined && low <= speedup && speedup <= high,
  );
});

test('a curve spoilt by noise does not refute a gain that the trials see', async () => {
  const quiet = machine(8, (b) => 4 + 0.1 * b);
  let run = 0;
  const noisy: Trials = {
    async run(edit, signal) {
      const result = await quiet.trials.run(edit, signal);
      // The machine is busy during the two larger batches of the curve, and then no more.
      return ++run === 2 || run === 3 ? { ...result, stepMs: result.stepMs.map((ms) => 6 * ms) } : result;
    },
  };
  const proved = await proveSuggestion(suggestion(8, 64), noisy);
  assert.equal(proved.verdict?.kind, 'confirmed');
});

test('a gain is refined and then confirmed at the refined batch', async () => {
  const proved = await proveSuggestion(suggestion(8, 64), machine(8, (b) => 4 + 0.1 * b).trials);
  assert.equal(proved.verdict?.kind, 'confirmed');
  const { low, high } = proved.predicted;
  assert.ok(proved.verdict && proved.verdict.speedup >= low * 0.99 && proved.verdict.speedup <= high * 1.01);
});

test('an inserted option is refined like a literal', async () => {
  const inserted = {
    ...suggestion(1, 8),
    edit: { file: '/a.ts', start: 4, end: 4, oldText: '', newText: ' batchSize: 8,' },
  };
  const seen: string[] = [];
  const trials: Trials = {
    run: async (edit) => {
      seen.push(edit?.newText ?? '');
      const batch = edit ? Number(/\d+/.exec(edit.newText)?.[0]) : 1;
      return { stepMs: [1 + 0.01 * batch], samplesPerStep: batch, peakBytes: 1e6, losses: [] };
    },
  };
  const refined = await refineBatch(inserted, trials);
  assert.deepEqual(seen, ['', ' batchSize: 2,', ' batchSize: 4,']);
  assert.equal(refined?.edit?.newText, ' batchSize: 8,');
});
