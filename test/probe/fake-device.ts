/** As much of a device as times are read with: queries "written" with given times, commands that do nothing. */
import type { NativeMethods } from '../../src/probe/webgpu-classes.ts';

export interface FakeDevice {
  readonly device: GPUDevice;
  readonly native: NativeMethods;
  /** What the queries hold from now on. */
  write(times: readonly bigint[]): void;
}

export function fakeDevice(next?: (count: number) => readonly bigint[]): FakeDevice {
  let held: readonly bigint[] = [];
  const readback = { mapState: 'unmapped', destroy() {} };
  const device = { queue: {} } as unknown as GPUDevice;
  const native = {
    device: {
      createQuerySet: () => ({ destroy() {} }),
      createBuffer: () => readback,
      createCommandEncoder: () => ({}),
    },
    encoder: {
      resolveQuerySet: (_set: unknown, _first: number, count: number) => {
        if (next) held = next(count);
      },
      copyBufferToBuffer() {},
      finish: () => ({}),
    },
    queue: { submit() {} },
    buffer: {
      mapAsync: () => {
        readback.mapState = 'mapped';
        return Promise.resolve();
      },
      getMappedRange: (_at: number, bytes: number) => {
        const times = new BigUint64Array(bytes / 8);
        held.slice(0, times.length).forEach((time, i) => (times[i] = time));
        return times.buffer;
      },
      unmap: () => void (readback.mapState = 'unmapped'),
      destroy() {},
    },
  } as unknown as NativeMethods;
  return { device, native, write: (times) => void (held = times) };
}
