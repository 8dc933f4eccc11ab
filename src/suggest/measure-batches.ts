/** What is measured before a batch is chosen: a few batches, the kernels of two of them, the noise of the gradients. */
import { formatShare } from '../base/format.ts';
import type { MeasuredBatch, Work } from './batch-fit.ts';
import { fitBatches, measuredBatch } from './batch-fit.ts';
import type { MeasuredMemory } from './batch-memory.ts';
import { stairsOf } from './batch-stairs.ts';
import { batchesInTurns } from './batches-in-turns.ts';
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

/** The kernels' staircase from timed runs of the smallest and the largest batch; undefined where that cannot be had. */
export async function stairsBetween(
  edit: Edit,
  measured: readonly MeasuredBatch[],
  trials: Trials,
  { signal, onProgress }: RefineOptions,
): Promise<Work | undefined> {
  const [small, large] = [measured[0] as MeasuredBatch, measured.at(-1) as MeasuredBatch];
  if (!trials.kernels || measured.length < 3) return undefined;
  onProgress?.('timing the kernels of the smallest and the largest batch');
  try {
    const timed = [
      { batch: small.batch, launches: await trials.kernels(null, signal) },
      { batch: large.batch, launches: await trials.kernels(editTo(edit, large.batch), signal) },
    ] as const;
    return stairsOf(timed) ?? undefined;
  } catch (error) {
    if (signal?.aborted) throw error;
    return undefined;
  }
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
