/**
 * When each buffer is alive, on the time axis of the kernels. A script runs ahead of the GPU: it takes and gives back a part of a
 * pool while it encodes, long before the work that uses it runs. The memory is in use from the first dispatch encoded
 * after it was taken to the last one encoded before it was given back, so that is where the picture puts it. Buffers of the
 * device itself are made and destroyed when the script does so, and imported traces keep the times they came with.
 */
import type { Trace } from '../trace/model.ts';

export interface Lifetimes {
  readonly bornNs: Float64Array;
  /** NaN while alive. */
  readonly diedNs: Float64Array;
}

export function lifetimes(trace: Trace): Lifetimes {
  const { buffers } = trace.tables;
  const bornNs = buffers.bornNs.slice();
  const diedNs = Float64Array.from(buffers.diedNs, (at, i) =>
    (buffers.death[i] as number) > 0 && Number.isFinite(at) ? at : NaN,
  );
  const device = trace.meta.origin === 'run' ? deviceOrder(trace) : null;
  if (!device) return { bornNs, diedNs };
  for (let i = 0; i < buffers.length; i++) {
    if ((buffers.parent[i] as number) < 0) continue;
    const born = firstFrom(device.cpuNs, bornNs[i] as number);
    if (born < device.cpuNs.length) bornNs[i] = Math.max(bornNs[i] as number, device.startNs[born] as number);
    if (Number.isNaN(diedNs[i])) continue;
    const last = firstFrom(device.cpuNs, diedNs[i] as number) - 1;
    const died = last >= 0 ? Math.max(diedNs[i] as number, device.endNs[last] as number) : 0;
    // Taken and given back with no dispatch between: it never held anything for the GPU.
    diedNs[i] = Math.max(bornNs[i] as number, died);
  }
  return { bornNs, diedNs };
}

interface DeviceOrder {
  readonly cpuNs: Float64Array;
  readonly startNs: Float64Array;
  readonly endNs: Float64Array;
}

/** Dispatches in the order of encoding, with device times; those of untimed steps lie evenly between timed neighbors. */
function deviceOrder(trace: Trace): DeviceOrder | null {
  const { dispatches } = trace.tables;
  const order = Array.from({ length: dispatches.length }, (_, i) => i)
    .filter((i) => Number.isFinite(dispatches.cpuNs[i]))
    .sort((a, b) => (dispatches.cpuNs[a] as number) - (dispatches.cpuNs[b] as number));
  const startNs = Float64Array.from(order, (i) => dispatches.startNs[i] as number);
  const endNs = Float64Array.from(order, (i) => dispatches.endNs[i] as number);
  const first = startNs.findIndex((at) => Number.isFinite(at));
  if (first < 0) return null;
  let known = -1;
  for (let i = 0; i <= order.length; i++) {
    if (i < order.length && !Number.isFinite(startNs[i])) continue;
    const from = known >= 0 ? (endNs[known] as number) : (dispatches.cpuNs[order[0] as number] as number);
    // After the last timed one nothing is known but when the script encoded it.
    const to =
      i < order.length
        ? (startNs[i] as number)
        : Math.max(from, dispatches.cpuNs[order[i - 1] as number] as number);
    for (let k = known + 1; k < i; k++) {
      startNs[k] = from + ((to - from) * (k - known - 1)) / (i - known);
      endNs[k] = from + ((to - from) * (k - known)) / (i - known);
    }
    known = i;
  }
  return { cpuNs: Float64Array.from(order, (i) => dispatches.cpuNs[i] as number), startNs, endNs };
}

/** Index of the first of the sorted values that is at least `value`. */
function firstFrom(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
