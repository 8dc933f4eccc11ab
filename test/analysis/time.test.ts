import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compareTraces, limitVerdict, perRow } from '../../src/analysis/compare.ts';
import { idleSplit } from '../../src/analysis/idle.ts';
import { coveredLength, gapsWithin, totalLength, union, without } from '../../src/analysis/intervals.ts';
import { kernelStats } from '../../src/analysis/kernels.ts';
import { medianRatio, runsRatio } from '../../src/analysis/median-ratio.ts';
import { occupancySummary, occupancyTimeline } from '../../src/analysis/occupancy-timeline.ts';
import { stepTransfers } from '../../src/analysis/step-transfers.ts';
import type { Trace } from '../../src/trace/model.ts';
import { sampleTrace } from '../support/sample-trace.ts';

const pairs = fc.array(fc.tuple(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 15 })), {
  maxLength: 20,
});
const of = (list: [number, number][]) => union(list.map(([start]) => start), list.map(([start, length]) => start + length)); // prettier-ignore

test('unions, gaps and differences of intervals agree with counting every instant', () => {
  fc.assert(
    fc.property(
      pairs,
      pairs,
      fc.integer({ min: 0, max: 30 }),
      fc.integer({ min: 30, max: 70 }),
      (listA, listB, from, to) => {
        const inside = (list: [number, number][], t: number): boolean =>
          list.some(([start, length]) => start <= t && t < start + length);
        const count = (has: (t: number) => boolean, start = 0, end = 80): number =>
          Array.from({ length: end - start }, (_, i) => start + i).filter(has).length;
        const [a, b] = [of(listA), of(listB)];
        assert.equal(
          totalLength(a),
          count((t) => inside(listA, t)),
        );
        assert.equal(
          coveredLength(a, from, to),
          count((t) => inside(listA, t), from, to),
        );
        assert.equal(
          totalLength(gapsWithin(a, from, to)),
          count((t) => !inside(listA, t), from, to),
        );
        assert.equal(
          totalLength(without(a, b)),
          count((t) => inside(listA, t) && !inside(listB, t)),
        );
      },
    ),
  );
});

test('intervals with NaN or no length are left out', () => {
  assert.equal(totalLength(union([0, NaN, 5, 9], [2, 8, 5, 7])), 2);
});

test('idle time is split by what the script did, and with the busy time adds to the steps', () => {
  const split = idleSplit(
    sampleTrace({ batch: 64, readbackNs: 2e6, dataNs: 1e6, compilesPerStep: 2, noise: 0 }),
  );
  const idle = Object.values(split.byCause).reduce((a, b) => a + b, 0);
  assert.ok(Math.abs((split.busyNs + idle) / split.windowNs - 1) < 1e-9);
  const steps = 5;
  assert.ok(Math.abs(split.byCause.readback / steps / 2e6 - 1) < 0.01);
  assert.ok(Math.abs(split.byCause.data / steps / 1e6 - 1) < 0.01);
  assert.ok(Math.abs(split.byCause.compile / steps / 1e6 - 1) < 0.01);
  const shown = split.gaps.reduce((sum, gap) => sum + gap.endNs - gap.startNs, 0);
  assert.ok(Math.abs(shown / idle - 1) < 1e-9);
});

test('the occupancy over time is zero where nothing runs, and its mean over busy time is the summary', () => {
  const trace = sampleTrace({ network: 'cnn', timedEvery: 1 });
  const { atNs, high, low } = occupancyTimeline(trace);
  let area = 0;
  let busy = 0;
  for (let t = 0; t + 1 < atNs.length; t++) {
    const ns = (atNs[t + 1] as number) - (atNs[t] as number);
    assert.ok((high[t] as number) >= (low[t] as number) && (high[t] as number) <= 1);
    area += (high[t] as number) * ns;
    if ((high[t] as number) > 0) busy += ns;
  }
  assert.equal(high.at(-1), 0);
  assert.ok(Math.abs(area / busy / occupancySummary(trace).whileBusy - 1) < 1e-6);
});

test('kernels are bound by what their cost says', () => {
  const kernels = kernelStats(sampleTrace({ network: 'cnn', batch: 256 }));
  assert.equal(kernels.find((k) => k.name.startsWith('conv2d'))?.roofline.bound, 'compute');
  assert.equal(kernels.find((k) => k.name.startsWith('relu/'))?.roofline.bound, 'memory');
  assert.ok(kernels.every((k) => k.roofline.efficiency <= 1));
});

