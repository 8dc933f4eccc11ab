import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../../src/base/random.ts';
import { ClockAlignment } from '../../src/probe/clock.ts';

/** A foreign GPU clock: its own zero, rate and step, seen through launch and completion delays. */
function foreignClock(options: {
  epoch: bigint;
  ppm: number;
  tickNs: number;
  launchNs: number;
  doneNs: number;
}) {
  const { epoch, ppm, tickNs, launchNs, doneNs } = options;
  const random = seededRandom(5);
  const alignment = new ClockAlignment();
  const gpuAt = (hostNs: number): bigint =>
    epoch + BigInt(Math.floor((hostNs * (1 + ppm * 1e-6)) / tickNs) * tickNs);
  return {
    alignment,
    gpuAt,
    bracketAt(hostNs: number): void {
      const begin = hostNs + launchNs * (1 + random());
      const end = begin + 200_000;
      alignment.bracket(hostNs, gpuAt(begin), gpuAt(end), end + doneNs * (1 + random()));
    },
  };
}

test('a foreign clock with drift is laid on the host axis within the bound it states', () => {
  const clock = foreignClock({ epoch: 1n << 60n, ppm: 25, tickNs: 1, launchNs: 15e3, doneNs: 25e3 });
  for (let i = 0; i < 200; i++) clock.bracketAt(i * 30e6);
  const bound = clock.alignment.errorNs;
  assert.ok(bound !== null && bound < 60e3, `bound ${bound}`);
  assert.equal(clock.alignment.sameClock, false);
  for (const at of [1e9, 3e9, 5.5e9]) {
    const error = Math.abs(clock.alignment.toHost(clock.gpuAt(at)) - at);
    assert.ok(error <= bound, `error ${error} ns at ${at}, bound ${bound}`);
  }
});

test('a coarse clock is aligned within its step and the bound', () => {
  const clock = foreignClock({ epoch: 12345n, ppm: -40, tickNs: 65536, launchNs: 30e3, doneNs: 200e3 });
  for (let i = 0; i < 100; i++) clock.bracketAt(i * 50e6);
  const bound = clock.alignment.errorNs ?? NaN;
  for (const at of [1e9, 4e9])
    assert.ok(Math.abs(clock.alignment.toHost(clock.gpuAt(at)) - at) <= bound + 65536);
});

test('a counter that starts anew is a new epoch, not a jump', () => {
  const before = foreignClock({ epoch: 1n << 50n, ppm: 0, tickNs: 1, launchNs: 10e3, doneNs: 10e3 });
  for (let i = 0; i < 20; i++) before.bracketAt(i * 100e6);
  const after = foreignClock({ epoch: 7n, ppm: 0, tickNs: 1, launchNs: 10e3, doneNs: 10e3 });
  const host = 5e9;
  before.alignment.bracket(host, after.gpuAt(host + 10e3), after.gpuAt(host + 20e3), host + 40e3);
  assert.equal(before.alignment.resets, 1);
  assert.ok(Math.abs(before.alignment.toHost(after.gpuAt(host + 15e3)) - (host + 15e3)) < 20e3);
});

test('nothing is aligned before the first bracket, and nonsense is not one', () => {
  const alignment = new ClockAlignment();
  alignment.bracket(10, 0n, 5n, 20);
  alignment.bracket(10, 9n, 5n, 20);
  assert.ok(Number.isNaN(alignment.toHost(5n)));
  assert.equal(alignment.errorNs, null);
});
