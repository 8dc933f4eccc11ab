/** Trials of a change: the script with an edit in memory, untimed so that the instrument does not weigh in, one at a time. */
import { median } from '../base/stats.ts';
import { noiseScaleOf } from '../analysis/gradient-noise.ts';
import { memoryPeak } from '../analysis/memory.ts';
import { memoryLimitsOf } from '../analysis/memory-limit.ts';
import { timedLaunches } from '../suggest/timed-launches.ts';
import { processorUse } from '../analysis/processor-use.ts';
import { selectSteps } from '../analysis/selection.ts';
import { stepDurations } from '../analysis/steps.ts';
import type { Trace } from '../trace/model.ts';
import type { Edit, LossPoint, TrialResult, Trials } from '../suggest/suggestion.ts';
import type { ProfileCallbacks, ProfileOptions } from './profile.ts';
import { profileScript } from './profile.ts';

export interface TrialOptions extends Omit<ProfileOptions, 'edits' | 'mode' | 'traceFile'> {
  /** Steps of one trial, warm-up included. */
  readonly steps: number;
}

/** Pairs of batches need more steps than a median does. */
const NOISE_STEPS = 100;

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
  return {
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
  const samples = steady
    .map((step) => tables.steps.samples[step] as number)
    .filter((count) => Number.isFinite(count));
  const steadyPeak = memoryPeak(trace, tables.steps.startNs[steady[0] as number]);
  const limits = memoryLimitsOf(trace);
  const processor = trace.meta.adapter?.software
    ? processorUse(
        trace,
        tables.steps.startNs[steady[0] as number] as number,
        tables.steps.endNs[steady.at(-1) as number] as number,
      )
    : null;
  return {
    ...(processor ? { processor } : {}),
    stepMs: Array.from(stepDurations(trace, steady), (ns) => ns / 1e6),
    samplesPerStep: median(samples),
    peakBytes: memoryPeak(trace).bytes,
    steadyPeakBytes: steadyPeak.bytes,
    memory: {
      byRole: steadyPeak.byRole,
      largestBytes: Math.max(
        0,
        ...steadyPeak.alive.map((buffer) => tables.buffers.sizeBytes[buffer] as number),
      ),
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
