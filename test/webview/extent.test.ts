import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rulerOrigin, stepRange, traceExtent, typicalStep } from '../../webview/extent.ts';
import { makeTrace } from './made-trace.ts';

const trace = makeTrace({ steps: 9 });

test('the extent holds every step and the typical step is timed and no warm-up', () => {
  const [from, to] = traceExtent(trace);
  const { steps } = trace.tables;
  for (let i = 0; i < steps.length; i++) assert.ok(from <= steps.startNs[i]! && to >= steps.endNs[i]!);
  assert.equal(steps.flags[typicalStep(trace)], 1);
});

test('a ruler counts from the step in view, and from the start when many are', () => {
  const [start, end] = stepRange(trace, 4);
  assert.deepEqual(rulerOrigin(trace, [start - 5, end + 5], 0), { ns: start, name: 'in step 4' });
  assert.deepEqual(rulerOrigin(trace, traceExtent(trace), 0), { ns: 0, name: 'since start' });
  assert.equal(rulerOrigin(trace, [0, 1000], 0).name, 'since start', 'before the first step');
});
