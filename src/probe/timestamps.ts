/**
 * GPU times without stalls: query sets in a ring. A slot fills up, is resolved by a command buffer of its own behind a
 * submission that happens anyway (or a timer's), is mapped, read and used again. Nothing ever waits for it.
 */
import type { DawnPoll } from './dawn-poll.ts';
import type { NativeMethods } from './webgpu-classes.ts';
import { RESET_NS, nowNs } from './clock.ts';

/** WebGPU's limit on the size of a query set. */
const QUERIES = 4096;
const QUERY_BYTES = 8;
/** 16,384 timed dispatches in flight; beyond that the script outruns the GPU and dispatches go untimed for a while. */
const MAX_SLOTS = 8;
const READ_EVERY_MS = 50;
/** Commands recorded and neither submitted nor collected hold up a slot no longer than this. */
const OPEN_LIMIT_MS = 2000;
const DRAIN_LIMIT_MS = 3000;
const USAGE = { mapRead: 0x1, copySource: 0x4, copyDestination: 0x8, queryResolve: 0x200 } as const;
const MAP_READ = 1;
const NOTHING: readonly GPUCommandBuffer[] = [];

/** Whatever waits for a pair of timestamps. */
export interface Timed {
  resolved(start: bigint, end: bigint): void;
  /** The device was lost before the times could be read. */
  lost(): void;
}

export interface RingSlot {
  readonly querySet: GPUQuerySet;
  readonly resolve: GPUBuffer;
  readonly readback: GPUBuffer;
  readonly waiting: Timed[];
  /** Encoders that wrote into it and have not been submitted. */
  open: number;
  /** Read although some of them were open: it is not used again until they are submitted or gone. */
  retired: boolean;
  submittedNs: number;
  /** When its first query was taken, in performance.now's milliseconds. */
  takenMs: number;
  reading: boolean;
  /** What was read last: a query that nobody has written since still holds it. */
  previous: BigUint64Array | null;
}

export interface Readback {
  readonly submittedNs: number;
  readonly first: bigint;
  readonly last: bigint;
  readonly doneNs: number;
}

export class TimestampRing {
  readonly #device: GPUDevice;
  readonly #native: NativeMethods;
  readonly #poll: DawnPoll;
  readonly #onRead: (read: Readback) => void;
  readonly #free: RingSlot[] = [];
  #sealed: RingSlot[] = [];
  #reading: RingSlot[] = [];
  #current: RingSlot | null = null;
  #slots = 0;
  #readAt = performance.now();
  /** Dispatches that found no free slot. */
  refused = 0;

  constructor(device: GPUDevice, native: NativeMethods, poll: DawnPoll, onRead: (read: Readback) => void) {
    this.#device = device;
    this.#native = native;
    this.#poll = poll;
    this.#onRead = onRead;
  }

