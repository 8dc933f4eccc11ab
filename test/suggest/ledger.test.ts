import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { calibrate, ledgerEntry, readLedger, withCalibration } from '../../src/suggest/ledger.ts';
import type { LedgerEntry } from '../../src/suggest/ledger.ts';

const entry = (
  rule: string,
  predicted: number,
  measured: number,
  kind: 'confirmed' | 'refuted' = 'confirmed',
): LedgerEntry => ({
  rule,
  script: '/a.ts',
  adapter: 'x',
  provedAt: '2026-01-01T00:00:00Z',
  predicted: { speedup: predicted, low: predicted * 0.9, high: predicted * 1.1 },
  measured: { kind, speedup: measured, low: measured * 0.98, high: measured * 1.02 },
});

test('the calibration of a rule is the median of measured over predicted, and how many fell within the range', () => {
  const [first, second] = calibrate([
    entry('a', 2, 2),
    entry('a', 2, 4),
    entry('a', 2, 2.1),
    entry('b', 1.5, 1, 'refuted'),
  ]);
  assert.ok(first && second);
  assert.equal(first.rule, 'a');
  assert.equal(first.proofs, 3);
  assert.ok(Math.abs(first.ratio - 1.05) < 1e-9);
  assert.ok(Math.abs(first.withinRange - 2 / 3) < 1e-9);
  assert.equal(second.refuted, 1);
});

test('a ledger survives broken lines and anything else a file may hold', () => {
  const lines = [
    JSON.stringify(entry('a', 2, 2)),
    '{"rule":',
    'null',
    '[]',
    JSON.stringify({ rule: 'x' }),
    JSON.stringify(entry('b', 1, 1)),
  ];
  assert.deepEqual(readLedger(lines.join('\n')).map((e) => e.rule), ['a', 'b']); // prettier-ignore
  fc.assert(fc.property(fc.string(), (text) => void readLedger(text)));
});

test('a suggestion without a verdict has no entry', () => {
  const suggestion = {
    id: 'a',
    rule: 'a',
    title: '',
    at: null,
    evidence: [],
    edit: null,
    predicted: { speedup: 2, low: 1, high: 3 },
    verdict: null,
  };
  const run = { script: '/a.ts', adapter: 'x', provedAt: '2026-01-01T00:00:00Z' };
  assert.equal(ledgerEntry(suggestion, run), null);
  const proved = {
    ...suggestion,
    verdict: { kind: 'confirmed' as const, speedup: 1.5, low: 1.4, high: 1.6, trials: 6 },
  };
  assert.equal(readLedger(JSON.stringify(ledgerEntry(proved, run)))[0]?.measured.speedup, 1.5);
});

test('a suggestion says what became of earlier predictions of its rule on the same adapter, once there are some', () => {
  const suggestion = {
    id: 'a',
    rule: 'a',
    title: '',
    at: null,
    evidence: [],
    edit: null,
    predicted: { speedup: 2, low: 1, high: 3 },
    verdict: null,
  };
  const entries = [entry('a', 2, 2), entry('a', 2, 1.9), entry('a', 2, 1, 'refuted')];
  const [said] = withCalibration([suggestion], entries, 'x');
  assert.match(
    said?.evidence[0]?.text ?? '',
    /Of 3 earlier proofs .* 2 were confirmed; they measured 0.95 of the predicted speed, 67 %/,
  );
  assert.deepEqual(withCalibration([suggestion], entries, 'y'), [suggestion]);
  assert.deepEqual(withCalibration([suggestion], entries.slice(1), 'x'), [suggestion]);
});
