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

/** Every fact about memory asks: found once a trace. A growing trace is another object whenever it is looked at. */
const found = new WeakMap<Trace, Lifetimes>();

export function lifetimes(trace: Trace): Lifetimes {
  let lives = found.get(trace);
  if (!lives) found.set(trace, (lives = findLifetimes(trace)));
  return lives;
}

function findLifetimes(trace: Trace): Lifetimes {
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
    // Taken after the last work that is known: not before that work's end.
    bornNs[i] =
      born < device.cpuNs.length
        ? (device.startNs[born] as number)
        : Math.max(bornNs[i] as number, device.endNs.at(-1) as number);
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

/** Dispatches in the order of encoding, with times of the device: measured, or else spread evenly over their step. */
function deviceOrder(trace: Trace): DeviceOrder | null {
  const { dispatches, steps } = trace.tables;
  const order = Array.from({ length: dispatches.length }, (_, i) => i)
    .filter((i) => Number.isFinite(dispatches.cpuNs[i]))
    .sort((a, b) => (dispatches.cpuNs[a] as number) - (dispatches.cpuNs[b] as number));
  const cpuNs = Float64Array.from(order, (i) => dispatches.cpuNs[i] as number);
  const startNs = Float64Array.from(order, (i) => dispatches.startNs[i] as number);
  const endNs = Float64Array.from(order, (i) => dispatches.endNs[i] as number);
  if (!startNs.some((at) => Number.isFinite(at))) return null;
  const stepRow = new Map(Array.from(steps.index, (index, row) => [index, row]));
  const stepOf = (k: number): number => dispatches.step[order[k] as number] as number;
  for (let k = 0; k < order.length;) {
    if (Number.isFinite(startNs[k])) {
      k++;
      continue;
    }
    let next = k;
    while (next < order.length && !Number.isFinite(startNs[next]) && stepOf(next) === stepOf(k)) next++;
    const row = stepRow.get(stepOf(k));
    const [begins, ends] =
      row === undefined ? [-Infinity, Infinity] : [steps.startNs[row] as number, steps.endNs[row] as number];
    const after = k > 0 ? (endNs[k - 1] as number) : 0;
    const before =
      next < order.length && Number.isFinite(startNs[next]) ? (startNs[next] as number) : Infinity;
    const from = Math.min(Math.max(after, begins, cpuNs[k] as number), before);
    const bound = Math.min(ends, before);
    const to = Math.max(from, Number.isFinite(bound) ? bound : (cpuNs[next - 1] as number));
    for (let i = k, left = next - k; i < next; i++, left--) {
      // Nothing runs before it was encoded.
      startNs[i] = Math.max(i === k ? from : (endNs[i - 1] as number), cpuNs[i] as number);
      endNs[i] = Math.max(
        startNs[i] as number,
        (startNs[i] as number) + (to - (startNs[i] as number)) / left,
      );
    }
    k = next;
  }
  return { cpuNs, startNs, endNs };
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