test('two traces of the same run differ by noise, of other batches by their layers', () => {
  const same = compareTraces(sampleTrace({ steps: 30, seed: 1 }), sampleTrace({ steps: 30, seed: 2 }));
  assert.ok(Math.abs(same.step.ratio.ratio - 1) < 0.02);
  assert.ok(same.step.ratio.low <= same.step.ratio.ratio && same.step.ratio.ratio <= same.step.ratio.high);
  const other = compareTraces(sampleTrace({ batch: 64 }), sampleTrace({ batch: 256 }));
  assert.ok(other.step.ratio.low > 1.5);
  const layer = other.layers.find((l) => l.name === 'model.0');
  assert.ok(layer?.before && layer.after && layer.after > layer.before);
  assert.ok(layer.interval && layer.interval.low > 1);
  // A step four times as large takes longer, a row of it less.
  assert.deepEqual(other.rows, { before: 64, after: 256 });
  const row = perRow(other.layers, other).find((l) => l.name === 'model.0');
  assert.ok(row?.before && row.after && row.interval);
  assert.equal(row.before, layer.before / 64);
  assert.equal(row.after, layer.after / 256);
  assert.ok(row.interval.low < layer.interval.low && row.interval.high <= layer.interval.high / 4);
  assert.equal(perRow(same.layers, same), same.layers);
  // Operations of a layer together are the layer's own time.
  assert.ok(other.operations.some((row) => row.name.startsWith('model.0 · ') && row.interval));
  for (const row of same.layers) assert.ok(!row.interval || row.interval.low <= row.interval.high);
});

test('the interval of a ratio of medians holds the truth about 95 times in 100, and equal input gives equal output', () => {
  let state = 1;
  const random = (): number => (state = (state * 48271) % 2147483647) / 2147483647;
  const draw = (center: number): Float64Array =>
    Float64Array.from({ length: 25 }, () => center * (1 + 0.4 * (random() - 0.5)));
  let covered = 0;
  for (let i = 0; i < 200; i++) {
    const { low, high } = medianRatio(draw(1), draw(1.2));
    if (low <= 1.2 && 1.2 <= high) covered++;
  }
  assert.ok(covered >= 180, String(covered));
  const [a, b] = [draw(1), draw(1)];
  assert.deepEqual(medianRatio(a, b), medianRatio(a, b));
});

test('steps that hang together are not taken for so much evidence: blocks hold the truth where single steps would not', () => {
  let state = 7;
  const random = (): number => (state = (state * 48271) % 2147483647) / 2147483647;
  const draw = (center: number): Float64Array => {
    let slow = 0;
    return Float64Array.from(
      { length: 60 },
      () => center * (1 + (slow = 0.5 * slow + 0.1 * (random() - 0.5))),
    );
  };
  let covered = 0;
  for (let i = 0; i < 200; i++) {
    const { low, high } = medianRatio(draw(1), draw(1.2));
    if (low <= 1.2 && 1.2 <= high) covered++;
  }
  assert.ok(covered >= 176, String(covered));
});

test('several runs of each are compared between runs, and the interval holds the truth about 95 times in 100', () => {
  let state = 3;
  const random = (): number => (state = (state * 48271) % 2147483647) / 2147483647;
  const normal = (): number => Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());
  const draw = (center: number, n: number): number[] =>
    Array.from({ length: n }, () => center * Math.exp(0.05 * normal()));
  let covered = 0;
  for (let i = 0; i < 500; i++) {
    const { low, high } = runsRatio(draw(1, 4), draw(1.1, 3));
    if (low <= 1.1 && 1.1 <= high) covered++;
  }
  assert.ok(covered >= 462, String(covered));
  const traces = [1, 2, 3].map((seed) => sampleTrace({ steps: 20, seed }));
  const [first, ...rest] = traces as [Trace, Trace, Trace];
  const several = compareTraces(first, first, { before: rest, after: rest });
  assert.deepEqual(several.runs, { before: 3, after: 3 });
  assert.equal(limitVerdict(several, 0.05), 'within');
});

test('a limit is passed, kept or not decided by the whole interval, and other batches are compared by the row', () => {
  const base = compareTraces(sampleTrace({ batch: 64 }), sampleTrace({ batch: 64, seed: 3 }));
  const at = (low: number, high: number, rows = { before: 64, after: 64 }) =>
    limitVerdict(
      { ...base, rows, step: { ...base.step, ratio: { ratio: (low + high) / 2, low, high } } },
      0.05,
    );
  assert.deepEqual([at(1.06, 1.2), at(0.98, 1.04), at(1.01, 1.3)], ['above', 'within', 'uncertain']);
  assert.equal(at(1.9, 2.0, { before: 64, after: 128 }), 'within');
  assert.equal(limitVerdict(compareTraces(sampleTrace({ steps: 0 }), sampleTrace({})), 0.05), null);
});

test('a readback after the end of a step counts to it: what the loop does there comes once a step', () => {
  const within = stepTransfers(sampleTrace({ steps: 30, readbackNs: 1e6 }), 'readback');
  const after = stepTransfers(
    sampleTrace({ steps: 30, readbackNs: 1e6, readbackAfterStep: true }),
    'readback',
  );
  assert.ok(within.count === 1 && after.count > 0.95 && after.count <= 1, `${after.count}`);
  assert.equal(after.location, within.location);
});
