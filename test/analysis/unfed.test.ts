import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unfedSteps } from '../../src/analysis/unfed.ts';
import { TraceBuilder } from '../../src/trace/builder.ts';
import type { Trace } from '../../src/trace/model.ts';
import { STEP_FLAGS, TRANSFER_KINDS } from '../../src/trace/model.ts';

const STEP_NS = 1000;

/** Untimed steps back to back (the first one `later` than that); when each submits, and until when a value is read back, from its start. */
function stepsOf(
  times: readonly { submits: readonly number[]; readUntil?: number; later?: number; timed?: boolean }[],
): Trace {
  const b = new TraceBuilder();
  let startNs = 1e6;
  times.forEach(({ submits, readUntil, later, timed }, step) => {
    startNs += later ?? 0;
    for (const at of submits)
      b.row('submits', { startNs: startNs + at, endNs: startNs + at + 20, step, passes: 1, dispatches: 2 });
    if (readUntil !== undefined) {
      const [kind, endNs] = [TRANSFER_KINDS.indexOf('readback'), startNs + readUntil];
      b.row('transfers', {
        kind,
        startNs: startNs - 300,
        endNs,
        sizeBytes: 4,
        buffer: -1,
        step,
        location: -1,
      });
    }
    const flags = timed ? STEP_FLAGS.timed : 0;
    b.row('steps', { index: step, startNs, endNs: startNs + STEP_NS, flags, loss: NaN, samples: NaN });
    startNs += STEP_NS;
  });
  return b.build();
}

const restOf = (trace: Trace): number[] => unfedSteps(trace).map(({ restNs }) => restNs);

test('a step waits for the script until its first submit, whatever it submits later', () => {
  const trace = stepsOf([{ submits: [100] }, { submits: [400, 900] }, { submits: [250] }]);
  assert.deepEqual(restOf(trace), [400, 250]);
  assert.deepEqual(unfedSteps(trace).map(({ durationNs }) => durationNs), [STEP_NS, STEP_NS]); // prettier-ignore
});

test('what the script was doing meanwhile is the cause', () => {
  const [step] = unfedSteps(stepsOf([{ submits: [100] }, { submits: [400], readUntil: 150 }]));
  assert.deepEqual([step?.byCause.readback, step?.restNs], [150, 250]);
});

test('a step that was submitted while the one before still ran waits for nothing', () => {
  assert.deepEqual(restOf(stepsOf([{ submits: [100] }, { submits: [-200] }])), [0]);
});

test('steps that tell nothing are left out: the first, one behind other work, one without a submit, timed ones', () => {
  const first = { submits: [100] };
  assert.deepEqual(restOf(stepsOf([first, { submits: [300], later: 500 }])), []);
  assert.deepEqual(restOf(stepsOf([first, { submits: [] }])), []);
  assert.deepEqual(restOf(stepsOf([first, { submits: [300], timed: true }, first])), [100]);
});
