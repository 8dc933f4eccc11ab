import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gain } from '../../webview/parts/suggestion-card.ts';

test('a gain has its interval, and one of too few trials says that it has none', () => {
  assert.equal(gain({ speedup: 1.31, low: 1.28, high: 1.34 }), '+31 % (+28 to +34)');
  assert.equal(gain({ speedup: 2.5, low: 2.4, high: 2.6 }), '2.5 × as fast (2.4 to 2.6)');
  for (const speedup of [1.31, 2.5]) {
    const sent = JSON.parse(JSON.stringify({ speedup, low: 0, high: Infinity })) as Parameters<
      typeof gain
    >[0];
    assert.match(gain(sent), /^(\+31 %|2\.5 × as fast) \(no interval yet\)$/);
  }
});
