import assert from 'node:assert/strict';
import { test } from 'node:test';
import { idleSplit } from '../../src/analysis/idle.ts';
import { occupancyWaterfall } from '../../src/analysis/occupancy-waterfall.ts';
import { selectSteps } from '../../src/analysis/selection.ts';
import { fullSteps, stepStats, usualSteps } from '../../src/analysis/steps.ts';
import { kernelStats } from '../../src/analysis/kernels.ts';
import { layerCosts } from '../../src/analysis/layers.ts';
import type { Trace } from '../../src/trace/model.ts';
import { sampleTrace } from '../support/sample-trace.ts';

test('warm-up steps are counted and left out of the median', () => {
  const stats = stepStats(sampleTrace({ steps: 12, timedEvery: 2 }));
  assert.equal(stats.count, 12);
  assert.equal(stats.warmup, 2);
  assert.equal(stats.timed, 5);
  assert.equal(stats.untimed, 5);
  assert.equal(stats.durationOf, 'untimed');
  assert.ok(
    stats.durationNs.low <= stats.durationNs.median && stats.durationNs.median <= stats.durationNs.high,
  );
});

test('the GPU is busy for the sum of the kernels of a step when nothing overlaps', () => {
  const trace = sampleTrace({ timedEvery: 1 });
  const stats = stepStats(trace);
  const perStep = kernelStats(trace).reduce((total, k) => total + k.totalNs, 0) / stats.timed;
  assert.ok(Math.abs(stats.gpuBusyNs / perStep - 1) < 0.02, `${stats.gpuBusyNs} against ${perStep}`);
  assert.ok(stats.gpuBusyShare > 0.5 && stats.gpuBusyShare < 1);
});

test('the busy share is what the idle split and the waterfall leave, whatever one held-up step took', () => {
  const trace = sampleTrace({ steps: 40, timedEvery: 2, readbackNs: 1e6 });
  const { steps } = trace.tables;
  // Another program stopped the last timed step for ten steps.
  const last = selectSteps(trace).timed.at(-1)!;
  const endNs = steps.endNs.map((ns, i) => (i === last ? ns + 10 * stepStats(trace).durationNs.median : ns));
  const heldUp: Trace = { ...trace, tables: { ...trace.tables, steps: { ...steps, endNs } } };
  for (const each of [trace, heldUp]) {
    const share = stepStats(each).gpuBusyShare;
    const idle = idleSplit(each);
    assert.ok(Math.abs(share - idle.busyNs / idle.windowNs) < 1e-9);
    assert.ok(Math.abs(share - (1 - occupancyWaterfall(each)!.idle)) < 1e-9);
    assert.ok(Math.abs(share - stepStats(trace).gpuBusyShare) < 0.01, `${share}`);
  }
  assert.ok(
    idleSplit(heldUp).gaps.some(({ step }) => step === last),
    'its gaps are still shown',
  );
});

test('a readback in every step lowers the busy share', () => {
  const fast = stepStats(sampleTrace());
  const slow = stepStats(sampleTrace({ readbackNs: 3e6 }));
  assert.ok(slow.gpuBusyShare < fast.gpuBusyShare * 0.8);
});

test('kernel shares add to one and the times of layers and the rest add to the step', () => {
  const trace = sampleTrace({ network: 'cnn', noise: 0 });
  const total = kernelStats(trace).reduce((sum, k) => sum + k.share, 0);
  assert.ok(Math.abs(total - 1) < 1e-9);
  const costs = layerCosts(trace);
  const own = costs.layers.reduce((sum, l) => sum + l.own.totalNs, 0) + costs.unattributed.totalNs;
  assert.ok(Math.abs(own / costs.stepNs - 1) < 1e-9);
  const root = costs.layers.find((l) => l.path === 'model');
  const children = costs.layers.filter((l) => l.path.startsWith('model.'));
  assert.ok(
    root && Math.abs(root.total.totalNs / children.reduce((sum, l) => sum + l.own.totalNs, 0) - 1) < 1e-9,
  );
  assert.equal(root.own.totalNs, 0);
});

test('a layer reports its phases, its bytes and its line', () => {
  const layer = layerCosts(sampleTrace({ batch: 32 })).layers.find((l) => l.path === 'model.2');
  assert.ok(layer);
  assert.ok(
    layer.own.forwardNs > 0 && layer.own.backwardNs > layer.own.forwardNs && layer.own.optimizerNs > 0,
  );
  const parameters = 512 * 256 + 256;
  assert.equal(layer.ownBytes.parameter, parameters * 4);
  assert.equal(layer.ownBytes['optimizer-state'], parameters * 8);
  assert.equal(layer.ownBytes.activation, 32 * 256 * 4);
  assert.equal(layer.source?.line, 10);
});

test('steps that something held up are no usual ones', () => {
  const trace = sampleTrace({ steps: 20, noise: 0.02 });
  const rows = [4, 5, 6, 7, 8];
  assert.deepEqual(usualSteps(trace, rows), rows);
  (trace.tables.steps.endNs as Float64Array)[6]! += 1e9;
  assert.deepEqual(usualSteps(trace, rows), [4, 5, 7, 8]);
  assert.deepEqual(usualSteps(trace, []), []);
});

test('the last batch of an epoch, which is smaller, is no full step; where rows are not told, all are', () => {
  const trace = sampleTrace({ batch: 32, steps: 12 });
  const rows = Array.from({ length: 12 }, (_, row) => row);
  assert.deepEqual(fullSteps(trace, rows), rows);
  (trace.tables.steps.samples as Float64Array)[5] = 7;
  assert.deepEqual(fullSteps(trace, rows), rows.filter((row) => row !== 5)); // prettier-ignore
  (trace.tables.steps.samples as Float64Array).fill(NaN);
  assert.deepEqual(fullSteps(trace, rows), rows);
  assert.deepEqual(fullSteps(trace, []), []);
});
