/**
 * What devices are known to answer when asked for the time, and what becomes of it. Numbers of Apple's are recorded ones
 * (KhronosGroup/MoltenVK#2378, M3 Max); those of the others are made after what was reported of them, at the place named.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { calibrate } from '../../src/probe/calibrate.ts';
import { ClockAlignment, nowNs } from '../../src/probe/clock.ts';
import { DawnPoll } from '../../src/probe/dawn-poll.ts';
import { Dispatch, DispatchQueue } from '../../src/probe/dispatches.ts';
import type { EmptyPass } from '../../src/probe/empty-pass.ts';
import type { FirstRuns } from '../../src/probe/first-runs.ts';
import { TimestampRing } from '../../src/probe/timestamps.ts';
import { DISPATCH_FLAGS } from '../../src/trace/model.ts';
import { fakeDevice } from './fake-device.ts';
import { recorded } from './recorded.ts';

const { timed, waited, dropped } = DISPATCH_FLAGS;
const none = { timed() {} } as Partial<FirstRuns> as FirstRuns;

/** Reads pairs of times through the ring into rows, each list in a submission of its own; host times 1 ms around each. */
function rowsOf(...reads: readonly (readonly (readonly [start: bigint, end: bigint])[])[]) {
  const { recorder, trace } = recorded();
  const fake = fakeDevice();
  const poll = new DawnPoll();
  const clock = new ClockAlignment();
  recorder.add('kernels', { name: 'k', family: 'other', workgroupSize: [1, 1, 1], workgroupBytes: 0 });
  recorder.string('op');
  recorder.row('launches', { kernel: 0, layer: -1, op: 0, phase: 0, location: -1, workgroupsX: 1, workgroupsY: 1, workgroupsZ: 1, flops: NaN, bytesMoved: NaN }); // prettier-ignore
  const queue = new DispatchQueue(recorder, clock, 0, none);
  const ring = new TimestampRing(fake.device, fake.native, poll, ({ submittedNs, first, last, doneNs }) =>
    clock.bracket(submittedNs, first, last, doneNs),
  );
  for (const pairs of reads) {
    const dispatches = pairs.map(() => new Dispatch(-1, 0, timed));
    let slot;
    for (const dispatch of dispatches) {
      dispatch.launch = 0;
      slot = ring.take(dispatch)?.slot;
    }
    if (slot) slot.submittedNs = nowNs();
    queue.submitted(dispatches);
    fake.write(pairs.flat());
    ring.flush();
    ring.collect();
    ring.drain();
  }
  queue.settle(true);
  poll.restore();
  const { flags, startNs, endNs } = trace().tables.dispatches;
  return {
    clock,
    dropped: queue.dropped,
    rows: Array.from(flags, (flag, i) => ({
      flag,
      ns: Math.round((endNs[i] as number) - (startNs[i] as number)),
      startNs: startNs[i] as number,
    })),
  };
}

