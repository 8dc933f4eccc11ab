/**
 * Where occupancy over a window is lost, from the full device down to what is left: idle time, grids too small for the
 * device, last waves partly empty, workgroups that do not fit beside each other. The parts sum to one.
 */
import type { Trace } from '../trace/model.ts';
import { allOccupancies } from './occupancy.ts';
import type { ResidencyLimiter } from './occupancy.ts';
import { hasTime, selectSteps, stepRows } from './selection.ts';
import { busyShareOf } from './busy.ts';
import { usualSteps } from './steps.ts';

export interface OccupancyWaterfall {
  /** Shares of device and time, over the timed steady steps that nothing held up. */
  readonly idle: number;
  readonly smallGrid: number;
  readonly tail: number;
  /** Places left empty because workgroups do not fit beside each other, by what bounds them. */
  readonly residency: Readonly<Record<ResidencyLimiter, number>>;
  /** Time of kernels whose occupancy cannot be estimated. */
  readonly unknown: number;
  /** What is left: estimated occupancy over the window, at the high and at the low end of the register band. */
  readonly left: number;
  readonly leftLow: number;
}

/** Null without timed steps. */
export function occupancyWaterfall(trace: Trace): OccupancyWaterfall | null {
  const timed = usualSteps(trace, selectSteps(trace).timed);
  const { steps, dispatches } = trace.tables;
  const windowNs = timed.reduce(
    (total, i) => total + (steps.endNs[i] as number) - (steps.startNs[i] as number),
    0,
  );
  if (!(windowNs > 0)) return null;
  const busyNs = windowNs * busyShareOf(trace, timed);
  const occupancies = allOccupancies(trace);
  const rows = stepRows(trace, timed);
  const lost = { smallGrid: 0, tail: 0, unknown: 0, left: 0, leftLow: 0 };
  const residency: Record<ResidencyLimiter, number> = {
    threads: 0,
    workgroups: 0,
    'workgroup memory': 0,
    registers: 0,
    'idle lanes': 0,
  };
  let kernelNs = 0;
  for (let i = 0; i < dispatches.length; i++) {
    if (!rows.has(dispatches.step[i] as number) || !hasTime(trace, i)) continue;
    const ns = (dispatches.endNs[i] as number) - (dispatches.startNs[i] as number);
    const occupancy = occupancies[dispatches.launch[i] as number];
    kernelNs += ns;
    if (!occupancy?.residencyLimiter || !Number.isFinite(occupancy.achieved)) {
      lost.unknown += ns;
      continue;
    }
    const resident = occupancy.theoretical.high;
    const peak = resident * Math.min(1, occupancy.waves);
    residency[occupancy.residencyLimiter] += (1 - resident) * ns;
    lost.smallGrid += (resident - peak) * ns;
    lost.tail += Math.max(0, peak - occupancy.achieved) * ns;
    lost.left += occupancy.achieved * ns;
    lost.leftLow += occupancy.achievedLow * ns;
  }
  // Kernels of several queues overlap: their parts share the time that was busy.
  const scale = kernelNs > 0 ? busyNs / kernelNs / windowNs : 0;
  return {
    idle: 1 - busyNs / windowNs,
    smallGrid: lost.smallGrid * scale,
    tail: lost.tail * scale,
    residency: {
      threads: residency.threads * scale,
      workgroups: residency.workgroups * scale,
      'workgroup memory': residency['workgroup memory'] * scale,
      registers: residency.registers * scale,
      'idle lanes': residency['idle lanes'] * scale,
    },
    unknown: lost.unknown * scale,
    left: lost.left * scale,
    leftLow: lost.leftLow * scale,
  };
}
