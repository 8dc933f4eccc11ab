import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { batchOf, curveAt, editTo, presentBatch, withBatch } from '../../src/suggest/other-batch.ts';
import type { BatchPoint, Suggestion } from '../../src/suggest/suggestion.ts';

const curve: BatchPoint[] = [16, 32, 64, 128].map((batch) => ({
  batch,
  samplesPerSecond: 1000 * Math.log2(batch),
  peakBytes: 1e6 + 1e4 * batch,
  basis: batch <= 64 && batch >= 32 ? 'measured' : 'estimated',
}));
const suggestion: Suggestion = {
  id: 'batch-size:a',
  rule: 'batch-size',
  title: 'Raise the batch from 32 to 128',
  at: null,
  evidence: [],
  edit: { file: '/a.ts', start: 4, end: 6, oldText: '32', newText: '128' },
  predicted: { speedup: 1.4, low: 1.26, high: 1.54 },
  verdict: { kind: 'confirmed', speedup: 1.4, low: 1.3, high: 1.5, trials: 6 },
  curve,
};

test('another batch is another edit, title and prediction, and no verdict', () => {
  const other = withBatch(suggestion, 96);
  assert.equal(other.edit?.newText, '96');
  assert.equal(other.title, 'Set the batch from 32 to 96');
  assert.equal(other.verdict, null);
  const gain = Math.log2(96) / 5;
  assert.ok(Math.abs(other.predicted.speedup - gain) < 1e-9);
  assert.ok(
    Math.abs(other.predicted.low / gain - 0.9) < 1e-9 && Math.abs(other.predicted.high / gain - 1.1) < 1e-9,
  );
  assert.match(other.caution ?? '', /^A batch 3x as large/);
  assert.equal(withBatch(suggestion, 128), suggestion);
  assert.equal(withBatch({ ...suggestion, edit: null }, 96).edit, null);
});

test('an inserted option holds the batch too, and the present batch is the smallest measured one', () => {
  const edit = { file: '/a.ts', start: 4, end: 4, oldText: '', newText: ' batchSize: 8,' };
  assert.equal(editTo(edit, 24).newText, ' batchSize: 24,');
  assert.equal(batchOf(edit), 8);
  assert.ok(Number.isNaN(batchOf({ ...edit, newText: "'nhwc'" })));
  assert.equal(presentBatch(curve), 32);
  assert.equal(presentBatch([]), null);
});

test('between two points the curve lies between them, at a point on it, beyond the ends at the ends', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4096 }), (batch) => {
      const { samplesPerSecond, peakBytes } = curveAt(curve, batch);
      assert.ok(samplesPerSecond >= 4000 && samplesPerSecond <= 7000);
      assert.ok(peakBytes >= curve[0]!.peakBytes && peakBytes <= curve[3]!.peakBytes);
    }),
  );
  for (const point of curve) assert.deepEqual(curveAt(curve, point.batch), point);
});
