import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Timing } from '../../src/probe/timing.ts';

/** Runs steps that last `untimedNs`, or `timedNs` when timed; returns which were timed. */
function run(timing: Timing, steps: number, timedNs: number, untimedNs: number): boolean[] {
  let now = 0;
  return Array.from({ length: steps }, (_, i) => {
    const timed = timing.eachDispatch;
    const lasted = timed ? timedNs : untimedNs;
    timing.measured(timing.stepEnded(i === 0, 10, (now += lasted)), lasted);
    return timed;
  });
}

test('a cheap instrument times half of the steps', () => {
  const timing = new Timing('alternating');
  const timed = run(timing, 203, 10.1e6, 10e6).slice(3);
  assert.equal(timed.filter(Boolean).length, 100);
});

test('an expensive one times so few that the whole pays little, and says what it cost', () => {
  const timing = new Timing('alternating');
  run(timing, 2000, 30e6, 10e6);
  const overhead = timing.overhead();
  assert.ok(overhead);
  assert.equal(overhead.timedMedianNs, 30e6);
  assert.equal(overhead.untimedMedianNs, 10e6);
  assert.ok(overhead.share > 0 && overhead.share <= 0.05, `share ${overhead.share}`);
});

test('an expensive one is sparing from its first steps on, before any duration is known', () => {
  const timing = new Timing('alternating');
  timing.pairCostNs = 30e3;
  let now = 0;
  const timed = Array.from({ length: 60 }, (_, i) => {
    const { eachDispatch } = timing;
    timing.stepEnded(i === 0, 2000, (now += eachDispatch ? 80e6 : 20e6));
    return eachDispatch;
  });
  // At most three blocks of two steps, 24 untimed ones between.
  assert.ok(timed.slice(3).filter(Boolean).length <= 6);
  assert.deepEqual(timed.slice(3, 7), [true, true, false, false]);
});

test('a run of some fifty short steps, half as long again when timed, pays at most 5 %', () => {
  const timing = new Timing('alternating');
  timing.pairCostNs = 30e3;
  let now = 0;
  for (let i = 0; i < 60; i++) {
    const lasted = timing.eachDispatch ? 29.6e6 : 20e6;
    timing.measured(timing.stepEnded(i === 0, 320, (now += lasted)), lasted);
  }
  const share = timing.overhead()?.share ?? NaN;
  assert.ok(share > 0 && share <= 0.05, `share ${share}`);
});

test('exact times every step, off none', () => {
  assert.ok(run(new Timing('exact'), 50, 2, 1).every(Boolean));
  assert.ok(!run(new Timing('off'), 50, 2, 1).some(Boolean));
  assert.equal(new Timing('exact').overhead(), null);
});

test('steps that run new pipelines are warm-up, as are the first', () => {
  const timing = new Timing('exact');
  const warmup = [true, true, true, false, false, true, false].map(
    (fresh, i) => timing.stepEnded(fresh, 10, i * 1e6).warmup,
  );
  assert.deepEqual(warmup, [true, true, true, false, false, true, false]);
});
