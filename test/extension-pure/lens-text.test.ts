import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lineFacts } from '../../src/extension/lines/line-facts.ts';
import type { LayerLine } from '../../src/extension/lines/line-facts.ts';
import { changeText, gainText, lensText } from '../../src/extension/lines/lens-text.ts';
import type { Suggestion } from '../../src/suggest/suggestion.ts';
import { sampleTrace } from '../support/sample-trace.ts';

const SUGGESTION: Suggestion = {
  id: 'a',
  rule: 'batch-size',
  title: 'batch 64',
  at: null,
  evidence: [],
  edit: null,
  predicted: { speedup: 3.1, low: 2, high: 4 },
  verdict: null,
};

test('a layer line says times, share and bytes with their units', () => {
  const line = lineFacts(sampleTrace({ network: 'cnn', steps: 12 }), null).find(
    (fact) => fact.kind === 'layers',
  );
  assert.ok(line);
  assert.match(
    lensText(line, 0.02),
    /^[\d.]+ (ns|µs|ms) fwd · [\d.]+ (ns|µs|ms) bwd · [\d.]+ % of step · [\d.]+ (B|kB|MB)/,
  );
});

test('a bound is written as one, and an unknown occupancy not at all', () => {
  const line = lineFacts(sampleTrace({ steps: 12 }), null).find(
    (fact): fact is LayerLine => fact.kind === 'layers',
  )!;
  assert.match(lensText({ ...line, occupancy: 0.834 }, 0.02), /occupancy ≤ 83 %/);
  assert.doesNotMatch(lensText({ ...line, occupancy: NaN }, 0.02), /occupancy/);
});

test('a change is shown against the baseline only where it exceeds the noise floor', () => {
  assert.equal(changeText({ ratio: 1.08, certain: true }, 0.02), '▲ 8 % since baseline');
  assert.equal(changeText({ ratio: 0.75, certain: true }, 0.02), '▼ 25 % since baseline');
  assert.equal(changeText({ ratio: 1.01, certain: true }, 0.02), '≈ baseline');
  assert.equal(changeText({ ratio: 1.4, certain: false }, 0.02), '≈ baseline');
  assert.equal(changeText(null, 0.02), null);
});

test('a gain says whether it was predicted or measured, with its interval', () => {
  assert.equal(gainText(SUGGESTION), 'predicted +210 %');
  const verdict = { kind: 'confirmed', speedup: 1.31, low: 1.28, high: 1.34, trials: 8 } as const;
  assert.equal(gainText({ ...SUGGESTION, verdict }), 'measured +31 % (28 .. 34)');
  const refuted = { ...verdict, kind: 'refuted', speedup: 0.99, low: 0.97, high: 1.01 } as const;
  assert.equal(gainText({ ...SUGGESTION, verdict: refuted }), 'refuted: −1 % (−3 .. 1)');
  const failed = {
    ...verdict,
    kind: 'refuted',
    speedup: 0,
    low: 0,
    high: 0,
    reason: 'the edited script failed: out of memory',
  } as const;
  assert.equal(
    gainText({ ...SUGGESTION, verdict: failed }),
    'refuted: the edited script failed: out of memory',
  );
});
