/**
 * Occupancy of a recorded kernel on the device the trace describes: `min(resident blocks, blocks per SM) x threads /
 * maximal threads`, which is what PyTorch calls "est. achieved occupancy". PyTorch writes 0 for kernels with more than
 * 48 KiB of shared memory (its query leaves the opt-in limit at zero); here they get the value the limits give.
 *
 * Resident blocks follow the allocation rules of the CUDA occupancy calculator for compute capability 6 and later:
 * warps of 32, registers by 256 a warp in four partitions, shared memory by 128 bytes (256 before 8.0) with 1 KiB
 * reserved a block from 8.0 on.
 */
import type { AdapterInfo, Trace } from '../../trace/model.ts';
import { launchGrid } from '../occupancy.ts';

export interface RecordedOccupancy {
  /** Resident blocks of a unit if the grid were endless. */
  readonly residentBlocks: number;
  readonly theoretical: number;
  /** With this grid, 0..1; NaN when the file lacks geometry or limits. */
  readonly achieved: number;
  readonly limiter: 'warps' | 'blocks' | 'registers' | 'shared memory' | 'unknown';
  /** Each limit in blocks, for showing how the value came about. */
  readonly limits: Readonly<Record<'warps' | 'blocks' | 'registers' | 'shared memory', number>>;
}

const UNKNOWN: RecordedOccupancy = {
  residentBlocks: NaN,
  theoretical: NaN,
  achieved: NaN,
  limiter: 'unknown',
  limits: { warps: NaN, blocks: NaN, registers: NaN, 'shared memory': NaN },
};

/** Resident blocks of an SM by compute capability: the one limit that deviceProperties leaves out. */
function maxBlocks(major: number, minor: number): number {
  if (major === 7 && minor === 5) return 16;
  if (major === 8) return minor === 0 ? 32 : minor === 9 ? 24 : 16;
  if (major >= 11) return 24;
  return 32;
}

const roundUp = (value: number, granule: number): number => Math.ceil(value / granule) * granule;

export interface Kernel {
  readonly blocks: number;
  readonly threads: number;
  readonly sharedBytes: number;
  readonly registers: number;
}

export function occupancyOf(adapter: AdapterInfo | null, kernel: Kernel): RecordedOccupancy {
  const limits = adapter?.limits ?? {};
  const units = limits['numSms'];
  const maxThreads = limits['maxThreadsPerMultiprocessor'];
  const major = limits['computeMajor'];
  if (
    adapter?.vendor !== 'nvidia' ||
    !units ||
    !maxThreads ||
    !major ||
    kernel.threads === 0 ||
    kernel.blocks === 0
  )
    return UNKNOWN;
  const warps = Math.ceil(kernel.threads / 32);
  const shared =
    limits['sharedMemPerMultiprocessor'] ??
    limits['sharedMemPerBlockOptin'] ??
    limits['sharedMemPerBlock'] ??
    Infinity;
  const reserved = major >= 8 ? 1024 : 0;
  const sharedPerBlock = roundUp(kernel.sharedBytes + reserved, major >= 8 ? 128 : 256);
  const warpRegisters = roundUp(kernel.registers * 32, 256);
  const partitions = major === 6 && limits['computeMinor'] === 0 ? 2 : 4;
  const registers = limits['regsPerMultiprocessor'] ?? limits['regsPerBlock'] ?? 65536;
  const found = {
    warps: Math.floor(maxThreads / 32 / warps),
    blocks: maxBlocks(major, limits['computeMinor'] ?? 0),
    registers:
      warpRegisters === 0
        ? Infinity
        : Math.floor((Math.floor(registers / partitions / warpRegisters) * partitions) / warps),
    'shared memory': sharedPerBlock === 0 ? Infinity : Math.floor(shared / sharedPerBlock),
  };
  const [limiter, residentBlocks] = (Object.entries(found) as [keyof typeof found, number][]).reduce((a, b) =>
    b[1] < a[1] ? b : a,
  );
  const perUnit = Math.min(residentBlocks, kernel.blocks / units);
  return {
    residentBlocks,
    theoretical: (residentBlocks * kernel.threads) / maxThreads,
    achieved: (perUnit * kernel.threads) / maxThreads,
    limiter,
    limits: found,
  };
}

/** Occupancy of each launch of the trace. */
export function recordedOccupancies(trace: Trace): RecordedOccupancy[] {
  const { launches } = trace.tables;
  return Array.from({ length: launches.length }, (_, launch) => {
    const { workgroups, threads, sharedBytes, registers } = launchGrid(trace, launch);
    return occupancyOf(trace.meta.adapter, {
      blocks: workgroups,
      threads,
      sharedBytes: sharedBytes ?? 0,
      registers: registers ?? 0,
    });
  });
}

/** What the recorder wrote beside its launches, by launch: NaN where it wrote nothing. */
export function statedMetric(trace: Trace, ...names: readonly string[]): Float64Array {
  const values = new Float64Array(trace.tables.launches.length).fill(NaN);
  const { metrics } = trace.tables;
  const wanted = new Set(names.map((name) => trace.strings.indexOf(name)).filter((id) => id >= 0));
  for (let i = 0; i < metrics.length; i++)
    if (wanted.has(metrics.name[i] as number))
      values[metrics.launch[i] as number] = metrics.value[i] as number;
  return values;
}

export function statedOccupancyPercent(trace: Trace): Float64Array {
  return statedMetric(trace, 'est. achieved occupancy %', 'theoretical occupancy %');
}

/** Blocks per SM: as stated, else from grid and device; NaN when neither is known. */
export function blocksPerUnit(trace: Trace): Float64Array {
  const stated = statedMetric(trace, 'blocks per SM');
  const units = trace.meta.adapter?.limits['numSms'];
  return stated.map((value, launch) => {
    if (!Number.isNaN(value)) return value;
    const { workgroups } = launchGrid(trace, launch);
    return units && workgroups > 0 ? workgroups / units : NaN;
  });
}
