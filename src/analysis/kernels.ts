/** Where the GPU time went, by kernel. */
import type { Family, KernelInfo, Trace } from '../trace/model.ts';
import { DISPATCH_FLAGS } from '../trace/model.ts';
import { median } from '../base/stats.ts';
import type { LaunchOccupancy } from './occupancy.ts';
import { allOccupancies } from './occupancy.ts';
import type { RooflinePoint } from './roofline.ts';
import { ceilings, rooflinePoint } from './roofline.ts';
import { hasTime, isSteady } from './selection.ts';

export interface KernelStats extends GroupStats {
  readonly kernel: number;
  readonly name: string;
  readonly family: Family;
}

/** Dispatches that belong together: of one kernel, one operation, one layer, one shape. */
export interface GroupStats {
  readonly group: number;
  /** Timed dispatches the statistics rest on, and all dispatches of the group. */
  readonly count: number;
  readonly dispatches: number;
  /** Sum over the timed dispatches; NaN when none was timed. */
  readonly totalNs: number;
  readonly meanNs: number;
  readonly medianNs: number;
  readonly minNs: number;
  readonly maxNs: number;
  /** Share of the time of all groups together. */
  readonly share: number;
  readonly workgroupSize: readonly [number, number, number];
  /** Grid of the launch that took most time. */
  readonly workgroups: readonly [number, number, number];
  readonly launch: number;
  /** Planned cost of a dispatch, mean over the timed ones; NaN when unknown. */
  readonly flops: number;
  readonly bytesMoved: number;
  readonly flopsPerSecond: number;
  readonly bytesPerSecond: number;
  readonly roofline: RooflinePoint;
  /** Of the launch that took most time. */
  readonly occupancy: LaunchOccupancy;
  /** Every timed dispatch was a warm-up; the times are of first runs. */
  readonly warmupOnly: boolean;
  /** Times are shares of a group timed as one. */
  readonly estimated: boolean;
}

interface Tally {
  readonly durations: number[];
  dispatches: number;
  flops: number;
  bytes: number;
  estimated: boolean;
  readonly byLaunch: Map<number, number>;
}

function tally(
  trace: Trace,
  groups: number,
  groupOf: ArrayLike<number>,
  counts: (dispatch: number) => boolean,
): Tally[] {
  const tallies = Array.from({ length: groups }, (): Tally => ({
    durations: [],
    dispatches: 0,
    flops: 0,
    bytes: 0,
    estimated: false,
    byLaunch: new Map(),
  }));
  const { dispatches, launches } = trace.tables;
  for (let i = 0; i < dispatches.length; i++) {
    const launch = dispatches.launch[i] as number;
    const entry = tallies[groupOf[launch] as number] as Tally;
    entry.dispatches++;
    if (!counts(i)) {
      if (!entry.byLaunch.has(launch)) entry.byLaunch.set(launch, 0);
      continue;
    }
    const ns = (dispatches.endNs[i] as number) - (dispatches.startNs[i] as number);
    entry.durations.push(ns);
    entry.flops += launches.flops[launch] as number;
    entry.bytes += launches.bytesMoved[launch] as number;
    entry.byLaunch.set(launch, (entry.byLaunch.get(launch) ?? 0) + ns);
    if ((dispatches.flags[i] as number) & DISPATCH_FLAGS.shared) entry.estimated = true;
  }
  return tallies;
}

function costliest(byLaunch: ReadonlyMap<number, number>): number {
  let best = -1;
  let most = -1;
  for (const [launch, ns] of byLaunch)
    if (ns > most) {
      best = launch;
      most = ns;
    }
  return best;
}

/** One entry a kernel that was dispatched, costliest first. */
export function kernelStats(trace: Trace): KernelStats[] {
  return groupStats(trace, trace.kernels.length, trace.tables.launches.kernel).map((stats) => {
    const { name, family } = trace.kernels[stats.group] as KernelInfo;
    return { ...stats, kernel: stats.group, name, family };
  });
}

/**
 * One entry a group that was dispatched, costliest first. Warm-up counts only for groups that have nothing else.
 * `groupOf`: by launch.
 */
export function groupStats(trace: Trace, groups: number, groupOf: ArrayLike<number>): GroupStats[] {
  const steady = tally(trace, groups, groupOf, (i) => isSteady(trace, i));
  const any = tally(trace, groups, groupOf, (i) => hasTime(trace, i));
  const occupancies = allOccupancies(trace);
  const { launches } = trace.tables;
  const rows = Array.from({ length: groups }).flatMap((_, group) => {
    const warmupOnly =
      (steady[group] as Tally).durations.length === 0 && (any[group] as Tally).durations.length > 0;
    const entry = (warmupOnly ? any : steady)[group] as Tally;
    if (entry.dispatches === 0) return [];
    const count = entry.durations.length;
    const totalNs = count > 0 ? entry.durations.reduce((a, b) => a + b, 0) : NaN;
    const launch = costliest(entry.byLaunch);
    const rate = { flops: entry.flops / count, bytesMoved: entry.bytes / count, durationNs: totalNs / count };
    return [{ group, warmupOnly, entry, count, totalNs, launch, rate }];
  });
  const limits = ceilings(trace, rows.map((row) => row.rate)); // prettier-ignore
  const all = rows.reduce((total, row) => total + (row.totalNs || 0), 0);
  return rows
    .map(({ group, warmupOnly, entry, count, totalNs, launch, rate }): GroupStats => {
      const occupancy = occupancies[launch] as LaunchOccupancy;
      const sorted = Float64Array.from(entry.durations).sort();
      const info = trace.kernels[launches.kernel[launch] as number];
      return {
        group,
        count,
        dispatches: entry.dispatches,
        totalNs,
        meanNs: rate.durationNs,
        medianNs: median(sorted),
        minNs: sorted[0] ?? NaN,
        maxNs: sorted.at(-1) ?? NaN,
        share: totalNs / all,
        workgroupSize: info?.workgroupSize ?? [0, 0, 0],
        workgroups: [
          launches.workgroupsX[launch] as number,
          launches.workgroupsY[launch] as number,
          launches.workgroupsZ[launch] as number,
        ],
        launch,
        flops: rate.flops,
        bytesMoved: rate.bytesMoved,
        flopsPerSecond: (rate.flops / rate.durationNs) * 1e9,
        bytesPerSecond: (rate.bytesMoved / rate.durationNs) * 1e9,
        roofline: rooflinePoint(rate, limits, occupancy.waves),
        occupancy,
        warmupOnly,
        estimated: entry.estimated,
      };
    })
    .sort((a, b) => (b.totalNs || 0) - (a.totalNs || 0));
}
