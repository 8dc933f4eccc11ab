import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FirstRuns } from '../../src/probe/first-runs.ts';
import type { Launches } from '../../src/probe/launches.ts';
import { DISPATCH_FLAGS } from '../../src/trace/model.ts';
import { recorded } from './recorded.ts';

const { timed, warmup, shared } = DISPATCH_FLAGS;
const launches = {
  about: (launch: number) => ({ kernel: `kernel ${launch}`, location: -1 }),
} as Partial<Launches> as Launches;

test('a first dispatch is charged with what it took longer than the next of its launch', () => {
  const { recorder, trace } = recorded();
  const runs = new FirstRuns(recorder, launches);
  runs.timed(0, 0, timed | warmup, 1e9, 1.2e9);
  runs.timed(1, 0, timed | warmup, 1.2e9, 1.2005e9);
  runs.timed(2, 0, timed | warmup, 1.3e9, 1.34e9);
  runs.timed(3, 0, timed | warmup | shared, 2e9, 3e9);
  for (const step of [1, 2]) {
    runs.timed(0, step, timed, 4e9 * step, 4e9 * step + 5e6);
    runs.timed(1, step, timed, 5e9 * step, 5e9 * step + 1e4);
    runs.timed(2, step, timed, 6e9 * step, 6e9 * step + 3e7);
    runs.timed(3, step, timed, 7e9 * step, 7e9 * step + 1e6);
  }
  const { slices } = trace().tables;
  // Half a millisecond more, a third more, and a share of a pass say nothing.
  assert.equal(slices.length, 1);
  assert.deepEqual([slices.startNs[0], slices.endNs[0], slices.step[0]], [1e9, 1.195e9, 0]);
  assert.equal(trace().strings[slices.name[0] as number], 'first run of kernel 0');
  assert.equal(trace().tracks[slices.track[0] as number]?.content, 'first-runs');
});
