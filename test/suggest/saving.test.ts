import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Facts } from '../../src/suggest/facts.ts';
import { exposedNsOf, idleNsOf, predictSaving, startNsOf, stepNsOf } from '../../src/suggest/saving.ts';

/** Ten timed steps of `timedNs` with `busyNs` of kernels each, the rest waiting for the script; `stepNs` is the usual step. */
function waiting(stepNs: number, timedNs: number, busyNs: number, unfedNs: readonly number[] = []): Facts {
  const facts = {
    unfed: unfedNs.map((ns) => ({ durationNs: stepNs, byCause: { host: 0, readback: ns }, restNs: ns })),
    steps: { durationNs: { median: stepNs } },
    idle: {
      steps: 10,
      windowNs: 10 * timedNs,
      busyNs: 10 * busyNs,
      byCause: { host: 10 * (timedNs - busyNs), launch: 0, readback: 0 },
    },
  };
  return facts as unknown as Facts;
}

test('what timing adds to the waits of a step is not promised as a gain', () => {
  const facts = waiting(24e6, 40e6, 6e6);
  assert.equal(idleNsOf(facts, 'host'), 18e6);
  const ns = idleNsOf(facts, 'host');
  const { high } = predictSaving(stepNsOf(facts), { ns: ns / 2, low: 0, high: ns });
  assert.equal(high, 24 / 6);
});

test('where timed steps take no longer, their waits count as they are; kernels that fill the step leave none', () => {
  assert.equal(idleNsOf(waiting(40e6, 40e6, 6e6), 'host'), 34e6);
  assert.equal(idleNsOf(waiting(50e6, 40e6, 6e6), 'host'), 34e6);
  assert.equal(idleNsOf(waiting(5e6, 40e6, 6e6), 'host'), 0);
});

test('calls hold the GPU up by no more than it waits for the script, whichever steps tell of it', () => {
  assert.equal(exposedNsOf(waiting(40e6, 40e6, 6e6), 5e6), 5e6);
  assert.equal(exposedNsOf(waiting(10e6, 40e6, 6e6), 5e6), 4e6);
  assert.equal(exposedNsOf(waiting(5e6, 40e6, 6e6), 5e6), 0);
  // Kernels that came out longer than the step leave what it waits before its first submit.
  assert.equal(idleNsOf(waiting(5e6, 40e6, 6e6, [3e6, 1e6]), 'readback'), 2e6);
  assert.equal(exposedNsOf(waiting(5e6, 40e6, 6e6, [3e6]), 5e6), 3e6);
  assert.equal(exposedNsOf(waiting(5e6, 40e6, 6e6, [0, 0, 4e6, 90e6]), 5e6), 9e6 / 4);
});

test('starting a kernel takes what the shortest one takes, unless even that one works', () => {
  const facts = (...medians: number[]): Facts =>
    ({ stepLaunches: medians.map((medianNs) => ({ medianNs })) }) as unknown as Facts;
  assert.equal(startNsOf(facts(5_000, 9e6)), 5_000);
  assert.equal(startNsOf(facts(4e6, 9e6)), 20_000);
});
