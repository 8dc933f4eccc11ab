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
  // At most two blocks of three steps, 24 untimed ones between; two before the first, to compare it with.
  assert.ok(timed.slice(3).filter(Boolean).length <= 6);
  assert.deepEqual(timed.slice(2, 9), [true, false, false, true, true, true, false]);
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

test('wherever a run ends, all that it has paid since its warm-up stays within 5 %, but for the first block', () => {
  for (const extra of [0.05, 0.1, 0.2, 0.5, 1, 3]) {
    const timing = new Timing('alternating');
    timing.pairCostNs = (extra * 20e6) / 320 / 2;
    let now = 0;
    let paid = 0;
    let timedSteps = 0;
    for (let i = 0; i < 600; i++) {
      const { eachDispatch } = timing;
      const lasted = eachDispatch ? (1 + extra) * 20e6 : 20e6;
      timing.measured(timing.stepEnded(i === 0, 320, (now += lasted)), lasted);
      if (i < 3 || !eachDispatch) continue;
      timedSteps++;
      paid += extra;
      if (timedSteps > 4) assert.ok(paid <= 0.05 * (i - 2), `${extra}: paid ${paid} of ${i - 2} steps`);
    }
    assert.ok(timedSteps >= 4, `${extra}: ${timedSteps} timed`);
  }
});

test('a script that becomes faster while it runs is not taken for an instrument that costs more', () => {
  const timing = new Timing('alternating');
  timing.pairCostNs = 30e3;
  let now = 0;
  for (let i = 0; i < 60; i++) {
    const untimedNs = 20e6 * (1 + 4 * Math.exp(-i / 15));
    const lasted = timing.eachDispatch ? 1.1 * untimedNs : untimedNs;
    timing.measured(timing.stepEnded(i === 0, 60, (now += lasted)), lasted);
  }
  const { timedMedianNs = NaN, untimedMedianNs = NaN } = timing.overhead() ?? {};
  const extra = timedMedianNs / untimedMedianNs - 1;
  assert.ok(Math.abs(extra - 0.1) < 0.03, `extra ${extra}`);
});

test('steps that by chance seem to cost nothing are not timed as if they did', () => {
  const timing = new Timing('alternating');
  // 26 pairs of 30 us in steps of 4 ms: at least a fifth more, whatever a busy machine made of the few that were measured.
  timing.pairCostNs = 30e3;
  let now = 0;
  let timed = 0;
  for (let i = 0; i < 300; i++) {
    if (timing.eachDispatch) timed++;
    timing.measured(timing.stepEnded(i === 0, 26, (now += 4e6)), 4e6);
  }
  assert.ok(timed > 6 && timed * 0.1 <= 0.04 * 300, `${timed} timed`);
});

test('what is said of the cost has the timed steps of the warm-up in it', () => {
  const timing = new Timing('alternating');
  const timed = run(timing, 40, 12e6, 10e6).filter(Boolean).length;
  const { share = NaN } = timing.overhead() ?? {};
  assert.ok(Math.abs(share - (0.2 * timed) / 40) < 1e-9, `share ${share}, ${timed} timed`);
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
