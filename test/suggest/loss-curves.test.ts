import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareLosses } from '../../src/suggest/loss-curves.ts';
import type { LossCurve } from '../../src/suggest/loss-curves.ts';
import { lossRuns } from '../../src/suggest/loss-proof.ts';
import type { Edit, Trials } from '../../src/suggest/suggestion.ts';

function run(rows: number, lossAt: (seen: number) => number, steps = 40): LossCurve {
  return Array.from({ length: steps }, (_, i) => ({
    rows: (i + 1) * rows,
    loss: lossAt((i + 1) * rows),
  }));
}
const falling = (seen: number): number => 2 * Math.exp(-seen / 2000);

test('losses of two batches are compared at the rows that both have seen', () => {
  const compared = compareLosses([run(16, falling)], [run(64, falling)]);
  assert.equal(compared?.rows, 40 * 16);
  assert.ok(Math.abs(compared.after / compared.before - 1) < 0.02);
  assert.equal(compared.change, null);
  assert.ok(compared.curves.after.length <= 33 && compared.curves.after.at(-1)?.rows === 40 * 64);
});

test('a curve that leaves the other and comes back is another training, and the sentence says where', () => {
  const bump = (seen: number): number => falling(seen) * (seen > 150 && seen < 300 ? 1.2 : 1);
  const compared = compareLosses([run(16, falling)], [run(16, bump)]);
  assert.match(compared?.change ?? '', /the loss changed from .* to .* after 320 rows/);
});

test('scripts that draw at random differ by themselves, and only more than that counts', () => {
  const before = [0.97, 1, 1.03].map((factor) => run(16, (seen) => factor * falling(seen)));
  assert.equal(compareLosses(before, [run(16, (seen) => 1.08 * falling(seen))])?.change, null);
  assert.ok(compareLosses(before, [run(16, (seen) => 1.4 * falling(seen))])?.change);
});

test('without losses there is nothing to compare; a loss that becomes NaN is a change', () => {
  assert.equal(compareLosses([[]], [[]]), null);
  assert.equal(compareLosses([run(16, falling)], [run(16, () => NaN)]), null);
  const broken = run(16, falling, 12);
  assert.match(compareLosses([run(16, falling)], [broken])?.change ?? '', /not a number after 192 rows/);
});

test('a loss that is read less often is not another training', () => {
  const seldom = run(16, falling, 40).filter((_, i) => i % 10 === 0);
  assert.equal(compareLosses([run(16, falling)], [seldom])?.change ?? null, null);
});

const edit: Edit = { file: '/a.ts', start: 0, end: 0, oldText: '', newText: '' };

test('runs for the loss are two where the curves agree, and four where a script differs from itself', async () => {
  /** Runs whose losses are `falling` times these factors, one after the other. */
  const drawing = (...factors: number[]): Trials => ({
    run: () => Promise.reject(new Error('no trial is wanted')),
    losses: async () => {
      const factor = factors.shift()!;
      return run(16, (seen) => factor * falling(seen));
    },
  });
  let runs = await lossRuns(drawing(1, 1.01), edit, undefined);
  assert.deepEqual([runs?.before.length, runs?.after.length], [1, 1]);
  runs = await lossRuns(drawing(1, 1.06, 0.97, 1.01), edit, undefined);
  assert.deepEqual([runs?.before.length, runs?.after.length], [2, 2]);
  assert.equal(compareLosses(runs!.before, runs!.after)?.change, null);
  assert.equal(await lossRuns({ run: drawing().run }, edit, undefined), null);
});
