/**
 * Births and deaths of buffers on one time axis. A buffer with sub-allocations is a pool: its bytes are `reserved`, and
 * what lives in it are its parts (leaves). A buffer without parts is both reserved and live.
 */
import type { Trace } from '../trace/model.ts';
import { lifetimes } from './lifetimes.ts';

export interface MemoryEvents {
  readonly length: number;
  readonly atNs: Float64Array;
  /** Bytes gained (birth) or lost (death). */
  readonly delta: Float64Array;
  readonly buffer: Uint32Array;
  /** 1: counts as live bytes. */
  readonly leaf: Uint8Array;
  /** 1: counts as reserved bytes (the device's own buffers). */
  readonly device: Uint8Array;
}

/** Rows of `buffers` that are pools. */
export function poolBuffers(trace: Trace): ReadonlySet<number> {
  const pools = new Set<number>();
  const { parent, length } = trace.tables.buffers;
  for (let i = 0; i < length; i++) if ((parent[i] as number) >= 0) pools.add(parent[i] as number);
  return pools;
}

/** True where the row's death is known. */
export function hasDied(trace: Trace, buffer: number): boolean {
  const { death, diedNs } = trace.tables.buffers;
  return (death[buffer] as number) > 0 && Number.isFinite(diedNs[buffer]);
}

const known = new WeakMap<Trace, MemoryEvents>();

/**
 * All events in order of time; at equal times deaths come first, so that a reuse is no peak. Peak, curves and layers all ask
 * for them, so the answer is kept as long as the trace: a trace never changes (a growing one is a new object each time).
 */
export function memoryEvents(trace: Trace): MemoryEvents {
  const events = known.get(trace) ?? eventsOf(trace);
  known.set(trace, events);
  return events;
}

function eventsOf(trace: Trace): MemoryEvents {
  const { buffers } = trace.tables;
  const pools = poolBuffers(trace);
  const { bornNs, diedNs } = lifetimes(trace);
  const at: number[] = [];
  const delta: number[] = [];
  const buffer: number[] = [];
  for (let i = 0; i < buffers.length; i++) {
    const bytes = buffers.sizeBytes[i] as number;
    const died = !Number.isNaN(diedNs[i]);
    if (died && (diedNs[i] as number) <= (bornNs[i] as number)) continue; // lived for no time
    at.push(bornNs[i] as number);
    delta.push(bytes);
    buffer.push(i);
    if (!died) continue;
    at.push(diedNs[i] as number);
    delta.push(-bytes);
    buffer.push(i);
  }
  const order = Uint32Array.from(at.keys()).sort(
    (a, b) => (at[a] as number) - (at[b] as number) || (delta[a] as number) - (delta[b] as number),
  );
  return {
    length: order.length,
    atNs: Float64Array.from(order, (e) => at[e] as number),
    delta: Float64Array.from(order, (e) => delta[e] as number),
    buffer: Uint32Array.from(order, (e) => buffer[e] as number),
    leaf: Uint8Array.from(order, (e) => (pools.has(buffer[e] as number) ? 0 : 1)),
    device: Uint8Array.from(order, (e) => ((buffers.parent[buffer[e] as number] as number) < 0 ? 1 : 0)),
  };
}
