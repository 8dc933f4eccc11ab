/** What bounds the memory of a run: the device's memory, and the largest buffer a kernel may bind. */
import type { Trace } from '../trace/model.ts';

export interface MemoryLimits {
  /** The device's memory, or the host's for a software adapter; null unknown. */
  readonly deviceBytes: number | null;
  /** WebGPU's `maxStorageBufferBindingSize` and `maxBufferSize`: one tensor can pass them long before the device is full. */
  readonly bindingBytes: number | null;
}

export function memoryLimitsOf({ meta: { adapter, host } }: Trace): MemoryLimits {
  const hostBytes = adapter?.software ? (host?.memoryBytes ?? null) : null;
  const bindings = [adapter?.limits['maxStorageBufferBindingSize'], adapter?.limits['maxBufferSize']].filter(
    (bytes) => bytes !== undefined,
  );
  return {
    deviceBytes: adapter?.memoryBytes ?? hostBytes,
    bindingBytes: bindings.length > 0 ? Math.min(...bindings) : null,
  };
}
