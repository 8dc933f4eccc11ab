/** What is measured before a batch is chosen: a few batches, the kernels of each, the noise of the gradients. */
import { formatShare } from '../base/format.ts';
import type { MeasuredBatch } from './batch-fit.ts';
import { fitBatches, measuredBatch } from './batch-fit.ts';
import type { MeasuredMemory } from './batch-memory.ts';
import { batchesInTurns } from './batches-in-turns.ts';
import type { KernelWork, TimedLaunch } from './kernel-work.ts';
import { kernelWork } from './kernel-work.ts';
import { editTo } from './other-batch.ts';
import type { NoiseScale } from '../analysis/gradient-noise.ts';
import type { Edit, TrialResult, Trials } from './suggestion.ts';

export interface RefineOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (text: string) => void;
}

/** Of the batch as it is; the last one only where the others show a knee. */
const FACTORS = [1, 2, 4] as const;
const KNEE_FACTOR = 8;

export interface Measurements {
  readonly measured: readonly MeasuredBatch[];
  readonly memory: readonly MeasuredMemory[];
  /** Why the batch after the last one measured does not run. */
  readonly limit: string | null;
}

/**
 * Measures 1x, 2x and 4x, and 8x where those show a knee: in turns where the shell can and there is room for all at once, else one after
 * the other up to the first that fails: that is the limit.
 */
export async function measureBatches(
  edit: Edit,
  trials: Trials,
  options: RefineOptions,
): Promise<Measurements> {
  const { signal, onProgress } = options;
  signal?.throwIfAborted();
  onProgress?.('measuring the batch as it is');
  const asItIs = measurementsOf([await trials.run(null, signal)]);
  const base = (asItIs.measured[0] as MeasuredBatch).batch;
  const batches = FACTORS.map((factor) => factor * base);
  const found =
    (await inTurns(edit, batches, trials, options)) ??
    (await oneByOne(edit, batches, asItIs, trials, options));
  if (found.limit !== null || fitBatches(found.measured).kind !== 'hinge') return found;
  const more = [...batches, KNEE_FACTOR * base];
  return (await inTurns(edit, more, trials, options)) ?? (await oneByOne(edit, more, found, trials, options));
}

function measurementsOf(results: readonly TrialResult[]): Measurements {
  return {
    measured: results.map((result) => measuredBatch([result])),
    memory: results.flatMap(({ samplesPerStep, memory }) =>
      memory ? [{ batch: samplesPerStep, memory }] : [],
    ),
    limit: null,
  };
}

/** The first of the batches is the script's own. */
async function inTurns(
  edit: Edit,
  batches: readonly number[],
  trials: Trials,
  { signal, onProgress }: RefineOptions,
): Promise<Measurements | null> {
  const list = `${batches.slice(0, -1).join(', ')} and ${batches.at(-1)}`;
  const edits = batches.map((batch, i) => (i === 0 ? null : editTo(edit, batch)));
  const results = await batchesInTurns(trials, edits, signal, (share) =>
    onProgress?.(`measuring batches of ${list} in turns: ${formatShare(share)}`),
  );
  return results && measurementsOf(results);
}

/** Those that are not in `found`, up to the first that fails. */
async function oneByOne(
  edit: Edit,
  batches: readonly number[],
  found: Measurements,
  trials: Trials,
  { signal, onProgress }: RefineOptions,
): Promise<Measurements> {
  const measured = [...found.measured];
  const memory = [...found.memory];
  for (const batch of batches.slice(measured.length)) {
    signal?.throwIfAborted();
    onProgress?.(`measuring a batch of ${batch}`);
    try {
      const made = measurementsOf([await trials.run(editTo(edit, batch), signal)]);
      measured.push(...made.measured);
      memory.push(...made.memory);
    } catch (error) {
      if (signal?.aborted) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      return { measured, memory, limit: `a batch of ${batch} does not run: ${reason}` };
    }
  }
  return { measured, memory, limit: null };
}

/** The work of the kernels, from timed runs of the measured batches; null where that cannot be had. */
export async function kernelWorkOf(
  edit: Edit,
  measured: readonly MeasuredBatch[],
  trials: Trials,
  { signal, onProgress }: RefineOptions,
): Promise<KernelWork | null> {
  if (measured.length < 3) return null;
  onProgress?.('timing the kernels of each batch');
  const batches = measured.map(({ batch }) => batch);
  const edits = batches.map((batch, i) => (i === 0 ? null : editTo(edit, batch)));
  try {
    const launches = await timedKernels(edits, trials, signal);
    return launches && kernelWork(batches.map((batch, i) => ({ batch, launches: launches[i] ?? [] })));
  } catch (error) {
    if (signal?.aborted) throw error;
    return null;
  }
}

/** Of each edit: in turns where the shell can and there is room for all at once, else one after the other. */
export async function timedKernels(
  edits: readonly (Edit | null)[],
  trials: Trials,
  signal?: AbortSignal,
): Promise<readonly (readonly TimedLaunch[])[] | null> {
  try {
    const made = await trials.kernelsInTurns?.(edits, signal);
    if (made) return made;
  } catch (error) {
    if (signal?.aborted) throw error;
  }
  if (!trials.kernels) return null;
  const made: (readonly TimedLaunch[])[] = [];
  for (const edit of edits) made.push(await trials.kernels(edit, signal));
  return made;
}

/** Null where it cannot be had: the proposal does not hang on it. */
export async function noiseOf(
  trials: Trials,
  { signal, onProgress }: RefineOptions,
): Promise<NoiseScale | null> {
  onProgress?.('measuring the noise of the gradients');
  try {
    return (await trials.gradientNoise?.(signal)) ?? null;
  } catch (error) {
    if (signal?.aborted) throw error;
    return null;
  }
}
