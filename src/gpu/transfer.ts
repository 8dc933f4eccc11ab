/** Bytes between host and device. */
import { annotations } from '../probe/annotate.ts';
import type { DeviceArray, Dtype } from './array.ts';
import { calm } from './calm.ts';
import { OFFSET_ALIGNMENT } from './facts.ts';
import type { DeviceMemory } from './device-memory.ts';
import type { CommandQueue } from './queue.ts';
import { sizeClass } from './pool.ts';

/** f16 values travel as their bits. */
export type HostArray = Float32Array | Uint32Array | Int32Array | Uint16Array | Uint8Array;

const MAP_READ = 1;
const READ_USAGE = MAP_READ | 0x08; // MAP_READ | COPY_DST

export function hostArrayOf(dtype: Dtype, bytes: ArrayBuffer): HostArray {
  switch (dtype) {
    case 'f32':
      return new Float32Array(bytes);
    case 'u32':
      return new Uint32Array(bytes);
    case 'i32':
      return new Int32Array(bytes);
    case 'f16':
      return new Uint16Array(bytes);
    case 'u8':
      return new Uint8Array(bytes);
  }
}

/** Reads arrays back through buffers that are kept for the next time. */
export class Readback {
  readonly #memory: DeviceMemory;
  readonly #queue: CommandQueue;
  readonly #free = new Map<number, GPUBuffer[]>();
  #created = 0;

  constructor(memory: DeviceMemory, queue: CommandQueue) {
    this.#memory = memory;
    this.#queue = queue;
  }

  get buffersCreated(): number {
    return this.#created;
  }

  /**
   * The values as they are at this point of the queue; later work may change or reuse the memory at once.
   * @throws OutOfMemoryError where the device has no memory to read through.
   */
  async read(arrays: readonly DeviceArray[]): Promise<HostArray[]> {
    const offsets: number[] = [];
    let total = 0;
    for (const array of arrays) {
      offsets.push(total);
      total += Math.ceil(array.sizeBytes / OFFSET_ALIGNMENT) * OFFSET_ALIGNMENT;
    }
    const staging = this.#take(total);
    arrays.forEach((array, i) =>
      this.#queue.copy(
        array.buffer,
        array.offset,
        staging,
        offsets[i] as number,
        Math.ceil(array.sizeBytes / 4) * 4,
      ),
    );
    this.#queue.flush();
    await calm(staging.mapAsync(MAP_READ, 0, Math.max(total, 4)));
    const mapped = staging.getMappedRange(0, Math.max(total, 4));
    const values = arrays.map((array, i) =>
      hostArrayOf(array.dtype, mapped.slice(offsets[i] as number, (offsets[i] as number) + array.sizeBytes)),
    );
    staging.unmap();
    this.#free.get(staging.size)?.push(staging);
    return values;
  }

  #take(bytes: number): GPUBuffer {
    const size = sizeClass(bytes);
    const list = this.#free.get(size);
    if (!list) this.#free.set(size, []);
    const kept = list?.pop();
    if (kept) return kept;
    const descriptor = { label: `readback/${size}`, size, usage: READ_USAGE };
    const buffer = this.#memory.make(descriptor) ?? this.#afterTrim(descriptor);
    this.#created++;
    annotations.listener?.buffer(buffer, { role: 'staging', layer: null, label: buffer.label });
    return buffer;
  }

  #afterTrim(descriptor: GPUBufferDescriptor): GPUBuffer {
    for (const list of this.#free.values()) for (const kept of list.splice(0)) kept.destroy();
    return this.#memory.need(descriptor, {
      what: 'reading values back',
      remedy: 'read less at once (a slice, or a sum or mean made on the device)',
    });
  }
}
