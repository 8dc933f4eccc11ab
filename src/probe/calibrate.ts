/**
 * Before a device is handed to the script: does its clock run, how does it lie to the host's, and what does a pair of time
 * stamps cost? Asked with passes of a kernel that does nothing.
 */
import { median } from '../base/stats.ts';
import type { ClockAlignment } from './clock.ts';
import { nowNs } from './clock.ts';
import type { DawnPoll } from './dawn-poll.ts';
import type { EmptyPass } from './empty-pass.ts';
import type { NativeMethods } from './webgpu-classes.ts';

const BRACKETS = 16;
const COST_ROUNDS = 3;
const COST_PASSES = 32;
const LIMIT_MS = 500;
const USAGE = { mapRead: 0x1, copySource: 0x4, copyDestination: 0x8, queryResolve: 0x200 } as const;
const MAP_READ = 1;
const QUERY_BYTES = 8;
/** Begin and end of the first pass and of the last, and a pair for each pass between. */
const QUERIES = 4 + 2 * COST_PASSES;

export interface Calibration {
  /** Greatest common divisor of the differences seen, ns. */
  readonly resolutionNs: number;
  /** What a pair of time stamps adds to a pass, ns. */
  readonly pairCostNs: number;
}

/** Null when the device gives no usable times. */
export function calibrate(
  device: GPUDevice,
  empty: EmptyPass,
  native: NativeMethods,
  poll: DawnPoll,
  clock: ClockAlignment,
): Calibration | null {
  const bench = new StampBench(device, native, poll);
  try {
    let step = 0n;
    let good = 0;
    let before = 0n;
    for (let i = 0; i < BRACKETS; i++) {
      const stamped = bench.run((commands, queries) => empty.encode(commands, queries, 0), 2);
      if (!stamped) break;
      const [start = 0n, end = 0n] = stamped.times;
      if (start <= before || end < start) continue;
      // The first one pays for compilation.
      if (i > 0) clock.bracket(stamped.hostBefore, start, end, stamped.hostAfter);
      if (before > 0n) step = commonDivisor(commonDivisor(step, start - before), end - start);
      before = end;
      good++;
    }
    return good >= BRACKETS / 2 ? { resolutionNs: Number(step), pairCostNs: pairCost(bench, empty) } : null;
  } finally {
    bench.dispose();
  }
}

/** The same passes with and without a pair of their own, between two stamped ones. */
function pairCost(bench: StampBench, empty: EmptyPass): number {
  const spanNs = (stamped: boolean): number => {
    const result = bench.run((commands, queries) => {
      empty.encode(commands, queries, 0);
      for (let i = 0; i < COST_PASSES; i++) empty.encode(commands, stamped ? queries : null, 4 + 2 * i);
      empty.encode(commands, queries, 2);
    }, 4);
    return result ? Number((result.times[2] as bigint) - (result.times[1] as bigint)) : 0;
  };
  const costs = Array.from({ length: COST_ROUNDS }, () => spanNs(true) - spanNs(false));
  return Math.max(0, median(costs) / COST_PASSES);
}

interface Stamped {
  readonly hostBefore: number;
  readonly times: BigUint64Array;
  readonly hostAfter: number;
}

/** Runs commands and reads their time stamps, blocking. */
class StampBench {
  readonly #device: GPUDevice;
  readonly #native: NativeMethods;
  readonly #poll: DawnPoll;
  readonly #queries: GPUQuerySet;
  readonly #resolved: GPUBuffer;
  readonly #readback: GPUBuffer;

  constructor(device: GPUDevice, native: NativeMethods, poll: DawnPoll) {
    this.#device = device;
    this.#native = native;
    this.#poll = poll;
    const size = QUERIES * QUERY_BYTES;
    this.#queries = native.device.createQuerySet.call(device, { type: 'timestamp', count: QUERIES });
    this.#resolved = native.device.createBuffer.call(device, {
      size,
      usage: USAGE.queryResolve | USAGE.copySource,
    });
    this.#readback = native.device.createBuffer.call(device, {
      size,
      usage: USAGE.mapRead | USAGE.copyDestination,
    });
  }

  /** Null when the device does not answer. */
  run(encode: (commands: GPUCommandEncoder, queries: GPUQuerySet) => void, count: number): Stamped | null {
    const { device, encoder, queue, buffer } = this.#native;
    const commands = device.createCommandEncoder.call(this.#device);
    encode(commands, this.#queries);
    const bytes = count * QUERY_BYTES;
    encoder.resolveQuerySet.call(commands, this.#queries, 0, count, this.#resolved, 0);
    encoder.copyBufferToBuffer.call(commands, this.#resolved, 0, this.#readback, 0, bytes);
    const hostBefore = nowNs();
    queue.submit.call(this.#device.queue, [encoder.finish.call(commands)]);
    buffer.mapAsync.call(this.#readback, MAP_READ, 0, bytes).catch(() => undefined);
    this.#poll.until(() => this.#readback.mapState !== 'pending', LIMIT_MS);
    if (this.#readback.mapState !== 'mapped') return null;
    const hostAfter = nowNs();
    const times = new BigUint64Array(buffer.getMappedRange.call(this.#readback, 0, bytes).slice(0));
    buffer.unmap.call(this.#readback);
    return { hostBefore, times, hostAfter };
  }

  dispose(): void {
    this.#queries.destroy();
    this.#native.buffer.destroy.call(this.#resolved);
    this.#native.buffer.destroy.call(this.#readback);
  }
}

function commonDivisor(a: bigint, b: bigint): bigint {
  while (b > 0n) [a, b] = [b, a % b];
  return a;
}
