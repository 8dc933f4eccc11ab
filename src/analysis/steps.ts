/** How long a step takes and how much of it the GPU works. */
import type { Interval } from '../base/stats.ts';
import { median, medianInterval } from '../base/stats.ts';
import type { Trace } from '../trace/model.ts';
import { STEP_FLAGS } from '../trace/model.ts';
import { busyNsOfSteps, busyShareOf } from './busy.ts';
import { selectSteps } from './selection.ts';

export interface StepStats {
  readonly count: number;
  readonly warmup: number;
  /** Steady steps with every dispatch timed, and with none. */
  readonly timed: number;
  readonly untimed: number;
  /** Median duration of a steady step with its 95 % interval, ns; NaN without steps. */
  readonly durationNs: Interval;
  /** Which steps the duration is of: untimed ones where there are any, since timing costs. */
  readonly durationOf: 'untimed' | 'timed';
  /** Share of the time of timed steady steps that nothing held up in which kernels ran: what idleSplit leaves. NaN when nothing is timed. */
  readonly gpuBusyShare: number;
  /** GPU-busy ns of the work of a timed steady step, wherever on the axis it ran; median. */
  readonly gpuBusyNs: number;
  readonly samplesPerStep: number;
  readonly samplesPerSecond: number;
  readonly firstLoss: number;
  readonly lastLoss: number;
  /** True where the step boundaries were inferred from repetition. */
  readonly inferred: boolean;
}

export function stepDurations(trace: Trace, rows: readonly number[]): Float64Array {
  const { startNs, endNs } = trace.tables.steps;
  return Float64Array.from(rows, (i) => (endNs[i] as number) - (startNs[i] as number));
}

/** A step that takes so many times the median was held up by something that is no part of a step. */
const HELD_UP = 2;

/** Those of the steps that nothing held up: a mean over all of them is not one step's that another program stopped for a while. */
export function usualSteps(trace: Trace, rows: readonly number[]): number[] {
  const durations = stepDurations(trace, rows);
  const most = HELD_UP * median(durations);
  return rows.filter((_, i) => (durations[i] as number) <= most);
}

/** Those of the steps that have as many rows as most: the last batch of an epoch may be smaller. All, where rows are not told. */
export function fullSteps(trace: Trace, rows: readonly number[]): number[] {
  const { samples } = trace.tables.steps;
  const known = rows.map((i) => samples[i] as number).filter((count) => Number.isFinite(count));
  if (known.length < rows.length) return [...rows];
  const most = median(known);
  const full = rows.filter((i) => samples[i] === most);
  return full.length > 0 ? full : [...rows];
}

export function stepStats(trace: Trace): StepStats {
  const { steps } = trace.tables;
  const { steady, timed, untimed } = selectSteps(trace);
  const durationOf = untimed.length > 0 ? 'untimed' : 'timed';
  const durationNs = medianInterval(stepDurations(trace, durationOf === 'untimed' ? untimed : steady));
  const busy = busyNsOfSteps(trace, timed);
  const samples = steady.map((i) => steps.samples[i] as number).filter((n) => Number.isFinite(n));
  const losses = Array.from(steps.loss).filter((loss) => Number.isFinite(loss));
  let warmup = 0;
  let inferred = 0;
  for (let i = 0; i < steps.length; i++) {
    if ((steps.flags[i] as number) & STEP_FLAGS.warmup) warmup++;
    if ((steps.flags[i] as number) & STEP_FLAGS.inferred) inferred++;
  }
  const samplesPerStep = median(samples);
  return {
    count: steps.length,
    warmup,
    timed: timed.length,
    untimed: untimed.length,
    durationNs,
    durationOf,
    gpuBusyShare: busyShareOf(trace, usualSteps(trace, timed)),
    gpuBusyNs: median(busy),
    samplesPerStep,
    samplesPerSecond: (samplesPerStep / durationNs.median) * 1e9,
    firstLoss: losses[0] ?? NaN,
    lastLoss: losses.at(-1) ?? NaN,
    inferred: inferred > 0,
  };
}
