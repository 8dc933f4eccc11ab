import type { Role } from '../trace/model.ts';
import type { DeviceArray, Dtype } from './array.ts';
import type { Block, BlockUse, Part, Pool } from './pool.ts';

export const BYTES_OF: Readonly<Record<Dtype, number>> = { f32: 4, f16: 2, i32: 4, u32: 4, u8: 1 };

export function elementCount(shape: readonly number[]): number {
  let count = 1;
  for (const size of shape) count *= size;
  return count;
}

/** The one implementation of DeviceArray: a shape over a part of a pooled block. */
export class PooledArray implements DeviceArray {
  readonly shape: readonly number[];
  readonly dtype: Dtype;
  readonly role: Role;
  readonly buffer: GPUBuffer;
  readonly offset: number;
  readonly sizeBytes: number;
  readonly part: Part;
  readonly #block: Block;
  readonly #pool: Pool;
  #alive = true;

  constructor(pool: Pool, block: Block, part: Part, shape: readonly number[], dtype: Dtype, role: Role) {
    this.#pool = pool;
    this.#block = block;
    this.part = part;
    this.shape = shape;
    this.dtype = dtype;
    this.role = role;
    this.buffer = block.buffer;
    this.offset = part.offset;
    this.sizeBytes = elementCount(shape) * BYTES_OF[dtype];
  }

  get alive(): boolean {
    return this.#alive;
  }

  release(): void {
    if (!this.#alive) return;
    this.#alive = false;
    this.#pool.give(this.#block);
  }

  /** Another array over the same memory, which stays taken until both are released. */
  alias(shape: readonly number[], dtype: Dtype, part: Part = this.part): PooledArray {
    this.#pool.share(this.#block);
    return new PooledArray(this.#pool, this.#block, part, shape, dtype, this.role);
  }

  /** Tells a listener whose the parts of this array's memory are. */
  attribute(uses: readonly BlockUse[]): void {
    this.#pool.attribute(this.#block, uses);
  }

  /** A part of this array's memory, named once and kept by the caller. */
  partAt(offsetBytes: number, capacity: number): Part {
    return this.#pool.part(this.#block, this.offset + offsetBytes, capacity);
  }
}
