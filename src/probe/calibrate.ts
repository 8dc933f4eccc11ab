/**
 * Before a device is handed to the script: does its clock run, and how does it lie to the host's? A few dispatches of a
 * kernel that does nothing, each between two looks at the host's clock.
 */
import type { ClockAlignment } from './clock.ts';
import { nowNs } from './clock.ts';
import type { DawnPoll } from './dawn-poll.ts';
import type { EmptyPass } from './empty-pass.ts';
import type { NativeMethods } from './webgpu-classes.ts';

const BRACKETS = 16;
const LIMIT_MS = 500;
const USAGE = { mapRead: 0x1, copySource: 0x4, copyDestination: 0x8, queryResolve: 0x200 } as const;
const MAP_READ = 1;

export interface Calibration {
  /** Greatest common divisor of the differences seen, ns. */
  readonly resolutionNs: number;
}

/** Null when the device gives no usable times. */
export function calibrate(
  device: GPUDevice,
  empty: EmptyPass,
  native: NativeMethods,
  poll: DawnPoll,
  clock: ClockAlignment,
): Calibration | null {
  const own = native.device;
  const querySet = own.createQuerySet.call(device, { type: 'timestamp', count: 2 });
  const resolved = own.createBuffer.call(device, { size: 16, usage: USAGE.queryResolve | USAGE.copySource });
  const readback = own.createBuffer.call(device, { size: 16, usage: USAGE.mapRead | USAGE.copyDestination });
  let step = 0n;
  let good = 0;
  let before = 0n;
  for (let i = 0; i < BRACKETS; i++) {
    const commands = own.createCommandEncoder.call(device);
    empty.encode(commands, querySet, 0);
    native.encoder.resolveQuerySet.call(commands, querySet, 0, 2, resolved, 0);
    native.encoder.copyBufferToBuffer.call(commands, resolved, 0, readback, 0, 16);
    const hostBefore = nowNs();
    native.queue.submit.call(device.queue, [native.encoder.finish.call(commands)]);
    native.buffer.mapAsync.call(readback, MAP_READ).catch(() => undefined);
    if (!poll.until(() => readback.mapState !== 'pending', LIMIT_MS) || readback.mapState !== 'mapped') break;
    const hostAfter = nowNs();
    const [start = 0n, end = 0n] = new BigUint64Array(native.buffer.getMappedRange.call(readback));
    native.buffer.unmap.call(readback);
    if (start > before && end >= start) {
      // The first one pays for compilation.
      if (i > 0) clock.bracket(hostBefore, start, end, hostAfter);
      if (before > 0n) step = commonDivisor(commonDivisor(step, start - before), end - start);
      before = end;
      good++;
    }
  }
  querySet.destroy();
  native.buffer.destroy.call(resolved);
  native.buffer.destroy.call(readback);
  return good >= BRACKETS / 2 ? { resolutionNs: Number(step) } : null;
}

function commonDivisor(a: bigint, b: bigint): bigint {
  while (b > 0n) [a, b] = [b, a % b];
  return a;
}
