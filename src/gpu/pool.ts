/**
 * Memory for arrays. Blocks are whole GPU buffers kept for the next user of their size, because one dispatch may not read
 * and write the same buffer. The free block made first is given out first, so equal steps get equal memory and hit the
 * caches that are keyed by it.
 */
import { annotations, type BufferNote } from '../probe/annotate.ts';
import type { Role } from '../trace/model.ts';
import type { DeviceMemory } from './device-memory.ts';
import { ArrayTooLargeError, FIXED_ROLES, OutOfMemoryError, type WantedMemory } from './failure.ts';
import { OFFSET_ALIGNMENT } from './facts.ts';

/** Bytes that one binding covers; its id names them in bind group caches. */
export interface Part {
  readonly id: number;
  readonly buffer: GPUBuffer;
  readonly offset: number;
  readonly capacity: number;
  /** Number of the batch of commands that used it last. */
  lastBatch: number;
}

export interface Block extends Part {
  users: number;
  /** What the listener knows this use by; empty when none listened. */
  keys: readonly number[];
  liveBytes: number;
  role: Role;
}

/** A part of a block as a listener is told of it. */
export interface BlockUse extends BufferNote {
  readonly sizeBytes: number;
}

export interface PoolStats {
  /** Bytes of all buffers, of those in use, and the most ever in use. */
  readonly reservedBytes: number;
  readonly liveBytes: number;
  readonly peakBytes: number;
  readonly buffersCreated: number;
}

/** What others have to do when free blocks are destroyed. */
interface Trimming {
  /** Commands that are recorded and not submitted may use them. */
  readonly before: () => void;
  readonly after: () => void;
}

/** Sizes within a sixteenth of an octave share a class: at most 6 % is wasted. */
export function sizeClass(bytes: number): number {
  const least = Math.max(bytes, OFFSET_ALIGNMENT);
  const step = Math.max(OFFSET_ALIGNMENT, 2 ** (Math.floor(Math.log2(least)) - 4));
  return Math.ceil(least / step) * step;
}

/** A free block up to this many times too large is used rather than making another. */
const SLACK_SMALL = 1.25;
const SLACK_LARGE = 2;
const LARGE_BYTES = 1 << 20;

const USAGE = 0x80 | 0x04 | 0x08; // STORAGE | COPY_SRC | COPY_DST

export class Pool {
  readonly #memory: DeviceMemory;
  #limitBytes: number;
  readonly #maxBlockBytes: number;
  readonly #trimming: Trimming;
  readonly #free = new Map<number, Block[]>();
  #classes: number[] = [];
  #nextId = 1;
  #reserved = 0;
  #live = 0;
  #fixed = 0;
  #peak = 0;
  #created = 0;

  constructor(
    memory: DeviceMemory,
    limits: { readonly totalBytes: number; readonly blockBytes: number },
    trimming: Trimming,
  ) {
    this.#memory = memory;
    this.#limitBytes = limits.totalBytes;
    this.#maxBlockBytes = limits.blockBytes;
    this.#trimming = trimming;
  }

  get stats(): PoolStats {
    return {
      reservedBytes: this.#reserved,
      liveBytes: this.#live,
      peakBytes: this.#peak,
      buffersCreated: this.#created,
    };
  }

  /** Most bytes that all buffers together may have. */
  set limitBytes(bytes: number) {
    this.#limitBytes = bytes;
  }

  /**
   * @param shape Of the array that is wanted, for the message.
   * @throws OutOfMemoryError or ArrayTooLargeError, naming the current layer.
   */
  take(bytes: number, role: Role, shape: readonly number[]): Block {
    const wanted = sizeClass(bytes);
    const block = this.#reuse(wanted) ?? this.#create(wanted, bytes, role, shape);
    block.users = 1;
    block.liveBytes = bytes;
    block.role = role;
    this.#live += bytes;
    if (FIXED_ROLES.has(role)) this.#fixed += bytes;
    this.#peak = Math.max(this.#peak, this.#live);
    block.keys = announce(block.buffer, [{ sizeBytes: bytes, role, layer: annotations.layer }]);
    return block;
  }

