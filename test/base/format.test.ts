import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatBytes, formatCount, formatNs, formatRate, formatShare } from '../../src/base/format.ts';

test('times read with their unit and two digits', () => {
  assert.equal(formatNs(1_234_567), '1.2 ms');
  assert.equal(formatNs(999_999), '1.0 ms');
  assert.equal(formatNs(12.3e9), '12 s');
  assert.equal(formatNs(0), '0 ns');
  assert.equal(formatNs(-4200), '-4.2 µs');
});

test('what is not known is said to be so', () => {
  for (const format of [formatNs, formatBytes, formatShare, formatRate, formatCount])
    assert.equal(format(NaN), 'n/a');
});

test('bytes, shares, rates and counts', () => {
  assert.equal(formatBytes(12_606_464), '12.6 MB');
  assert.equal(formatBytes(999_900), '1.00 MB');
  assert.equal(formatShare(0.314), '31 %');
  assert.equal(formatShare(0.0042), '0.4 %');
  assert.equal(formatShare(0.0002), '< 0.1 %');
  assert.equal(formatShare(0), '0 %');
  assert.equal(formatRate(6.05e10), '60.5 G');
  assert.equal(formatCount(1234567), '1,234,567');
});
