import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Highest, addMeans, weighLane } from '../../webview/marks/curve.ts';
import { buildLanes } from '../../webview/marks/lane.ts';
import type { Lane } from '../../webview/marks/lane.ts';

const slices = fc.array(
  fc.record({
    gap: fc.nat(30),
    length: fc.integer({ min: 1, max: 60 }),
    value: fc.integer({ min: 0, max: 100 }),
  }),
  { minLength: 1, maxLength: 60 },
);

test('the means of all pixels add up to the integral of the curve', () => {
  fc.assert(
    fc.property(slices, fc.integer({ min: 1, max: 200 }), (parts, width) => {
      let at = 0;
      const made = parts.map(({ gap, length, value }) => {
        const start = at + gap;
        at = start + length;
        return { start, end: at, value: value / 100 };
      });
      const lane = buildLanes({
        colorCount: 1,
        startNs: made.map(({ start }) => start),
        endNs: made.map(({ end }) => end),
        color: () => 0,
      })[0] as Lane;
      const means = new Float64Array(width);
      const to = at + 10;
      addMeans(
        weighLane(lane, (row) => made[row]!.value),
        0,
        to,
        means,
      );
      const drawn = means.reduce((sum, mean) => sum + (mean * to) / width, 0);
      const exact = made.reduce((sum, { start, end, value }) => sum + value * (end - start), 0);
      assert.ok(Math.abs(drawn - exact) < 1e-6 * Math.max(1, exact), `${drawn} against ${exact}`);
    }),
  );
});

test('each pixel of a step function shows its highest moment', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(1000), { minLength: 1, maxLength: 400 }),
      fc.integer({ min: 1, max: 90 }),
      fc.nat(300),
      fc.integer({ min: 1, max: 900 }),
      (values, width, from, span) => {
        const atNs = Float64Array.from(values, (_, i) => i * 2);
        const highest = new Highest({ atNs, values: Float64Array.from(values) });
        const columns = highest.columns(from, from + span, width);
        for (let x = 0; x < width; x++) {
          const left = from + (x * span) / width;
          const right = from + ((x + 1) * span) / width;
          // What holds at the left edge, and every change up to the right edge.
          const inside = values.filter(
            (_, i) =>
              (atNs[i] as number) <= right && (i + 1 >= values.length || (atNs[i + 1] as number) > left),
          );
          const shown = values[columns[x] as number] ?? -1;
          assert.equal(shown, inside.length === 0 ? -1 : Math.max(...inside));
        }
      },
    ),
  );
});

test('before the first value there is nothing', () => {
  const highest = new Highest({ atNs: Float64Array.of(100, 200), values: Float64Array.of(5, 7) });
  assert.deepEqual([...highest.columns(0, 80, 2)], [-1, -1]);
  assert.deepEqual([...highest.columns(120, 180, 1)], [0]);
});
