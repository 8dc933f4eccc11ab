import assert from 'node:assert/strict';
import { test } from 'node:test';
import { turnSteps } from '../../src/analysis/turn-steps.ts';
import { selectSteps } from '../../src/analysis/selection.ts';
import { sampleTrace } from '../support/sample-trace.ts';

const trace = sampleTrace({ steps: 40, noise: 0 });
const { startNs, endNs } = trace.tables.steps;
const { steady } = selectSteps(trace);
const start = (i: number): number => startNs[steady[i]!]!;
const end = (i: number): number => endNs[steady[i]!]!;

test('steps that lie within a part count, those across its edges do not', () => {
  const half = (end(0) - start(0)) / 2;
  const parts = [
    { startNs: start(0), endNs: end(3) },
    { startNs: start(6) + half, endNs: end(12) + half },
  ];
  const steps = turnSteps(trace, parts);
  assert.deepEqual(steps.map(({ step }) => step), [0, 1, 2, 3, 7, 8, 9, 10, 11, 12].map((i) => steady[i])); // prettier-ignore
  assert.deepEqual(steps.map(({ part }) => part), [0, 0, 0, 0, 1, 1, 1, 1, 1, 1]); // prettier-ignore
  for (const { step, ms } of steps) assert.ok(Math.abs(ms - (endNs[step]! - startNs[step]!) / 1e6) < 1e-9);
});

test('where parts are shorter than steps, a step counts with the time that the run went on', () => {
  const length = end(4) - start(4);
  const at = (share: number): number => start(4) + share * length;
  const parts = [
    { startNs: at(-0.1), endNs: at(0.3) },
    { startNs: at(0.6), endNs: at(1.1) },
  ];
  const [only, ...others] = turnSteps(trace, parts);
  assert.equal(others.length, 0);
  assert.equal(only?.step, steady[4]);
  assert.equal(only?.part, 1);
  assert.ok(Math.abs(only!.ms - (0.7 * length) / 1e6) < 1e-6);
});
