import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../../src/base/random.ts';
import { editedFirst } from '../../src/suggest/trial-order.ts';

function ordersOf(seed: number, pairs: number): boolean[] {
  const order = editedFirst(seededRandom(seed));
  return Array.from({ length: pairs }, () => order.next().value);
}

test('each two pairs are in opposite order: an even drift cancels', () => {
  for (let seed = 0; seed < 20; seed++) {
    const orders = ordersOf(seed, 16);
    for (let pair = 0; pair < 16; pair += 2) assert.notEqual(orders[pair], orders[pair + 1]);
  }
});

test('no rhythm of the trials keeps falling on one side', () => {
  // Disturbed trials of a rhythm: the first half of so many. How often does it fall on the same side in each of the first four pairs?
  for (const rhythm of [2, 3, 4]) {
    let same = 0;
    for (let seed = 0; seed < 400; seed++)
      for (let phase = 0; phase < rhythm; phase++) {
        const disturbed = (trial: number): number => ((trial + phase) % rhythm < rhythm / 2 ? 1 : 0);
        const signs = ordersOf(seed, 4).map(
          (first, pair) => (disturbed(2 * pair) - disturbed(2 * pair + 1)) * (first ? 1 : -1),
        );
        if (signs.every((sign) => sign > 0) || signs.every((sign) => sign < 0)) same++;
      }
    assert.ok(same / 400 / rhythm < 0.15, `a rhythm of ${rhythm}: ${same / 400 / rhythm}`);
  }
});
