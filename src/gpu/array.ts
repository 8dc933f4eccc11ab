/**
 * What operations work on: a shaped view of GPU memory, contiguous and row-major. It knows nothing of gradients; the
 * tape is the tensor room's.
 */
import type { Role } from '../trace/model.ts';

export type Dtype = 'f32' | 'f16' | 'i32' | 'u32' | 'u8';

export interface DeviceArray {
  readonly shape: readonly number[];
  readonly dtype: Dtype;
  readonly role: Role;
  readonly buffer: GPUBuffer;
  /** Byte offset of the first element in `buffer`, a multiple of 256. */
  readonly offset: number;
  /** Bytes of the elements, without padding. */
  readonly sizeBytes: number;
  /** False after `release`: the memory may already hold something else. */
  readonly alive: boolean;
  /** Gives the memory back to the pool. Safe while work that uses it is queued: the queue runs in order. */
  release(): void;
}