  /** A pair of queries for one pass; null when all slots are in flight. */
  take(waiter: Timed): { readonly slot: RingSlot; readonly query: number } | null {
    let slot = this.#current;
    if (slot && slot.waiting.length * 2 + 2 > QUERIES) {
      this.#sealed.push(slot);
      slot = this.#current = null;
    }
    if (!slot) {
      if (this.#free.length === 0 && this.#slots === MAX_SLOTS) this.collect();
      slot = this.#free.pop() ?? (this.#slots < MAX_SLOTS ? this.#make() : null);
      if (!slot) {
        this.refused++;
        return null;
      }
      this.#current = slot;
      slot.takenMs = performance.now();
    }
    return { slot, query: (slot.waiting.push(waiter) - 1) * 2 };
  }

  /** The command buffers to read with, when it is time. `force` takes a slot that is not full. */
  due(force: boolean, ending = false): readonly GPUCommandBuffer[] {
    if (this.#sealed.length === 0 && !this.#current?.waiting.length) return NOTHING;
    const now = performance.now();
    const ready = (slot: RingSlot): boolean =>
      slot.open === 0 || ending || now - slot.takenMs > OPEN_LIMIT_MS;
    const slots = this.#sealed.filter(ready);
    if (slots.length > 0) this.#sealed = this.#sealed.filter((slot) => !ready(slot));
    const current = this.#current;
    if (
      current &&
      current.waiting.length > 0 &&
      ready(current) &&
      (force || now - this.#readAt > READ_EVERY_MS)
    ) {
      slots.push(current);
      this.#current = null;
    }
    if (slots.length === 0) return NOTHING;
    this.#readAt = now;
    const { device, encoder } = this.#native;
    const commands = device.createCommandEncoder.call(this.#device);
    for (const slot of slots) {
      const count = slot.waiting.length * 2;
      slot.retired = slot.open > 0;
      encoder.resolveQuerySet.call(commands, slot.querySet, 0, count, slot.resolve, 0);
      encoder.copyBufferToBuffer.call(commands, slot.resolve, 0, slot.readback, 0, count * QUERY_BYTES);
    }
    this.#reading.push(...slots);
    return [encoder.finish.call(commands)];
  }

  /** Called right after the submission that carried what `due` gave. */
  read(): void {
    for (const slot of this.#reading) {
      if (slot.reading) continue;
      slot.reading = true;
      const bytes = slot.waiting.length * 2 * QUERY_BYTES;
      const settle = (): void => this.#finish(slot);
      this.#native.buffer.mapAsync.call(slot.readback, MAP_READ, 0, bytes).then(settle, settle);
    }
  }

  /** Takes what is ready without waiting for a turn of the event loop. */
  collect(): void {
    if (this.#reading.length === 0) return;
    this.#poll.now();
    for (const slot of this.#reading) if (slot.readback.mapState === 'mapped') this.#finish(slot);
  }

  get pending(): boolean {
    return this.#reading.length > 0 || this.#sealed.length > 0 || (this.#current?.waiting.length ?? 0) > 0;
  }

  /** An encoder that wrote into the slot has been submitted, at `submittedNs`, or dropped (0). */
  letGo(slot: RingSlot, submittedNs: number): void {
    slot.open--;
    if (submittedNs > 0 && slot.submittedNs === 0) slot.submittedNs = submittedNs;
    if (slot.open > 0 || !slot.retired || slot.reading) return;
    slot.retired = false;
    slot.submittedNs = 0;
    this.#free.push(slot);
  }

  flush(ending = false): void {
    const commands = this.due(true, ending);
    if (commands.length > 0) this.#native.queue.submit.call(this.#device.queue, commands);
    this.read();
  }

  /** Reads everything, blocking: the process or the device is about to end. */
  drain(): void {
    this.flush(true);
    this.#poll.until(() => {
      for (const slot of this.#reading) if (slot.readback.mapState !== 'pending') this.#finish(slot);
      return this.#reading.length === 0;
    }, DRAIN_LIMIT_MS);
  }

  /** The device is gone: whoever waits has lost. */
  abandon(): void {
    const slots = [...this.#sealed, ...this.#reading, ...(this.#current ? [this.#current] : [])];
    for (const slot of slots) {
      slot.reading = false;
      for (const waiter of slot.waiting.splice(0)) waiter.lost();
    }
    this.#sealed = this.#reading = [];
    this.#current = null;
  }

  #finish(slot: RingSlot): void {
    if (!slot.reading) return;
    slot.reading = false;
    this.#reading = this.#reading.filter((other) => other !== slot);
    const waiting = slot.waiting.splice(0);
    if (slot.readback.mapState !== 'mapped') {
      this.#slots--;
      for (const waiter of waiting) waiter.lost();
      return;
    }
    const doneNs = nowNs();
    const { buffer } = this.#native;
    const times = new BigUint64Array(
      buffer.getMappedRange.call(slot.readback, 0, waiting.length * 2 * QUERY_BYTES).slice(0),
    );
    buffer.unmap.call(slot.readback);
    const fresh = unlike(times, slot.previous);
    slot.previous = times;
    slot.retired &&= slot.open > 0;
    if (!slot.retired) this.#free.push(slot);
    // The brackets first: they may be what the times are laid on the host's axis with.
    for (const [first, last] of spans(fresh))
      this.#onRead({ submittedNs: slot.submittedNs, first, last, doneNs });
    slot.submittedNs = 0;
    for (let i = 0; i < waiting.length; i++)
      (waiting[i] as Timed).resolved(fresh[2 * i] as bigint, fresh[2 * i + 1] as bigint);
  }

  #make(): RingSlot {
    this.#slots++;
    const { device } = this.#native;
    const size = QUERIES * QUERY_BYTES;
    return {
      // No label: Dawn shares one counter buffer among unlabelled sets on Metal, which has few of them.
      querySet: device.createQuerySet.call(this.#device, { type: 'timestamp', count: QUERIES }),
      resolve: device.createBuffer.call(this.#device, { size, usage: USAGE.queryResolve | USAGE.copySource }),
      readback: device.createBuffer.call(this.#device, {
        size,
        usage: USAGE.mapRead | USAGE.copyDestination,
      }),
      waiting: [],
      open: 0,
      retired: false,
      submittedNs: 0,
      takenMs: 0,
      reading: false,
      previous: null,
    };
  }
}

/** The times with zeros, as of a query that was never written, where a query still holds what was read before. */
function unlike(times: BigUint64Array, previous: BigUint64Array | null): BigUint64Array {
  if (!previous) return times;
  return times.map((time, i) => (time === previous[i] ? 0n : time));
}

/** First begin and last end of the pairs that make sense, anew from where the counter started anew. */
function spans(times: BigUint64Array): (readonly [first: bigint, last: bigint])[] {
  const found: [bigint, bigint][] = [];
  for (let i = 0; i < times.length; i += 2) {
    const start = times[i] as bigint;
    const end = times[i + 1] as bigint;
    if (start <= 0n || end < start) continue;
    const span = found.at(-1);
    if (!span || Number(span[1] - start) > RESET_NS) found.push([start, end]);
    else {
      if (start < span[0]) span[0] = start;
      if (end > span[1]) span[1] = end;
    }
  }
  return found;
}
