/** GPU memory over time, and its peak. */
import { ROLES } from '../trace/model.ts';
import type { Role, Trace } from '../trace/model.ts';
import type { Intervals } from './intervals.ts';
import { union } from './intervals.ts';
import { lifetimes } from './lifetimes.ts';
import { memoryEvents, poolBuffers } from './memory-events.ts';
import { selectSteps } from './selection.ts';

/** A step function: value i holds from atNs[i] to atNs[i + 1]. */
export interface MemoryTimeline {
  readonly atNs: Float64Array;
  /** Bytes in use, by key, in the order of `keys`; their sum is `live`. */
  readonly keys: readonly string[];
  readonly bytes: readonly Float64Array[];
  readonly live: Float64Array;
  /** Bytes held from the device, pools counted whole. */
  readonly reserved: Float64Array;
}

/** Stacks by a key of the buffer. Times at which several buffers change make one step. */
function timelineBy(
  trace: Trace,
  keys: readonly string[],
  keyOf: (buffer: number) => number,
): MemoryTimeline {
  const events = memoryEvents(trace);
  const times: number[] = [];
  for (let e = 0; e < events.length; e++)
    if (events.atNs[e] !== times.at(-1)) times.push(events.atNs[e] as number);
  const bytes = keys.map(() => new Float64Array(times.length));
  const live = new Float64Array(times.length);
  const reserved = new Float64Array(times.length);
  const current = new Float64Array(keys.length);
  let liveNow = 0;
  let reservedNow = 0;
  let e = 0;
  for (let t = 0; t < times.length; t++) {
    for (; e < events.length && events.atNs[e] === times[t]; e++) {
      const delta = events.delta[e] as number;
      if (events.device[e]) reservedNow += delta;
      if (!events.leaf[e]) continue;
      const key = keyOf(events.buffer[e] as number);
      current[key] = (current[key] as number) + delta;
      liveNow += delta;
    }
    for (let k = 0; k < keys.length; k++) (bytes[k] as Float64Array)[t] = current[k] as number;
    live[t] = liveNow;
    reserved[t] = reservedNow;
  }
  return { atNs: Float64Array.from(times), keys, bytes, live, reserved };
}

/** Stacked by role, in the order of ROLES. */
export function memoryTimeline(trace: Trace): MemoryTimeline {
  const { role } = trace.tables.buffers;
  return timelineBy(trace, ROLES, (buffer) => role[buffer] as number);
}

/** Stacked by layer: the `most` layers that hold most, then the other layers together, then buffers of no layer. */
export function memoryTimelineByLayer(trace: Trace, most = 12): MemoryTimeline {
  const { layer, sizeBytes, length } = trace.tables.buffers;
  const pools = poolBuffers(trace);
  const held = new Float64Array(trace.layers.length);
  for (let i = 0; i < length; i++) {
    const at = layer[i] as number;
    if (at >= 0 && !pools.has(i)) held[at] = (held[at] as number) + (sizeBytes[i] as number);
  }
  const shown = Array.from(held.keys())
    .filter((at) => (held[at] as number) > 0)
    .sort((a, b) => (held[b] as number) - (held[a] as number))
    .slice(0, most);
  const place = new Map(shown.map((at, k) => [at, k]));
  const keys = [...shown.map((at) => trace.layers[at]?.path ?? ''), 'other layers', 'no layer'];
  return timelineBy(trace, keys, (buffer) => {
    const at = layer[buffer] as number;
    return at < 0 ? shown.length + 1 : (place.get(at) ?? shown.length);
  });
}

export interface MemoryPeak {
  readonly atNs: number;
  /** Live bytes at the peak: exactly the sum of `alive`. */
  readonly bytes: number;
  /** Most bytes held from the device at any time, pools counted whole. */
  readonly reservedBytes: number;
  readonly byRole: Readonly<Record<Role, number>>;
  /** Rows of `buffers` alive at the peak (leaves), largest first. */
  readonly alive: readonly number[];
  readonly liveAtEndBytes: number;
  /** Buffers of the device (pools count once, their parts do not). */
  readonly buffers: number;
}

/**
 * The peak within the steady steps: what grows with the batch, without what building the model took, and without an evaluation between
 * two steps, whose batches are its own. Of the whole trace where it has no steps.
 */
export function steadyMemoryPeak(trace: Trace): MemoryPeak {
  const { startNs, endNs } = trace.tables.steps;
  const { steady } = selectSteps(trace);
  if (steady.length === 0) return memoryPeak(trace);
  return memoryPeak(
    trace,
    union(
      steady.map((step) => startNs[step] as number),
      steady.map((step) => endNs[step] as number),
    ),
  );
}

