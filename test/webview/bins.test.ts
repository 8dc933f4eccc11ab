import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Bins } from '../../webview/marks/bins.ts';
import { addTimeByColor, buildLanes, sliceAt, sliceNear } from '../../webview/marks/lane.ts';
import type { Lane, SliceSource } from '../../webview/marks/lane.ts';

const COLORS = 3;

interface Made {
  readonly start: number;
  readonly length: number;
  readonly color: number;
}

/** Slices one after another, with gaps: what one queue gives. */
const chain = fc.array(
  fc.record({ gap: fc.nat(50), length: fc.nat(400), color: fc.nat(COLORS - 1) }),
  { minLength: 1, maxLength: 300 },
); // prettier-ignore

function chained(parts: readonly { gap: number; length: number; color: number }[]): Made[] {
  let at = 0;
  return parts.map(({ gap, length, color }) => {
    const start = at + gap;
    at = start + length;
    return { start, length, color };
  });
}

function sourceOf(slices: readonly Made[]): SliceSource {
  return {
    colorCount: COLORS,
    startNs: slices.map(({ start }) => start),
    endNs: slices.map(({ start, length }) => start + length),
    color: (row) => slices[row]?.color as number,
  };
}

const firstLane = (slices: readonly Made[]) => buildLanes(sourceOf(slices))[0] as Lane;

test('boxes and columns together hold all of the time in view, by color', () => {
  fc.assert(
    fc.property(
      chain,
      fc.nat(5000),
      fc.integer({ min: 1, max: 20_000 }),
      fc.integer({ min: 1, max: 300 }),
      (parts, from, span, width) => {
        const slices = chained(parts);
        const to = from + span;
        const lane = firstLane(slices);
        const bins = new Bins().fill(lane, from, to, width);
        const nsPerPx = span / width;
        const drawn = new Float64Array(COLORS);
        for (let b = 0; b < bins.boxCount; b++) {
          const color = lane.colors[bins.boxes[b] as number] as number;
          const left = Math.max(0, bins.lefts[b] as number);
          const right = Math.min(width, bins.rights[b] as number);
          drawn[color] = (drawn[color] as number) + (right - left) * nsPerPx;
        }
        for (let c = 0; c < bins.columnCount; c++)
          for (let color = 0; color < COLORS; color++)
            drawn[color] = (drawn[color] as number) + (bins.shares[c * COLORS + color] as number) * nsPerPx;
        const expected = new Float64Array(COLORS);
        for (const { start, length, color } of slices)
          expected[color] =
            (expected[color] as number) + Math.max(0, Math.min(start + length, to) - Math.max(start, from));
        for (let color = 0; color < COLORS; color++)
          assert.ok(
            Math.abs((drawn[color] as number) - (expected[color] as number)) < 1e-3 * span + 1e-6,
            `color ${color}: drew ${drawn[color]}, the trace has ${expected[color]}`,
          );
      },
    ),
  );
});

test('nothing thinner than a pixel is a box, and no box is drawn twice', () => {
  fc.assert(
    fc.property(chain, fc.integer({ min: 1, max: 400 }), (parts, width) => {
      const slices = chained(parts);
      const end = slices.at(-1)!.start + slices.at(-1)!.length + 1;
      const lane = firstLane(slices);
      const bins = new Bins().fill(lane, 0, end, width);
      const seen = new Set<number>();
      for (let b = 0; b < bins.boxCount; b++) {
        assert.ok((bins.rights[b] as number) - (bins.lefts[b] as number) >= 1 - 1e-9);
        assert.ok(!seen.has(bins.boxes[b] as number));
        seen.add(bins.boxes[b] as number);
      }
    }),
  );
});

test('slices that overlap are split into lanes in which none do, and none is lost', () => {
  const any = fc.array(
    fc.record({ start: fc.nat(1000), length: fc.integer({ min: 1, max: 200 }), color: fc.nat(2) }),
    { maxLength: 12 },
  );
  fc.assert(
    fc.property(any, (slices) => {
      const lanes = buildLanes(sourceOf(slices));
      const rows = lanes.flatMap((lane) => [...lane.rows]).sort((a, b) => a - b); // prettier-ignore
      assert.deepEqual(rows, slices.map((_, i) => i)); // prettier-ignore
      for (const lane of lanes)
        for (let i = 1; i < lane.length; i++)
          assert.ok((lane.starts[i] as number) >= (lane.ends[i - 1] as number));
    }),
  );
});

test('a slice without a time is left out', () => {
  const lanes = buildLanes({
    colorCount: 1,
    startNs: [0, NaN, 20],
    endNs: [5, 15, 25],
    color: () => 0,
  });
  assert.deepEqual([...(lanes[0]?.rows ?? [])], [0, 2]);
});

test('running sums give the same time by color as adding every slice', () => {
  const slices = chained(
    Array.from({ length: 1000 }, (_, i) => ({ gap: i % 7, length: (i * 31) % 100, color: i % COLORS })),
  );
  const lane = firstLane(slices);
  for (const [from, to] of [
    [0, 1000],
    [3, 997],
    [64, 128],
    [10, 900],
    [500, 500],
  ] as const) {
    const sums = new Float64Array(COLORS);
    addTimeByColor(lane, from, to, sums);
    const slow = new Float64Array(COLORS);
    for (let i = from; i < to; i++)
      slow[slices[i]!.color] = (slow[slices[i]!.color] as number) + slices[i]!.length;
    assert.deepEqual([...sums], [...slow], `${from} to ${to}`);
  }
});

test('the slice under a time is found, and none in a gap', () => {
  const lane = firstLane([
    { start: 10, length: 10, color: 0 },
    { start: 30, length: 10, color: 0 },
  ]);
  assert.deepEqual([5, 10, 19, 20, 25, 30, 45].map((ns) => sliceAt(lane, ns)), [-1, 0, 0, -1, -1, 1, -1]); // prettier-ignore
});

test('the nearest slice is found within a distance, the earlier or the later', () => {
  const lane = firstLane([
    { start: 10, length: 2, color: 0 },
    { start: 30, length: 10, color: 0 },
  ]);
  const near = (ns: number) => sliceNear(lane, ns, 4);
  assert.deepEqual([5, 6, 11, 15, 16, 17, 25, 26, 35, 44, 45].map(near), [-1, 0, 0, 0, 0, -1, -1, 1, 1, 1, -1]); // prettier-ignore
});