  /** Tells the listener anew what a block is used for, once it is known whose its parts are. */
  attribute(block: Block, uses: readonly BlockUse[]): void {
    for (const key of block.keys) annotations.listener?.released(key);
    block.keys = announce(block.buffer, uses);
  }

  share(block: Block): void {
    block.users++;
  }

  give(block: Block): void {
    block.users--;
    if (block.users > 0) return;
    this.#live -= block.liveBytes;
    if (FIXED_ROLES.has(block.role)) this.#fixed -= block.liveBytes;
    for (const key of block.keys) annotations.listener?.released(key);
    const list = this.#free.get(block.capacity) as Block[];
    let at = list.length;
    while (at > 0 && (list[at - 1] as Block).id > block.id) at--;
    list.splice(at, 0, block);
  }

  /** A part of a block with a name of its own for bind group caches. Its use is the block's. */
  part(block: Block, offset: number, capacity: number): Part {
    return {
      id: this.#nextId++,
      buffer: block.buffer,
      offset,
      capacity,
      get lastBatch() {
        return block.lastBatch;
      },
      set lastBatch(batch) {
        block.lastBatch = batch;
      },
    };
  }

  /** Destroys every free block. Returns the bytes that came free. */
  trim(): number {
    const before = this.#reserved;
    this.#trimming.before();
    for (const list of this.#free.values()) {
      for (const block of list) {
        this.#reserved -= block.capacity;
        block.buffer.destroy();
      }
      list.length = 0;
    }
    if (this.#reserved < before) this.#trimming.after();
    return before - this.#reserved;
  }

  #reuse(wanted: number): Block | undefined {
    const most = wanted * (wanted >= LARGE_BYTES ? SLACK_LARGE : SLACK_SMALL);
    for (const size of this.#classes) {
      if (size < wanted) continue;
      if (size > most) return undefined;
      const list = this.#free.get(size) as Block[];
      if (list.length > 0) return list.shift();
    }
    return undefined;
  }

  #create(size: number, bytes: number, role: Role, shape: readonly number[]): Block {
    const wanted = { bytes, role, shape, layer: annotations.layer?.path ?? null };
    if (size > this.#maxBlockBytes) throw new ArrayTooLargeError(wanted, this.#maxBlockBytes);
    if (this.#reserved + size > this.#limitBytes) this.trim();
    if (this.#reserved + size > this.#limitBytes) throw this.#outOfMemory(wanted, this.#limitBytes);
    const given = this.#reserved;
    const buffer = this.#make(size) ?? (this.trim() > 0 ? this.#make(size) : null);
    // What it gave until now is what it has: the message reckons with that.
    if (!buffer) throw this.#outOfMemory(wanted, given);
    this.#created++;
    this.#reserved += size;
    if (!this.#free.has(size)) {
      this.#free.set(size, []);
      this.#classes = [...this.#free.keys()].sort((a, b) => a - b);
    }
    return {
      id: this.#nextId++,
      buffer,
      offset: 0,
      capacity: size,
      lastBatch: -1,
      users: 0,
      keys: [],
      liveBytes: 0,
      role,
    };
  }

  #outOfMemory(wanted: WantedMemory, limitBytes: number): OutOfMemoryError {
    return OutOfMemoryError.forArray(wanted, { liveBytes: this.#live, fixedBytes: this.#fixed, limitBytes });
  }

  #make(size: number): GPUBuffer | null {
    return this.#memory.make({ label: `pool/${size}`, size, usage: USAGE });
  }
}

function announce(buffer: GPUBuffer, uses: readonly BlockUse[]): number[] {
  const { listener } = annotations;
  if (!listener) return [];
  return uses.map(({ sizeBytes, role, layer }) => listener.allocated(buffer, sizeBytes, { role, layer }));
}
