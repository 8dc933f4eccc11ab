import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareLosses } from '../../src/suggest/loss-curves.ts';
import type { TrialResult } from '../../src/suggest/suggestion.ts';

function trial(rows: number, lossAt: (seen: number) => number, steps = 40): TrialResult {
  const losses = Array.from({ length: steps }, (_, i) => ({
    rows: (i + 1) * rows,
    loss: lossAt((i + 1) * rows),
  }));
  return { stepMs: [1], samplesPerStep: rows, peakBytes: 1, losses };
}
const falling = (seen: number): number => 2 * Math.exp(-seen / 2000);

test('losses of two batches are compared at the rows that both have seen', () => {
  const compared = compareLosses([trial(16, falling)], [trial(64, falling)]);
  assert.equal(compared?.rows, 40 * 16);
  assert.ok(Math.abs(compared.after / compared.before - 1) < 0.02);
  assert.equal(compared.change, null);
  assert.ok(compared.curves.after.length <= 33 && compared.curves.after.at(-1)?.rows === 40 * 64);
});

test('a curve that leaves the other and comes back is another training, and the sentence says where', () => {
  const bump = (seen: number): number => falling(seen) * (seen > 150 && seen < 300 ? 1.2 : 1);
  const compared = compareLosses([trial(16, falling)], [trial(16, bump)]);
  assert.match(compared?.change ?? '', /the loss changed from .* to .* after 320 rows/);
});

test('scripts that draw at random differ by themselves, and only more than that counts', () => {
  const before = [0.97, 1, 1.03].map((factor) => trial(16, (seen) => factor * falling(seen)));
  assert.equal(compareLosses(before, [trial(16, (seen) => 1.08 * falling(seen))])?.change, null);
  assert.ok(compareLosses(before, [trial(16, (seen) => 1.4 * falling(seen))])?.change);
});

test('without losses there is nothing to compare; a loss that becomes NaN is a change', () => {
  const silent = { ...trial(16, falling), losses: [] };
  assert.equal(compareLosses([silent], [silent]), null);
  const broken = { ...trial(16, falling, 12), samplesPerStep: 16 };
  assert.match(compareLosses([trial(16, falling)], [broken])?.change ?? '', /not a number after 192 rows/);
});
