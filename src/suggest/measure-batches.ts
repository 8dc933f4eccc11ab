/** What is measured before a batch is chosen: a few batches, the kernels of two of them, the noise of the gradients. */
import type { MeasuredBatch, Work } from './batch-fit.ts';
import { fitBatches, measuredBatch } from './batch-fit.ts';
import type { MeasuredMemory } from './batch-memory.ts';
import { stairsOf } from './batch-stairs.ts';
import { editTo } from './other-batch.ts';
import type { NoiseScale } from '../analysis/gradient-noise.ts';
import type { Edit, Trials } from './suggestion.ts';

export interface RefineOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (text: string) => void;
}

const FACTORS = [1, 2, 4] as const;

export interface Measurements {
  readonly measured: readonly MeasuredBatch[];
  readonly memory: readonly MeasuredMemory[];
  /** Why the batch after the last one measured does not run. */
  readonly limit: string | null;
}

/** Measures 1x, 2x and 4x, and 8x where those show a knee. Stops at the first batch that fails: that is the limit. */
export async function measureBatches(
  edit: Edit,
  trials: Trials,
  { signal, onProgress }: RefineOptions,
): Promise<Measurements> {
  const measured: MeasuredBatch[] = [];
  const memory: MeasuredMemory[] = [];
  let limit: string | null = null;
  const run = async (batch: number | null): Promise<void> => {
    signal?.throwIfAborted();
    onProgress?.(batch === null ? 'measuring the batch as it is' : `measuring a batch of ${batch}`);
    const result = await trials.run(batch === null ? null : editTo(edit, batch), signal);
    measured.push(measuredBatch([result]));
    if (result.memory) memory.push({ batch: result.samplesPerStep, memory: result.memory });
  };
  await run(null);
  const base = (measured[0] as MeasuredBatch).batch;
  const rest = FACTORS.slice(1).map((factor) => factor * base);
  for (let i = 0; i < rest.length && limit === null; i++) {
    const batch = rest[i] as number;
    try {
      await run(batch);
    } catch (error) {
      if (signal?.aborted) throw error;
      limit = `a batch of ${batch} does not run: ${error instanceof Error ? error.message : String(error)}`;
    }
    if (
      i === rest.length - 1 &&
      batch === 4 * base &&
      limit === null &&
      fitBatches(measured).kind === 'hinge'
    )
      rest.push(8 * base);
  }
  return { measured, memory, limit };
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
