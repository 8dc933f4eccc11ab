import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { median, medianInterval, quantile, sum } from '../../src/base/stats.ts';
import { seededRandom } from '../../src/base/random.ts';

test('the median lies within its interval and the interval within the values', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 200 }),
      (values) => {
        const { median: m, low, high } = medianInterval(values);
        assert.ok(low <= m && m <= high);
        assert.ok(low >= Math.min(...values) && high <= Math.max(...values));
        assert.equal(m, median(values));
      },
    ),
  );
});

test('the 95 % interval of the median covers the true median in about 95 of 100 samples', () => {
  const random = seededRandom(7);
  let covered = 0;
  for (let i = 0; i < 2000; i++) {
    const values = Float64Array.from({ length: 41 }, () => random() * random());
    const { low, high } = medianInterval(values);
    const truth = 0.1867; // median of the product of two uniforms: m (1 - ln m) = 1/2
    if (low <= truth && truth <= high) covered++;
  }
  assert.ok(covered / 2000 > 0.93, `covered ${covered} of 2000`);
});

test('quantiles of nothing are unknown, not zero', () => {
  assert.ok(Number.isNaN(quantile([], 0.5)));
  assert.ok(Number.isNaN(medianInterval([]).low));
  assert.equal(sum([]), 0);
});

test('equal seeds give equal numbers, other seeds others, all in [0, 1) and evenly spread', () => {
  const a = seededRandom(1);
  const b = seededRandom(1);
  const c = seededRandom(2);
  const bins = new Uint32Array(10);
  let same = 0;
  for (let i = 0; i < 20_000; i++) {
    const value = a();
    assert.equal(value, b());
    if (value === c()) same++;
    bins[Math.floor(value * 10)]!++;
  }
  assert.ok(same < 3);
  for (const n of bins) assert.ok(Math.abs(n - 2000) < 250, `bin of ${n}`);
});
