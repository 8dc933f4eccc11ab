/**
 * How the time and memory of a step grow with the batch. From one trace: the part of the step that does not grow is
 * what more rows share. From several measured batches: t(B) = max(floor, c + s B), fitted with relative errors.
 */
import { hasDied } from '../analysis/memory-events.ts';
import { memoryLimitsOf } from '../analysis/memory-limit.ts';
import { selectSteps } from '../analysis/selection.ts';
import type { StepLaunch } from '../analysis/step-launches.ts';
import { stepDurations } from '../analysis/steps.ts';
import { median, sum } from '../base/stats.ts';
import { ROLES } from '../trace/model.ts';
import type { Role } from '../trace/model.ts';
import type { Facts } from './facts.ts';

/** A step of `batch` rows takes fixedNs + perSampleNs x batch. */
export interface BatchLine {
  readonly batch: number;
  readonly fixedNs: number;
  readonly perSampleNs: number;
}

export function stepNs(line: BatchLine, batch: number): number {
  return line.fixedNs + line.perSampleNs * batch;
}

export function throughput(line: BatchLine, batch: number): number {
  return (batch / stepNs(line, batch)) * 1e9;
}

/** Share of the highest possible throughput that this batch reaches: s B / (c + s B). */
export function reached(line: BatchLine, batch: number): number {
  return (line.perSampleNs * batch) / stepNs(line, batch);
}

/** Parts of the step that do not grow with the batch, ns a step. */
export interface FixedParts {
  /** GPU idle: launching, readback, compiling, the script. */
  readonly idleNs: number;
  readonly optimizerNs: number;
  /** Start-up of forward and backward kernels: the shortest kernel's time, for each dispatch. */
  readonly startNs: number;
  /** Forward and backward kernels whose last wave leaves units without work: that part of their time. */
  readonly unfilledNs: number;
  /** Forward and backward kernels that move the layer's weights: that share of their time. */
  readonly weightsNs: number;
}

export interface TraceModel {
  /**
   * Prudent: kernels grow wholly with the batch. Hopeful: not their start-up, not the weights' traffic; units without work
   * fill up, and every matrix product runs at the rate of the best one (rows that pad a tile cost nothing). Middle: the
   * geometric mean of what grows in the two, since one trace cannot tell them apart.
   */
  readonly low: BatchLine;
  readonly middle: BatchLine;
  readonly high: BatchLine;
  readonly parts: FixedParts;
  /** The step that the lines and the parts are of, ns. */
  readonly durationNs: number;
}

function lineOf(batch: number, durationNs: number, growingNs: number): BatchLine {
  const growing = Math.min(Math.max(growingNs, 0.02 * durationNs), durationNs);
  return { batch, fixedNs: durationNs - growing, perSampleNs: growing / batch };
}

/**
 * The step to model, and what a median kernel time counts in it. Timing makes steps longer and noise makes medians add to less than
 * the whole: the kernels are scaled so that together they take the GPU-busy share of the step. Where they come to more than that within
 * the step, the waits were those of a few disturbed timed steps, and usual ones have no room for them.
 */
function stepToModel(facts: Facts): { durationNs: number; scale: number } {
  const { timed, untimed } = selectSteps(facts.trace);
  const medianOf = (rows: readonly number[]): number => median(stepDurations(facts.trace, rows));
  const durationNs = Math.min(...[medianOf(timed), medianOf(untimed)].filter((ns) => ns > 0));
  const kernels = sum(facts.stepLaunches.map((l) => l.medianNs * l.perStep));
  const busyNs = Math.max(durationNs * facts.steps.gpuBusyShare, Math.min(durationNs, kernels));
  return { durationNs, scale: busyNs / kernels };
}

/** The model that one trace supports; null without timed steps or without rows a step. */
export function modelOfTrace(facts: Facts): TraceModel | null {
  const { steps, stepLaunches, idle } = facts;
  const batch = steps.samplesPerStep;
  if (!(batch > 0) || stepLaunches.length === 0 || steps.timed === 0) return null;
  const { durationNs, scale } = stepToModel(facts);
  const startNs = scale * Math.min(...stepLaunches.map((l) => l.medianNs));
  const growing = stepLaunches
    .filter((l) => l.phase !== 'optimizer')
    .map((l) => growthOf(facts, l, startNs, scale));
  const total = sum(growing.map((g) => g.totalNs));
  const start = sum(growing.map((g) => g.startNs));
  const unfilled = sum(growing.map((g) => g.unfilledNs));
  const weights = sum(growing.map((g) => g.weightsNs));
  const hopeful = sum(growing.map((g) => g.hopefulNs));
  const optimizer = stepLaunches.filter((l) => l.phase === 'optimizer');
  const optimizerNs = scale * sum(optimizer.map((l) => l.medianNs * l.perStep));
  // Preparing and uploading rows grows with the rows, wherever it shows as idle time.
  const rowWork = (durationNs * (idle.byCause.data + idle.byCause.upload)) / idle.windowNs;
  const idleNs = Math.max(0, durationNs - total - optimizerNs - rowWork);
  return {
    low: lineOf(batch, durationNs, total + rowWork),
    middle: lineOf(batch, durationNs, Math.sqrt(total * hopeful) + rowWork),
    high: lineOf(batch, durationNs, hopeful + rowWork),
    parts: { idleNs, optimizerNs, startNs: start, unfilledNs: unfilled, weightsNs: weights },
    durationNs,
  };
}

