import assert from 'node:assert/strict';
import { test } from 'node:test';
import { appliedGain } from '../../src/suggest/after-apply.ts';
import { sampleTrace } from '../support/sample-trace.ts';

test('a larger batch that raises rows a second is a gain; the same run again is none', () => {
  const small = sampleTrace({ network: 'cnn', steps: 40, batch: 8, seed: 1 });
  const large = sampleTrace({ network: 'cnn', steps: 40, batch: 64, seed: 2 });
  const again = sampleTrace({ network: 'cnn', steps: 40, batch: 8, seed: 3 });
  const gain = appliedGain(small, large, 0.02)!;
  assert.equal(gain.kind, 'confirmed', JSON.stringify(gain));
  assert.ok(gain.low <= gain.ratio && gain.ratio <= gain.high);
  assert.notEqual(appliedGain(small, again, 0.02)!.kind, 'confirmed');
  assert.equal(appliedGain(large, small, 0.02)!.kind, 'refuted');
});

test('a run of no steady step says nothing, one of two steps nothing certain', () => {
  const full = sampleTrace({ steps: 40, batch: 8 });
  assert.equal(appliedGain(full, sampleTrace({ steps: 0 }), 0.02), null);
});
