import assert from 'node:assert/strict';
import { test } from 'node:test';
import { historyChart, historyText } from '../../src/extension/history/history-chart.ts';
import { comparable, layerHistory, runRecord, withRun } from '../../src/extension/history/run-record.ts';
import { CHART_COLORS } from '../../src/extension/lines/hover-chart.ts';
import { sampleTrace } from '../support/sample-trace.ts';

const trace = sampleTrace({ network: 'cnn', steps: 20 });
const record = runRecord(trace, 'abc1234')!;

test('a record holds the figures of its trace; a run without a steady step makes none', () => {
  assert.equal(record.commit, 'abc1234');
  assert.ok(record.lowNs <= record.stepNs && record.stepNs <= record.highNs);
  assert.ok(Object.keys(record.layers).length > 2 && record.peakBytes > 0);
  assert.equal(runRecord(sampleTrace({ steps: 0 }), null), null);
});

test('newest first, each run once, no more than are kept', () => {
  const older = { ...record, id: '1' };
  const runs = withRun(withRun([older], record, 2), { ...record, stepNs: 7 }, 2);
  assert.deepEqual(runs.map(({ id, stepNs }) => [id, stepNs]), [[record.id, 7], ['1', record.stepNs]]); // prettier-ignore
  assert.equal(withRun(runs, { ...record, id: '3' }, 2).length, 2);
});

test('only runs of the same script on the same adapter are compared, oldest first', () => {
  const runs = [record, { ...record, id: '2', adapter: 'another GPU' }, { ...record, id: '1' }];
  assert.deepEqual(comparable(runs, trace, 9).map(({ id }) => id), ['1', record.id]); // prettier-ignore
});

test('the history of layers leaves out runs that lack one of them', () => {
  const [first, second] = Object.keys(record.layers);
  const without = { ...record, id: '1', layers: { [first!]: 5 } };
  assert.equal(layerHistory([without, record], [first!, second!]).length, 1);
  assert.equal(layerHistory([without, record], [first!])[0]!.ns, 5);
});

test('the chart has a dot for every run inside its frame, and says in words what it shows', () => {
  const points = [{ ns: 2e6 }, { ns: 3e6, lowNs: 2.5e6, highNs: 9e6 }, { ns: 1e6 }];
  const svg = historyChart(points, CHART_COLORS.light);
  const dots = [...svg.matchAll(/<circle cx="([\d.]+)" cy="([\d.]+)"/g)];
  assert.equal(dots.length, 3);
  for (const [, x, y] of dots) assert.ok(Number(x) <= 380 && Number(y) >= 0 && Number(y) <= 40);
  assert.equal(historyText(points), 'last 3 runs: from 2.0 ms to 1.0 ms');
});