/**
 * The peak of the steady step whose peak is the median one: what an evaluation left behind is still held when the next step begins, and
 * is no part of what a step takes. Of the whole trace where it has no steps.
 */
export function usualMemoryPeak(trace: Trace): MemoryPeak {
  const { startNs, endNs } = trace.tables.steps;
  const { steady } = selectSteps(trace);
  const events = memoryEvents(trace);
  const peaks: { readonly step: number; readonly bytes: number }[] = [];
  let [next, live] = [0, 0];
  const pass = (): void => {
    if (events.leaf[next]) live += events.delta[next] as number;
    next++;
  };
  for (const step of steady) {
    while (next < events.length && (events.atNs[next] as number) <= (startNs[step] as number)) pass();
    let bytes = live;
    while (next < events.length && (events.atNs[next] as number) <= (endNs[step] as number)) {
      pass();
      bytes = Math.max(bytes, live);
    }
    peaks.push({ step, bytes });
  }
  const middle = peaks.sort((a, b) => a.bytes - b.bytes)[Math.floor((peaks.length - 1) / 2)];
  if (!middle) return memoryPeak(trace);
  const { step } = middle;
  return memoryPeak(trace, {
    starts: Float64Array.of(startNs[step] as number),
    ends: Float64Array.of(endNs[step] as number),
  });
}

const ALWAYS: Intervals = { starts: Float64Array.of(-Infinity), ends: Float64Array.of(Infinity) };

/** `within`: only moments in these can be the peak. */
export function memoryPeak(trace: Trace, within: Intervals = ALWAYS): MemoryPeak {
  const { buffers } = trace.tables;
  const events = memoryEvents(trace);
  const order = { live: 0, reserved: 0, best: 0, bestEvent: -1, bestNs: NaN, bestReserved: 0 };
  let next = 0;
  for (let e = 0; e < events.length; e++) {
    const delta = events.delta[e] as number;
    if (events.device[e]) order.reserved += delta;
    if (events.leaf[e]) order.live += delta;
    const fromNs = events.atNs[e] as number;
    // What is held when the next change comes within an interval or after it, or never, is held in that time.
    const untilNs = e + 1 < events.length ? (events.atNs[e + 1] as number) : Infinity;
    while (next < within.ends.length && (within.ends[next] as number) < fromNs) next++;
    if (order.live > order.best && untilNs > (within.starts[next] ?? Infinity)) {
      order.best = order.live;
      order.bestEvent = e;
      order.bestNs = Math.max(fromNs, within.starts[next] as number);
    }
    order.bestReserved = Math.max(order.bestReserved, order.reserved);
  }
  const alive = new Set<number>();
  for (let e = 0; e <= order.bestEvent; e++) {
    if (!events.leaf[e]) continue;
    const buffer = events.buffer[e] as number;
    if (alive.has(buffer)) alive.delete(buffer); // its second event is its death
    else alive.add(buffer);
  }
  const byRole = Object.fromEntries(ROLES.map((role) => [role, 0])) as Record<Role, number>;
  for (const buffer of alive)
    byRole[ROLES[buffers.role[buffer] as number] as Role] += buffers.sizeBytes[buffer] as number;
  let deviceBuffers = 0;
  for (let i = 0; i < buffers.length; i++) if ((buffers.parent[i] as number) < 0) deviceBuffers++;
  return {
    atNs: order.bestNs,
    bytes: order.best,
    reservedBytes: order.bestReserved,
    byRole,
    alive: [...alive].sort((a, b) => (buffers.sizeBytes[b] as number) - (buffers.sizeBytes[a] as number)),
    liveAtEndBytes: order.live,
    buffers: deviceBuffers,
  };
}

/** Leaves alive at a time, largest first. */
export function aliveAt(trace: Trace, atNs: number): number[] {
  const { buffers } = trace.tables;
  const pools = poolBuffers(trace);
  const { bornNs, diedNs } = lifetimes(trace);
  const alive: number[] = [];
  for (let i = 0; i < buffers.length; i++) {
    if (pools.has(i) || (bornNs[i] as number) > atNs) continue;
    if (!((diedNs[i] as number) <= atNs)) alive.push(i);
  }
  return alive.sort((a, b) => (buffers.sizeBytes[b] as number) - (buffers.sizeBytes[a] as number));
}
