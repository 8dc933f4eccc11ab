import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  aliveAt,
  memoryPeak,
  memoryTimeline,
  memoryTimelineByLayer,
  steadyMemoryPeak,
  usualMemoryPeak,
} from '../../src/analysis/memory.ts';
import { TraceBuilder } from '../../src/trace/builder.ts';
import type { Trace } from '../../src/trace/model.ts';
import { sampleTrace } from '../support/sample-trace.ts';

interface Life {
  readonly born: number;
  readonly lives: number | null;
  readonly bytes: number;
  readonly role: number;
  readonly pooled: boolean;
}

/** One pool at row 0; the others are of the device or parts of the pool. */
function traceOf(
  lives: readonly Life[],
  steps: readonly (readonly [startNs: number, endNs: number])[] = [],
): Trace {
  const b = new TraceBuilder();
  const shared = {
    usage: 0,
    layer: -1,
    location: -1,
    label: b.string(''),
    bornStep: -1,
    diedNs: NaN,
    death: 0,
  };
  b.row('buffers', { ...shared, parent: -1, sizeBytes: 1e6, role: 0, bornNs: 0 });
  for (const { born, bytes, role, pooled } of lives)
    b.row('buffers', { ...shared, parent: pooled ? 0 : -1, sizeBytes: bytes, role, bornNs: born });
  lives.forEach(
    ({ born, lives: ns }, i) => ns !== null && b.row('deaths', { buffer: i + 1, atNs: born + ns, death: 1 }),
  );
  steps.forEach(([startNs, endNs], index) => b.row('steps', { index, startNs, endNs, flags: 0, loss: NaN, samples: 8 })); // prettier-ignore
  return b.build();
}

const life = fc.record({
  born: fc.integer({ min: 0, max: 40 }),
  lives: fc.option(fc.integer({ min: 0, max: 20 })),
  bytes: fc.integer({ min: 0, max: 1000 }),
  role: fc.integer({ min: 0, max: 7 }),
  pooled: fc.boolean(),
});

test('the peak is the highest sum of live buffers that any moment has, and its list adds to it', () => {
  fc.assert(
    fc.property(fc.array(life, { minLength: 1, maxLength: 30 }), (lives) => {
      const pooled = lives.some((l) => l.pooled);
      let best = 0;
      for (let at = 0; at <= 60; at++) {
        let sum = pooled ? 0 : 1e6;
        for (const l of lives)
          if (l.born <= at && (l.lives === null || l.born + l.lives > at)) sum += l.bytes;
        best = Math.max(best, sum);
      }
      const trace = traceOf(lives);
      const peak = memoryPeak(trace);
      assert.equal(peak.bytes, best);
      assert.equal(peak.alive.reduce((sum, row) => sum + (trace.tables.buffers.sizeBytes[row] as number), 0), best); // prettier-ignore
      assert.equal(Object.values(peak.byRole).reduce((a, b) => a + b, 0), best); // prettier-ignore
      const timeline = memoryTimeline(trace);
      assert.equal(Math.max(0, ...timeline.live), best);
      for (let t = 0; t < timeline.atNs.length; t++) {
        const stacked = timeline.bytes.reduce((sum, values) => sum + (values[t] as number), 0);
        assert.equal(stacked, timeline.live[t]);
        const alive = aliveAt(trace, timeline.atNs[t] as number).reduce(
          (sum, row) => sum + (trace.tables.buffers.sizeBytes[row] as number),
          0,
        );
        assert.equal(alive, timeline.live[t]);
      }
    }),
  );
});

test('a pool counts through its parts, and its whole size as reserved', () => {
  const peak = memoryPeak(traceOf([{ born: 1, lives: null, bytes: 300, role: 4, pooled: true }]));
  assert.equal(peak.bytes, 300);
  assert.equal(peak.reservedBytes, 1e6);
  assert.equal(peak.buffers, 1);
});

test('stacked by layer the sum is the same', () => {
  const trace = sampleTrace({ steps: 4 });
  const byRole = memoryTimeline(trace);
  const byLayer = memoryTimelineByLayer(trace, 2);
  assert.deepEqual([...byLayer.live], [...byRole.live]);
  assert.equal(byLayer.keys.length, 4);
  assert.ok(byLayer.keys.includes('model.0'));
});

test('the peak of steps that free what they make does not grow with the steps; a leak does', () => {
  const peak = (options: Parameters<typeof sampleTrace>[0]): number => memoryPeak(sampleTrace(options)).bytes;
  assert.equal(peak({ steps: 4 }), peak({ steps: 12 }));
  assert.equal(peak({ steps: 12, leakBytes: 1000 }) - peak({ steps: 4, leakBytes: 1000 }), 8000);
});

const of = (born: number, lives: number | null, bytes: number): Life => ({
  born,
  lives,
  bytes,
  role: 0,
  pooled: true,
});

const since = (ns: number) => ({ starts: Float64Array.of(ns), ends: Float64Array.of(Infinity) });

test('the peak since a moment counts what was held then, whether or not it changes later', () => {
  // An upload that is gone before the steps begin, and parameters that stay.
  const quiet = traceOf([of(0, 10, 900), of(5, null, 300)]);
  assert.equal(memoryPeak(quiet).bytes, 1200);
  assert.equal(memoryPeak(quiet, since(20)).bytes, 300);
  const busy = traceOf([of(0, 10, 900), of(5, null, 300), of(25, 5, 50), of(40, 5, 70)]);
  assert.equal(memoryPeak(busy, since(20)).bytes, 370);
  assert.equal(memoryPeak(busy, since(20)).atNs, 40);
  // A buffer that dies within the time was still held at its start.
  assert.equal(memoryPeak(quiet, since(8)).bytes, 1200);
});

test('what is held between the steps is not their peak', () => {
  // Steps at 10..20 and 40..50; at 25..35 an evaluation takes more than either of them.
  const trace = traceOf([of(0, null, 100), of(12, 5, 40), of(25, 10, 900), of(42, 5, 60)]);
  const steps = { starts: Float64Array.of(10, 40), ends: Float64Array.of(20, 50) };
  assert.equal(memoryPeak(trace).bytes, 1000);
  const { bytes, atNs } = memoryPeak(trace, steps);
  assert.deepEqual([bytes, atNs], [160, 42]);
});

test('what an evaluation leaves behind for the next step is no part of a usual one', () => {
  // Each step takes 40 besides the 100 that stay; an evaluation at 62..68 leaves 900 until the fourth has begun.
  const steps = [10, 30, 50, 70].map((startNs) => [startNs, startNs + 10] as const);
  const activations = steps.map(([startNs]) => of(startNs + 2, 5, 40));
  const trace = traceOf([of(0, null, 100), of(62, 11, 900), ...activations], steps);
  assert.equal(memoryPeak(trace).bytes, 1040);
  assert.equal(steadyMemoryPeak(trace).bytes, 1040);
  assert.equal(usualMemoryPeak(trace).bytes, 140);
  assert.equal(usualMemoryPeak(traceOf([of(0, null, 100)])).bytes, 100);
});
