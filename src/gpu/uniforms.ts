/**
 * Uniform blocks. A block that never changes is written once and kept; one that changes with each launch (a learning
 * rate, a random counter) takes the next slot of its batch of commands, and all of those go up in one write a batch. The n-th
 * changing block of each batch has the same slot, so its bind group can be kept too.
 */
import { annotations } from '../probe/annotate.ts';
import type { DeviceMemory } from './device-memory.ts';
import { OFFSET_ALIGNMENT } from './facts.ts';

export interface UniformSlot {
  readonly id: number;
  readonly buffer: GPUBuffer;
  readonly offset: number;
  readonly sizeBytes: number;
}

const SLAB_BYTES = 64 * 1024;
const USAGE = 0x40 | 0x08; // UNIFORM | COPY_DST

const PURPOSE = { what: 'the launch of a kernel', remedy: 'a smaller batch needs less' };

/** Number of the slab in which the changing block of this number lies. */
const slabOf = (index: number): number => Math.floor((index * OFFSET_ALIGNMENT) / SLAB_BYTES);

interface Slab {
  readonly buffer: GPUBuffer;
  readonly words: Uint32Array<ArrayBuffer>;
  used: number;
}

export class Uniforms {
  readonly #memory: DeviceMemory;
  #constants: Slab | null = null;
  readonly #changing: Slab[] = [];
  readonly #changingSlots: UniformSlot[] = [];
  #nextChanging = 0;
  #nextId = 1;
  #created = 0;

  constructor(memory: DeviceMemory) {
    this.#memory = memory;
  }

  get buffersCreated(): number {
    return this.#created;
  }

  /** A block with these words for good. */
  constant(words: Uint32Array): UniformSlot {
    const size = padded(words.byteLength);
    if (!this.#constants || this.#constants.used + size > SLAB_BYTES)
      this.#constants = this.#slab('uniforms/constant');
    const slot = this.#slot(this.#constants, size);
    this.#memory.write(slot.buffer, slot.offset, words as Uint32Array<ArrayBuffer>, PURPOSE);
    return slot;
  }

  /** A block with these words for one launch of the batch under way. Blocks are at most 256 bytes. */
  changing(words: Uint32Array): UniformSlot {
    // What is freed for a new slab is submitted before, and with it this batch: the next slot is then another one.
    if (!this.#changing[slabOf(this.#nextChanging)]) this.#changing.push(this.#slab('uniforms/changing'));
    const index = this.#nextChanging++;
    let slot = this.#changingSlots[index];
    const slabIndex = slabOf(index);
    if (!slot) {
      slot = this.#slot(this.#changing[slabIndex] as Slab, OFFSET_ALIGNMENT);
      this.#changingSlots.push(slot);
    }
    (this.#changing[slabIndex] as Slab).words.set(words, slot.offset / 4);
    return slot;
  }

  /** Sends what changed. Called right before a submit: the write is ordered before it and after all earlier ones. */
  flush(): void {
    if (this.#nextChanging === 0) return;
    let left = this.#nextChanging * OFFSET_ALIGNMENT;
    for (const slab of this.#changing) {
      if (left <= 0) break;
      const bytes = Math.min(left, SLAB_BYTES);
      this.#memory.write(slab.buffer, 0, slab.words.subarray(0, bytes / 4), PURPOSE);
      left -= bytes;
    }
    this.#nextChanging = 0;
  }

  #slot(slab: Slab, size: number): UniformSlot {
    const slot = { id: this.#nextId++, buffer: slab.buffer, offset: slab.used, sizeBytes: size };
    slab.used += size;
    return slot;
  }

  #slab(label: string): Slab {
    const buffer = this.#memory.need({ label, size: SLAB_BYTES, usage: USAGE }, PURPOSE);
    this.#created++;
    annotations.listener?.buffer(buffer, { role: 'workspace', layer: null, label });
    return { buffer, words: new Uint32Array(SLAB_BYTES / 4), used: 0 };
  }
}

function padded(bytes: number): number {
  return Math.ceil(bytes / OFFSET_ALIGNMENT) * OFFSET_ALIGNMENT;
}