/** Parts of a launch's time, ns a step. */
function growthOf(facts: Facts, launch: StepLaunch, startNs: number, scale: number) {
  const ns = scale * launch.medianNs;
  const own = Math.min(startNs, ns);
  const rest = ns - own;
  // Places for workgroups that stand empty in the last wave: more rows fill them for nothing.
  const waves = facts.occupancies[launch.launch]?.waves ?? NaN;
  const filled = waves > 0 ? waves / Math.ceil(waves) : 1;
  const layer = facts.trace.tables.launches.layer[launch.launch] as number;
  const weightBytes = facts.layers.layers[layer]?.ownBytes.parameter ?? 0;
  // The weights cross memory once whatever the rows; at the best rate of the trace that takes at least so long.
  const weightsNs = Math.min(rest, ((scale * weightBytes) / facts.bestBytesRate) * 1e9 || 0);
  // Few rows pad a tile of a matrix product: the best product of the trace shows what full tiles reach.
  const isProduct = facts.trace.kernels[launch.kernel]?.family === 'gemm';
  const bestNs =
    isProduct && launch.flops > 0 && facts.bestProductRate > 0
      ? (scale * launch.flops * 1e9) / facts.bestProductRate
      : Infinity;
  return {
    hopefulNs: Math.min((rest - weightsNs) * filled, bestNs) * launch.perStep,
    totalNs: ns * launch.perStep,
    startNs: own * launch.perStep,
    unfilledNs: rest * (1 - filled) * launch.perStep,
    weightsNs: weightsNs * launch.perStep,
  };
}

/** Bytes at the peak of a step: fixed + perSample x batch; building the model may have taken more. */
export interface MemoryLine {
  readonly leastBytes: number;
  readonly fixedBytes: number;
  readonly perSampleBytes: number;
  /** The largest single buffer that grows, a row. */
  readonly largestPerSample: number;
}

export function peakBytes(line: MemoryLine, batch: number): number {
  return Math.max(line.leastBytes, line.fixedBytes + line.perSampleBytes * batch);
}

const FIXED_ROLES = new Set(
  ['parameter', 'gradient', 'optimizer-state'].map((role) => ROLES.indexOf(role as Role)),
);
const ACTIVATION = ROLES.indexOf('activation');

/**
 * True for buffers alive at the peak that are larger with more rows: not weights and their gradients (of a weight's size),
 * not optimizer state, not what was there before the first step and stays (a data set kept on the device).
 */
function growsWithBatch(
  facts: Pick<Facts, 'trace'>,
  buffer: number,
  weightSizes: ReadonlySet<number>,
): boolean {
  const { role, bornStep, sizeBytes } = facts.trace.tables.buffers;
  if (role[buffer] === ROLES.indexOf('gradient')) return !weightSizes.has(sizeBytes[buffer] as number);
  if (FIXED_ROLES.has(role[buffer] as number)) return false;
  return (bornStep[buffer] as number) >= 0 || role[buffer] === ACTIVATION || hasDied(facts.trace, buffer);
}

/** What of the facts the memory of a step follows from: a view has these without the other rules' facts. */
export type MemoryFacts = Pick<Facts, 'trace' | 'steps' | 'memory' | 'steadyMemory'>;

export function memoryOfTrace(facts: MemoryFacts): MemoryLine {
  const { bytes, alive } = facts.steadyMemory;
  const batch = facts.steps.samplesPerStep;
  const { role, sizeBytes } = facts.trace.tables.buffers;
  const size = (buffer: number): number => sizeBytes[buffer] as number;
  const weights = alive.filter((buffer) => role[buffer] === ROLES.indexOf('parameter'));
  const weightSizes = new Set(weights.map(size));
  const growing = alive.filter((buffer) => growsWithBatch(facts, buffer, weightSizes)).map(size);
  const growingBytes = sum(growing);
  return {
    leastBytes: facts.memory.bytes,
    fixedBytes: bytes - growingBytes,
    perSampleBytes: growingBytes / batch,
    largestPerSample: Math.max(0, ...growing) / batch,
  };
}

/** Bytes of device memory that a run may use: the device's, or the host's for a software adapter; null unknown. */
export function memoryLimit(facts: Facts): number | null {
  return memoryLimitsOf(facts.trace).deviceBytes;
}
