/** Trials of a change: the script with an edit in memory, untimed so that the instrument does not weigh in, one at a time. */
import { noiseScaleOf } from '../analysis/gradient-noise.ts';
import { memoryPeak, usualMemoryPeak } from '../analysis/memory.ts';
import { memoryLimitsOf } from '../analysis/memory-limit.ts';
import { timedLaunches } from '../suggest/timed-launches.ts';
import { processorUse } from '../analysis/processor-use.ts';
import { selectSteps } from '../analysis/selection.ts';
import { fullSteps, stepDurations } from '../analysis/steps.ts';
import { turnSteps } from '../analysis/turn-steps.ts';
import type { TurnStep } from '../analysis/turn-steps.ts';
import { mean, median } from '../base/stats.ts';
import type { Trace } from '../trace/model.ts';
import type { Edit, LossPoint, TrialResult, Trials, TurnsResult } from '../suggest/suggestion.ts';
import type { VariantRun } from './in-turns.ts';
import { profileInTurns } from './in-turns.ts';
import { CAN_PAUSE } from './paused-process.ts';
import type { ProfileCallbacks, ProfileOptions } from './profile.ts';
import { profileScript } from './profile.ts';

export interface TrialOptions extends Omit<ProfileOptions, 'edits' | 'mode' | 'traceFile'> {
  /** Steps of one trial, warm-up included. */
  readonly steps: number;
  /** Time for a whole proof, s: a curve takes its share of it and leaves the pairs theirs. */
  readonly budgetSeconds?: number;
}

/** Pairs of batches need more steps than a median does. */
const NOISE_STEPS = 100;

/**
 * A curve is drawn out beyond its points, which widens what they are off by: its variants run for longer than the two of a pair. Kernels
 * are known sooner than steps are.
 */
const CURVE_ACTIVE_MS = { off: 10_000, exact: 5000 } as const;
/** Of a proof's time for each variant: with three of them the curve takes a third. */
const CURVE_SHARE = { off: 1 / 15, exact: 1 / 30 } as const;

/** Steps of each variant in turns at least; short ones make more in the time they have. */
const TURN_STEPS = 16;

export function createTrials(
  options: TrialOptions,
  callbacks: Pick<ProfileCallbacks, 'onProgress' | 'onWaiting'> = {},
): Trials {
  let previous: Promise<unknown> = Promise.resolve();
  const run = async (changes: Partial<ProfileOptions>, signal?: AbortSignal): Promise<Trace> => {
    signal?.throwIfAborted();
    const { trace } = await profileScript({ ...options, mode: 'off', ...changes }, callbacks, signal);
    signal?.throwIfAborted();
    return trace;
  };
  /** Two at once would measure each other. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const next = previous.then(work);
    previous = next.catch(() => undefined);
    return next;
  };
  const warm = new Set<string>();
  /** On a GPU the first run of new shapes may still choose its algorithms: it is not measured. */
  const warmUp = async (edit: Edit | null, signal?: AbortSignal): Promise<void> => {
    const what = edit ? `${edit.start} ${edit.newText}` : '';
    if (options.adapter.software || warm.has(what)) return;
    warm.add(what);
    assertRan(await run({ edits: edit ? [edit] : [] }, signal));
  };
  const runsInTurns = async (
    mode: 'off' | 'exact',
    edits: readonly (Edit | null)[],
    signal?: AbortSignal,
    onShare?: (share: number) => void,
  ): Promise<VariantRun[]> => {
    const steps = Math.min(options.steps, TURN_STEPS);
    const variants = edits.map((edit) => ({ ...options, mode, edits: edit ? [edit] : [] }));
    const heard = { ...callbacks, ...(onShare ? { onShare } : {}) };
    const allowedMs = CURVE_SHARE[mode] * (options.budgetSeconds ?? Infinity) * 1000;
    const curve = edits.length > 2 ? { activeMs: Math.min(CURVE_ACTIVE_MS[mode], allowedMs) } : {};
    return await profileInTurns(variants, { steps, ...curve }, heard, signal);
  };
  const inTurns: NonNullable<Trials['inTurns']> = async (edits, signal, onShare) =>
    turnsResult(await runsInTurns('off', edits, signal, onShare));
  const kernelsInTurns: NonNullable<Trials['kernelsInTurns']> = async (edits, signal) =>
    (await runsInTurns('exact', edits, signal)).map(
      (run) =>
      timedLaunches(run.trace, fullTurnSteps(run).map(({ step }) => step)), // prettier-ignore
    );
  return {
    ...(options.adapter.software && CAN_PAUSE
      ? {
          inTurns: (...asked) => inTurn(() => inTurns(...asked)),
          kernelsInTurns: (...asked) => inTurn(() => kernelsInTurns(...asked)),
        }
      : {}),
    run: (edit, signal) =>
      inTurn(async () => {
        await warmUp(edit, signal);
        return resultOf(await run({ edits: edit ? [edit] : [] }, signal));
      }),
    kernels: (edit, signal) =>
      inTurn(async () => {
        const trace = await run({ mode: 'exact', edits: edit ? [edit] : [] }, signal);
        assertRan(trace);
        return timedLaunches(trace);
      }),
    losses: (edit, signal) =>
      inTurn(async () => {
        const trace = await run({ study: 'losses', edits: edit ? [edit] : [] }, signal);
        assertRan(trace);
        return lossesOf(trace);
      }),
    gradientNoise: (signal) =>
      inTurn(async () => noiseScaleOf(await run({ study: 'gradient-noise', steps: NOISE_STEPS }, signal))),
  };
}

