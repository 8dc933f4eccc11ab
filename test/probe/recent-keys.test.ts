import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../../src/base/random.ts';
import { RecentKeys } from '../../src/probe/recent-keys.ts';

/** What RecentKeys promises to remember. */
const KEEP = 8192;

test('keys at the edges of their range are new once and known then', () => {
  const keys = new RecentKeys();
  const edges = [0, 1, -1, 2 ** 31 - 1, -(2 ** 31)];
  const pairs = edges.flatMap((low) => edges.map((high) => [low, high] as const)).slice(1);
  for (const [low, high] of pairs) assert.equal(keys.add(low, high), false, `${low} ${high}`);
  for (const [low, high] of pairs) assert.equal(keys.add(low, high), true, `${low} ${high}`);
  assert.equal(new RecentKeys().add(0, 0), false);
});

test('the last keys are known however many came before, those of long ago are forgotten, and no other is taken for one', () => {
  const keys = new RecentKeys();
  const random = seededRandom(5);
  // Few low bits: many keys want the same place.
  const made = Array.from({ length: 5 * KEEP }, (_, i) => [Math.floor(random() * 500), i] as const);
  for (const [low, high] of made) assert.equal(keys.add(low, high), false);
  for (const [low, high] of made.slice(-KEEP)) assert.equal(keys.add(low, high), true);
  assert.equal(keys.add(...(made[0] as [number, number])), false);
});
