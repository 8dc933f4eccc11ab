/** When the GPU was busy: the union of the timed dispatches of all queues. */
import type { Trace } from '../trace/model.ts';
import type { Intervals } from './intervals.ts';
import { coveredLength, totalLength, union } from './intervals.ts';
import { stepRows } from './selection.ts';

const known = new WeakMap<Trace, Intervals>();

/**
 * Merged busy intervals. NaN times (untimed dispatches) do not count: the GPU may have been busy then too. Shares, idle time and
 * the waterfall all ask for them, so they are kept as long as the trace, which never changes.
 */
export function busyIntervals(trace: Trace): Intervals {
  let busy = known.get(trace);
  if (!busy) {
    const { startNs, endNs } = trace.tables.dispatches;
    known.set(trace, (busy = union(startNs, endNs)));
  }
  return busy;
}

/**
 * GPU-busy nanoseconds of each of these steps: the union of the step's own dispatches, wherever on the axis they ran
 * (with a queue that runs ahead, the work of a step ends after the script has gone on).
 */
export function busyNsOfSteps(trace: Trace, steps: readonly number[]): Float64Array {
  const rows = stepRows(trace, steps);
  const starts: number[][] = steps.map(() => []);
  const ends: number[][] = steps.map(() => []);
  const { dispatches } = trace.tables;
  for (let i = 0; i < dispatches.length; i++) {
    const at = rows.get(dispatches.step[i] as number);
    if (at === undefined) continue;
    starts[at]?.push(dispatches.startNs[i] as number);
    ends[at]?.push(dispatches.endNs[i] as number);
  }
  return Float64Array.from(steps, (_, at) =>
    totalLength(union(starts[at] as number[], ends[at] as number[])),
  );
}

/** Share of the time of these steps in which kernels ran, whichever step launched them; NaN of no steps. */
export function busyShareOf(trace: Trace, steps: readonly number[]): number {
  const { startNs, endNs } = trace.tables.steps;
  const busy = busyIntervals(trace);
  let windowNs = 0;
  let busyNs = 0;
  for (const step of steps) {
    const [start, end] = [startNs[step] as number, endNs[step] as number];
    windowNs += end - start;
    busyNs += coveredLength(busy, start, end);
  }
  return busyNs / windowNs;
}
