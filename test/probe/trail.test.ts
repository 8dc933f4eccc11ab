import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Trail } from '../../src/probe/trail.ts';

function hashAfter(serials: readonly number[]): number {
  const trail = new Trail();
  for (const serial of serials) trail.push(serial);
  return trail.hash;
}

const last16 = Array.from({ length: 16 }, (_, i) => 1 + ((7 * i * i) % 40));

test('is told by the last 16 alone', () => {
  const expected = hashAfter(last16);
  assert.equal(hashAfter([1, 2, 3, ...last16]), expected);
  assert.equal(hashAfter([...Array.from({ length: 5000 }, (_, i) => i % 97), ...last16]), expected);
});

test('another one among them, or another order, is another hash', () => {
  const expected = hashAfter(last16);
  for (let i = 0; i < last16.length; i++) {
    assert.notEqual(hashAfter(last16.with(i, 41)), expected, `changed at ${i}`);
    const next = (i + 1) % last16.length;
    if (last16[i] === last16[next]) continue;
    const swapped = last16.with(i, last16[next] as number).with(next, last16[i] as number);
    assert.notEqual(hashAfter(swapped), expected, `swapped at ${i}`);
  }
});

test('sequences of a few kernels hardly ever share one', () => {
  const trail = new Trail();
  const seen = new Map<number, string>();
  const recent: number[] = [];
  let random = 1;
  for (let i = 0; i < 20_000; i++) {
    random = (Math.imul(random, 1_103_515_245) + 12_345) >>> 0;
    const serial = 1 + ((random >>> 16) % 3);
    trail.push(serial);
    recent.push(serial);
    const key = recent.slice(-16).join();
    const before = seen.get(trail.hash);
    assert.ok(before === undefined || before === key, `${key} and ${before}`);
    seen.set(trail.hash, key);
  }
});