describe('times of a device', () => {
  it('Metal: queries that come back as zeros are dropped and counted, the others stand', () => {
    const { rows, dropped: count } = rowsOf(
      [
        [1291647281773750n, 1291647281780250n],
        [1291647281786375n, 1291647281792958n],
      ],
      [
        [1291647708930166n, 1291647709002291n],
        [0n, 0n],
      ],
      [[1291648560792500n, 0n]],
      [
        [1291648992832500n, 1291648992839291n],
        [1291648992845625n, 0n],
      ],
    );
    assert.deepEqual(rows.map(({ ns }) => ns), [6500, 6583, 72125, NaN, NaN, 6791, NaN]); // prettier-ignore
    assert.deepEqual(
      rows.map(({ flag }) => (flag & dropped) !== 0),
      [false, false, false, true, true, false, true],
    );
    assert.equal(count, 3);
  });

  it('Metal: an end before its begin (linebender/vello#475: by 20 ms) is no time', () => {
    const { rows, dropped: count } = rowsOf([
      [1291647281773750n, 1291647261773750n],
      [1291647281786375n, 1291647281792958n],
    ]);
    assert.deepEqual(rows.map(({ ns }) => ns), [NaN, 6583]); // prettier-ignore
    assert.equal(count, 1);
  });

  it('tiled GPUs: begins at the start of the commands (pytorch/executorch#21033) are moved to the end before, and say so', () => {
    const { rows } = rowsOf([
      [500_000n, 620_000n],
      [500_100n, 910_000n],
      [500_200n, 930_000n],
    ]);
    assert.deepEqual(
      rows.map(({ ns, flag }) => [ns, flag & waited]),
      [
        [120_000, 0],
        [290_000, waited],
        [20_000, waited],
      ],
    );
  });

  it('coarse counters: work shorter than a tick has no time, and is counted', () => {
    // Dawn's rounding; a counter of 10 MHz as D3D12 has them.
    for (const tick of [65_536n, 100n]) {
      const { rows, dropped: count } = rowsOf([
        [tick * 50n, tick * 50n],
        [tick * 50n, tick * 53n],
        [tick * 54n, tick * 55n],
      ]);
      assert.deepEqual(rows.map(({ ns }) => ns), [NaN, Number(tick) * 3, Number(tick)]); // prettier-ignore
      assert.equal(count, 1);
    }
  });

  it('a counter of 36 bits at 52.0833 ns starts anew after an hour (DiligentGraphics/DiligentCore#791)', () => {
    const wrap = BigInt(Math.round(2 ** 36 * 52.0833));
    const {
      rows,
      clock,
      dropped: count,
    } = rowsOf(
      [[wrap - 900_000n, wrap - 600_000n]],
      [
        [wrap - 300_000n, wrap - 100_000n],
        [wrap - 90_000n, 30_000n],
        [40_000n, 90_000n],
      ],
      [[500_000n, 560_000n]],
    );
    assert.equal(clock.resets, 1);
    assert.equal(count, 1);
    assert.deepEqual(rows.map(({ ns }) => ns), [300_000, 200_000, NaN, 50_000, 60_000]); // prettier-ignore
    // All within the moments of this test: none an hour off.
    for (const { startNs } of rows.filter(({ ns }) => ns > 0))
      assert.ok(Math.abs(startNs - nowNs()) < 60e9, `${startNs} at ${nowNs()}`);
  });

  it('queries of commands that never ran still hold what was read before: that is no time', () => {
    const first = [[1000n, 2000n], [3000n, 5000n]] as const; // prettier-ignore
    const { rows, dropped: count } = rowsOf(first, first, [[9000n, 9500n]]);
    assert.deepEqual(rows.map(({ ns }) => ns), [1000, 2000, NaN, NaN, 500]); // prettier-ignore
    assert.equal(count, 2);
  });
});

describe('a device is tried before it is trusted', () => {
  const nothing = { encode() {} } as Partial<EmptyPass> as EmptyPass;
  function tried(next: (count: number) => readonly bigint[]) {
    const { device, native } = fakeDevice(next);
    const poll = new DawnPoll();
    const clock = new ClockAlignment();
    const calibration = calibrate(device, nothing, native, poll, clock);
    poll.restore();
    return { calibration, clock };
  }

  it('all zeros, as on macOS 26 (gfx-rs/wgpu#9414): no times are offered', () => {
    assert.equal(tried((count) => Array<bigint>(count).fill(0n)).calibration, null);
  });

  it('a clock that stands still, or runs backwards, is none', () => {
    assert.equal(tried((count) => Array<bigint>(count).fill(77n)).calibration, null);
    let at = 1n << 40n;
    assert.equal(tried((count) => Array.from({ length: count }, () => (at -= 1000n))).calibration, null);
  });

  it('its step is found: 1 ns, 100 ns, 65.536 us; its offset is whatever it is', () => {
    for (const step of [1n, 100n, 65_536n]) {
      // Another zero than the host's, as of RADV on Strix (kvark/blade#388: 11.85 s off).
      let at = ((BigInt(Math.round(nowNs())) + 11_851_500_000n) / step) * step;
      let ticks = 7n;
      const { calibration, clock } = tried((count) =>
        Array.from({ length: count }, () => (at += (ticks = ticks === 7n ? 11n : 7n) * step)),
      );
      assert.equal(calibration?.resolutionNs, Number(step));
      assert.ok(Number.isFinite(clock.toHost(at)));
    }
  });
});
