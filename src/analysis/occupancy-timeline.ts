/** Occupancy over time: the sum of what runs at each moment, at most 1; 0 where the GPU is idle. */
import type { Trace } from '../trace/model.ts';
import { allOccupancies } from './occupancy.ts';
import { hasTime } from './selection.ts';

/** A step function: value i holds from atNs[i] to atNs[i + 1]. */
export interface OccupancyTimeline {
  readonly atNs: Float64Array;
  /** Estimated share of the device's threads in use, at the high end of the register band. */
  readonly high: Float64Array;
  /** The same at the low end. */
  readonly low: Float64Array;
  /** Share of the units that have a workgroup. */
  readonly fill: Float64Array;
}

/** Dispatches whose occupancy is unknown count as zero; NaN-timed ones are left out. */
export function occupancyTimeline(trace: Trace): OccupancyTimeline {
  const occupancies = allOccupancies(trace);
  const { dispatches } = trace.tables;
  const at: number[] = [];
  const dispatch: number[] = [];
  const sign: number[] = [];
  for (let i = 0; i < dispatches.length; i++) {
    if (!hasTime(trace, i)) continue;
    at.push(dispatches.startNs[i] as number, dispatches.endNs[i] as number);
    dispatch.push(i, i);
    sign.push(1, -1);
  }
  const order = Array.from(at.keys()).sort((a, b) => (at[a] as number) - (at[b] as number));
  const times: number[] = [];
  const columns: [number[], number[], number[]] = [[], [], []];
  const running = [0, 0, 0];
  let active = 0;
  for (const [n, e] of order.entries()) {
    const occupancy = occupancies[dispatches.launch[dispatch[e] as number] as number];
    const values = [occupancy?.achieved, occupancy?.achievedLow, occupancy?.fill];
    active += sign[e] as number;
    for (let k = 0; k < 3; k++) {
      const value = values[k] as number;
      // Idle is exactly zero: sums of differences must not leave dust behind.
      running[k] =
        active === 0
          ? 0
          : (running[k] as number) + (Number.isFinite(value) ? value * (sign[e] as number) : 0);
    }
    const next = order[n + 1];
    if (next !== undefined && at[next] === at[e]) continue;
    times.push(at[e] as number);
    for (let k = 0; k < 3; k++) columns[k]?.push(Math.min(1, Math.max(0, running[k] as number)));
  }
  const [high, low, fill] = columns.map((values) => Float64Array.from(values)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  return { atNs: Float64Array.from(times), high, low, fill };
}

export interface OccupancySummary {
  /** Mean while a kernel runs, weighted by time; at the high and at the low end of the register band. NaN unknown. */
  readonly whileBusy: number;
  readonly whileBusyLow: number;
}

/** Time-weighted mean over the timed dispatches. */
export function occupancySummary(trace: Trace): OccupancySummary {
  const occupancies = allOccupancies(trace);
  const { dispatches } = trace.tables;
  let high = 0;
  let low = 0;
  let weight = 0;
  for (let i = 0; i < dispatches.length; i++) {
    const occupancy = occupancies[dispatches.launch[i] as number];
    if (!hasTime(trace, i) || !occupancy || !Number.isFinite(occupancy.achieved)) continue;
    const ns = (dispatches.endNs[i] as number) - (dispatches.startNs[i] as number);
    high += occupancy.achieved * ns;
    low += occupancy.achievedLow * ns;
    weight += ns;
  }
  return { whileBusy: high / weight, whileBusyLow: low / weight };
}