/** @throws when the run failed, or made no steady step to measure. */
export function resultOf(trace: Trace): TrialResult {
  assertRan(trace);
  const { tables } = trace;
  const { steady } = selectSteps(trace);
  if (steady.length === 0)
    throw new Error(`the trial made ${tables.steps.length} steps, too few to measure after warm-up`);
  const processor = trace.meta.adapter?.software
    ? processorUse(
        trace,
        tables.steps.startNs[steady[0] as number] as number,
        tables.steps.endNs[steady.at(-1) as number] as number,
      )
    : null;
  return {
    ...(processor ? { processor } : {}),
    stepMs: Array.from(stepDurations(trace, fullSteps(trace, steady)), (ns) => ns / 1e6),
    ...besidesTime(trace, steady),
  };
}

/** @throws when a run failed, or made no step in its windows. */
export function turnsResult(runs: readonly VariantRun[]): TurnsResult {
  const steps = runs.map(fullTurnSteps);
  const least = Math.min(...steps.map((made) => made.length));
  if (least === 0) throw new Error('a trial made no step to measure after warm-up');
  const count = Math.min(...runs.map(({ windows }) => windows.length));
  const meanOf = (made: readonly TurnStep[], round: number): number =>
    mean(made.filter(({ part }) => part === round).map(({ ms }) => ms));
  const all = Array.from({ length: count }, (_, round) => steps.map((made) => meanOf(made, round)));
  const complete = all.map((means) => means.every(Number.isFinite));
  const places = complete.map((is, round) => (is ? complete.slice(0, round).filter(Boolean).length : -1));
  return {
    results: runs.map(({ trace }, i) => ({
      stepMs: (steps[i] as TurnStep[]).map(({ ms }) => ms),
      ...besidesTime(trace, selectSteps(trace).steady),
    })),
    rounds: all.filter((_, round) => complete[round]),
    roundOfStep: steps.map((made) => made.map(({ part }) => places[part] ?? -1)),
  };
}

/** Those of the usual number of rows: the last batch of an epoch may be smaller. */
function fullTurnSteps({ trace, windows }: VariantRun): TurnStep[] {
  // Ended by the one who asked for the trial, when it was long enough.
  if (trace.meta.status !== 'stopped') assertRan(trace);
  const made = turnSteps(trace, windows);
  const full = new Set(fullSteps(trace, made.map(({ step }) => step))); // prettier-ignore
  return made.filter(({ step }) => full.has(step));
}

/** What a run tells but its step times. */
function besidesTime(trace: Trace, steady: readonly number[]): Omit<TrialResult, 'stepMs'> {
  const { steps, buffers } = trace.tables;
  const samples = steady
    .map((step) => steps.samples[step] as number)
    .filter((count) => Number.isFinite(count));
  const steadyPeak = usualMemoryPeak(trace);
  const limits = memoryLimitsOf(trace);
  return {
    samplesPerStep: median(samples),
    peakBytes: memoryPeak(trace).bytes,
    steadyPeakBytes: steadyPeak.bytes,
    memory: {
      byRole: steadyPeak.byRole,
      largestBytes: Math.max(0, ...steadyPeak.alive.map((buffer) => buffers.sizeBytes[buffer] as number)),
      limitBytes: limits.deviceBytes,
      bindingLimitBytes: limits.bindingBytes,
    },
    losses: lossesOf(trace),
  };
}

function assertRan({ meta }: Trace): void {
  if (meta.status === 'ok') return;
  const { message, file, line } = meta.error ?? { message: meta.status };
  throw new Error(`the trial failed: ${message}${file === undefined ? '' : ` (${file}:${line})`}`);
}

function lossesOf({ tables: { steps } }: Trace): LossPoint[] {
  const points: LossPoint[] = [];
  let rows = 0;
  for (let step = 0; step < steps.length; step++) {
    const samples = steps.samples[step] as number;
    rows += Number.isFinite(samples) ? samples : 1;
    const loss = steps.loss[step] as number;
    if (Number.isFinite(loss)) points.push({ rows, loss });
  }
  return points;
}
