/**
 * Occupancy of a launch, from its geometry and known limits: how full the device can be (theoretical, a band because
 * registers are unknown) and how full this grid makes it (achieved: an estimate, not a hardware counter).
 */
import type { Trace } from '../trace/model.ts';
import type { DeviceModel } from './gpu.ts';
import { deviceModel } from './gpu.ts';
import type { Limiter, ResidencyBand } from './residency.ts';
import { residencyBand } from './residency.ts';

/** What keeps workgroups from filling a unit. */
export type ResidencyLimiter = Limiter | 'idle lanes';

export type OccupancyLimiter = 'small grid' | 'tail' | ResidencyLimiter | 'none' | 'unknown';

export interface LaunchOccupancy {
  /** Resident share of the device's threads: `high` with registers unlimited, `low` at the worst register count. */
  readonly theoretical: { readonly low: number; readonly high: number };
  /** With waves, tail and fill of this grid: average share while the launch runs, at the high end of the band. NaN unknown. */
  readonly achieved: number;
  /** The same at the low end of the band. */
  readonly achievedLow: number;
  readonly limiter: OccupancyLimiter;
  /** What bounds `theoretical.high`, also where grid or tail cost more; null where unknown. */
  readonly residencyLimiter: ResidencyLimiter | null;
  /** `unknown` where the device's limits are not known. */
  readonly basis: 'estimated' | 'unknown';
  /** Share of the units that have at least one workgroup. */
  readonly fill: number;
  /** Rounds of workgroups the device needs; 2.25 means a last round three quarters empty. */
  readonly waves: number;
  /** Average fullness of those rounds, 0..1. */
  readonly tail: number;
  readonly units: number | null;
  readonly workgroupsPerUnit: number | null;
}

const UNKNOWN: LaunchOccupancy = {
  theoretical: { low: NaN, high: NaN },
  achieved: NaN,
  achievedLow: NaN,
  limiter: 'unknown',
  residencyLimiter: null,
  basis: 'unknown',
  fill: NaN,
  waves: NaN,
  tail: NaN,
  units: null,
  workgroupsPerUnit: null,
};

/** Geometry of a launch. */
export interface Grid {
  /** Workgroups launched. */
  readonly workgroups: number;
  /** Invocations of a workgroup; 0 when unknown. */
  readonly threads: number;
  readonly sharedBytes: number | null;
  readonly registers?: number | undefined;
}

export function launchGrid(trace: Trace, launch: number): Grid {
  const { launches } = trace.tables;
  const kernel = trace.kernels[launches.kernel[launch] as number];
  const size = kernel?.workgroupSize ?? [0, 0, 0];
  return {
    workgroups:
      (launches.workgroupsX[launch] as number) *
      (launches.workgroupsY[launch] as number) *
      (launches.workgroupsZ[launch] as number),
    threads: size[0] * size[1] * size[2],
    sharedBytes: kernel?.workgroupBytes ?? null,
    registers: kernel?.registersPerThread,
  };
}

/**
 * On a software adapter (worker threads that each run one workgroup at a time, lanes inside) occupancy is busy workers
 * times lane efficiency: G / (W ceil(G/W)) x T / (L ceil(T/L)).
 */
function softwareOccupancy(device: DeviceModel, grid: Grid): LaunchOccupancy {
  if (!device.units || grid.workgroups === 0) return UNKNOWN;
  const lanes =
    device.lanes && grid.threads ? grid.threads / (device.lanes * Math.ceil(grid.threads / device.lanes)) : 1;
  const waves = grid.workgroups / device.units;
  const busy = waves / Math.ceil(waves);
  return {
    theoretical: { low: lanes, high: lanes },
    achieved: busy * lanes,
    achievedLow: busy * lanes,
    limiter: busy < lanes ? (waves < 1 ? 'small grid' : 'tail') : lanes < 1 ? 'idle lanes' : 'none',
    residencyLimiter: 'idle lanes',
    basis: 'estimated',
    fill: Math.min(1, waves),
    waves,
    tail: waves >= 1 ? busy : 1,
    units: device.units,
    workgroupsPerUnit: 1,
  };
}

/** Share of the device's threads in use on average: the last wave of workgroups may fill it only in part. */
function averaged(occupancy: number, waves: number): number {
  return occupancy * (waves >= 1 ? waves / Math.ceil(waves) : waves);
}

export function gridOccupancy(device: DeviceModel, grid: Grid): LaunchOccupancy {
  if (device.kind === 'software') return softwareOccupancy(device, grid);
  if (!device.architecture || grid.threads === 0) return UNKNOWN;
  const band: ResidencyBand | null = residencyBand(
    device.architecture,
    grid.threads,
    grid.sharedBytes ?? 0,
    grid.registers,
  );
  if (!band) return UNKNOWN;
  const theoretical = { low: band.low.occupancy, high: band.high.occupancy };
  if (!device.units || grid.workgroups === 0)
    return {
      ...UNKNOWN,
      theoretical,
      limiter: band.high.limiter,
      residencyLimiter: band.high.limiter,
      basis: 'estimated',
    };
  const waves = grid.workgroups / (device.units * band.high.workgroupsPerUnit);
  const wavesLow = grid.workgroups / (device.units * band.low.workgroupsPerUnit);
  const achieved = averaged(theoretical.high, waves);
  const tail = waves >= 1 ? waves / Math.ceil(waves) : 1;
  const limiter: OccupancyLimiter =
    waves < 1
      ? 'small grid'
      : tail < theoretical.high
        ? 'tail'
        : theoretical.high < 1
          ? band.high.limiter
          : 'none';
  return {
    theoretical,
    achieved,
    achievedLow: Math.min(achieved, averaged(theoretical.low, wavesLow)),
    limiter,
    residencyLimiter: band.high.limiter,
    basis: 'estimated',
    fill: Math.min(1, grid.workgroups / device.units),
    waves,
    tail,
    units: device.units,
    workgroupsPerUnit: band.high.workgroupsPerUnit,
  };
}

/** Occupancy of one launch of the trace, on the device it ran on. */
export function launchOccupancy(trace: Trace, launch: number): LaunchOccupancy {
  return gridOccupancy(deviceModel(trace.meta.adapter), launchGrid(trace, launch));
}

/** Occupancy of every launch, the device looked up once. */
export function allOccupancies(trace: Trace): LaunchOccupancy[] {
  const device = deviceModel(trace.meta.adapter);
  return Array.from({ length: trace.tables.launches.length }, (_, launch) =>
    gridOccupancy(device, launchGrid(trace, launch)),
  );
}
