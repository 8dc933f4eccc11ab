import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { lifetimes } from '../../src/analysis/lifetimes.ts';
import { memoryPeak, memoryTimeline } from '../../src/analysis/memory.ts';
import { sum } from '../../src/base/stats.ts';
import { TraceBuilder } from '../../src/trace/builder.ts';
import { PHASES, ROLES } from '../../src/trace/model.ts';
import type { Trace } from '../../src/trace/model.ts';

interface Encoded {
  readonly cpuNs: number;
  readonly startNs: number;
  readonly endNs: number;
}

/** A pool with parts taken and given back at the given times of the script, and dispatches. */
function poolTrace(
  dispatches: readonly Encoded[],
  parts: readonly (readonly [born: number, died: number])[],
): Trace {
  const builder = new TraceBuilder();
  const kernel = builder.add('kernels', {
    name: 'relu',
    family: 'element-wise',
    workgroupSize: [64, 1, 1],
    workgroupBytes: 0,
  });
  const launch = builder.row('launches', {
    kernel, layer: -1, op: builder.string('relu'), phase: PHASES.indexOf('forward'), location: -1,
    workgroupsX: 1, workgroupsY: 1, workgroupsZ: 1, flops: 1, bytesMoved: 1,
  }); // prettier-ignore
  for (const { cpuNs, startNs, endNs } of dispatches)
    builder.row('dispatches', {
      launch,
      step: 0,
      queue: 0,
      flags: Number.isFinite(startNs) ? 1 : 0,
      cpuNs,
      startNs,
      endNs,
    });
  const buffer = (parent: number, sizeBytes: number, bornNs: number) =>
    builder.row('buffers', {
      parent, sizeBytes, usage: 128, role: ROLES.indexOf('activation'), layer: -1, location: -1, label: builder.string(''),
      bornNs, bornStep: 0, diedNs: NaN, death: 0,
    }); // prettier-ignore
  const pool = buffer(-1, 4096, 0);
  for (const [born, died] of parts) {
    const part = buffer(pool, 1000, born);
    if (Number.isFinite(died)) builder.row('deaths', { buffer: part, atNs: died, death: 3 });
  }
  return builder.build();
}

test('a part of a pool lives while the kernels that use it run, not while the script encodes them', () => {
  const trace = poolTrace(
    [
      { cpuNs: 10, startNs: 100, endNs: 150 },
      { cpuNs: 20, startNs: 150, endNs: 200 },
      { cpuNs: 30, startNs: 200, endNs: 260 },
    ],
    [[15, 25]],
  );
  const { bornNs, diedNs } = lifetimes(trace);
  assert.deepEqual([bornNs[0], bornNs[1], diedNs[1]], [0, 150, 200]);
  assert.ok(Number.isNaN(diedNs[0]));
});

test('work that was not timed lies evenly between its timed neighbors', () => {
  const trace = poolTrace(
    [
      { cpuNs: 10, startNs: 100, endNs: 200 },
      { cpuNs: 20, startNs: NaN, endNs: NaN },
      { cpuNs: 30, startNs: NaN, endNs: NaN },
      { cpuNs: 40, startNs: 500, endNs: 600 },
    ],
    [[15, 25]],
  );
  const { bornNs, diedNs } = lifetimes(trace);
  assert.deepEqual([bornNs[1], diedNs[1]], [200, 350]);
});

test('moving lives to the kernels changes when the peak is, never what it is', () => {
  const gaps = fc.array(
    fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 50 }), fc.boolean()),
    { minLength: 1, maxLength: 40 },
  );
  const parts = fc.array(fc.tuple(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 1, max: 100 })), {
    maxLength: 20,
  });
  fc.assert(
    fc.property(gaps, parts, (dispatches, lives) => {
      let cpuNs = 0;
      let at = 1000;
      const encoded = dispatches.map(([gap, duration, timed]) => {
        cpuNs += gap;
        const startNs = at;
        at += duration;
        return timed ? { cpuNs, startNs, endNs: at } : { cpuNs, startNs: NaN, endNs: NaN };
      });
      // Times of the script fall between dispatches, as they do on one thread.
      const trace = poolTrace(
        encoded,
        lives.map(([born, length]) => [born + 0.5, born + length + 0.5] as const),
      );
      const moved = lifetimes(trace);
      for (let i = 1; i < moved.bornNs.length; i++)
        assert.ok((moved.bornNs[i] as number) <= (moved.diedNs[i] as number));
      // A pool gives out memory again in the order of encoding, so what is alive together there is so on the device.
      const byScript = memoryPeak({ ...trace, meta: { ...trace.meta, origin: 'import:test' } });
      assert.ok(memoryPeak(trace).bytes <= byScript.bytes);
      const { live } = memoryTimeline(trace);
      const { bytes, alive } = memoryPeak(trace);
      assert.equal(Math.max(0, ...live), bytes);
      assert.equal(sum(alive.map((i) => trace.tables.buffers.sizeBytes[i] as number)), bytes);
    }),
  );
});
