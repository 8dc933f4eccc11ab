import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noiseScale, rateFactor, rowsFactor } from '../../src/analysis/gradient-noise.ts';
import type { GradientPair } from '../../src/analysis/gradient-noise.ts';
import { seededRandom } from '../../src/base/random.ts';

/** Pairs of gradients in `dimensions`, each the mean of `batch` rows of unit variance about a common gradient of this squared norm. */
function drawn(
  count: number,
  batch: number,
  square: number,
  dimensions: number,
  seed: number,
): GradientPair[] {
  const random = seededRandom(seed);
  const normal = (): number => Math.sqrt(-2 * Math.log(random() || 1e-12)) * Math.cos(2 * Math.PI * random());
  const common = Math.sqrt(square / dimensions);
  return Array.from({ length: count }, () => {
    const pair = { first: 0, second: 0, sum: 0 };
    for (let d = 0; d < dimensions; d++) {
      const [a, b] = [common + normal() / Math.sqrt(batch), common + normal() / Math.sqrt(batch)];
      pair.first += a * a;
      pair.second += b * b;
      pair.sum += (a + b) ** 2;
    }
    return pair;
  });
}

test('the noise scale of gradients with a known one is found, and its interval covers it in most runs', () => {
  const [dimensions, square, batch] = [40, 0.5, 16];
  const truth = dimensions / square;
  let covered = 0;
  const runs = 100;
  for (let seed = 1; seed <= runs; seed++) {
    const scale = noiseScale(drawn(40, batch, square, dimensions, seed), batch)!;
    if (scale.low <= truth && truth <= scale.high) covered++;
    if (seed === 1) assert.ok(Math.abs(scale.rows / truth - 1) < 0.3, `${scale.rows} for ${truth}`);
  }
  console.log(
    `noise scale of ${truth} rows from 40 pairs: the interval covers it in ${covered} of ${runs} runs`,
  );
  assert.ok(covered >= 88, `${covered} of ${runs}`);
});

test('gradients without a common direction have no upper end, too few pairs say nothing', () => {
  const scale = noiseScale(drawn(20, 16, 1e-9, 40, 3), 16);
  assert.equal(scale?.high, Infinity);
  assert.equal(noiseScale(drawn(4, 16, 1, 40, 3), 16), null);
  assert.equal(noiseScale([], 16), null);
});

test('far below the noise scale rows are as good and rates grow with the batch, far above neither is true', () => {
  assert.ok(rowsFactor(1e6, 32, 64) < 1.001 && Math.abs(rateFactor(1e6, 32, 64) - 2) < 0.001);
  assert.ok(Math.abs(rowsFactor(1, 1000, 2000) - 2) < 0.01 && rateFactor(1, 1000, 2000) < 1.001);
  assert.ok(
    Math.abs(rowsFactor(100, 100, 300) - 2) < 1e-9 && Math.abs(rateFactor(100, 100, 300) - 1.5) < 1e-9,
  );
  assert.equal(rowsFactor(Infinity, 32, 64), 1);
});
