/** Measures the curve batch -> throughput and memory by running the script at each batch. */
import { median } from '../base/stats.ts';
import type { BatchPoint, Edit, TrialResult, Trials } from './suggestion.ts';
import { samplesPerSecond } from './trial-stats.ts';

export interface SweepOptions {
  /** Trials of each batch; rounds go over all batches, so that drift falls on all alike. */
  readonly rounds?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: {
    readonly batch: number;
    readonly done: number;
    readonly of: number;
  }) => void;
}

export interface Sweep {
  readonly points: readonly BatchPoint[];
  /** Batches that did not run, with why: the memory limit, mostly. */
  readonly failures: readonly { readonly batch: number; readonly reason: string }[];
  /** The smallest batch with 90 % of the highest throughput; null without points. */
  readonly knee: number | null;
}

/** Powers of two from `low` to `high`, both included: 16..512 is 16, 32, ... 512. */
export function sweepBatches(low: number, high: number): number[] {
  const batches: number[] = [];
  for (let batch = low; batch < high; batch *= 2) batches.push(batch);
  return [...batches, high];
}

/** The batch of each trial, in the order they run: every second round goes backwards. */
export function sweepOrder(batches: readonly number[], rounds: number): number[] {
  return Array.from({ length: rounds }, (_, round) =>
    round % 2 === 0 ? batches : batches.toReversed(),
  ).flat();
}

const KNEE = 0.9;

export function kneeOf(points: readonly BatchPoint[]): number | null {
  const best = Math.max(...points.map((point) => point.samplesPerSecond));
  const sorted = [...points].sort((a, b) => a.batch - b.batch);
  return sorted.find((point) => point.samplesPerSecond >= KNEE * best)?.batch ?? null;
}

/** Runs every batch in rounds. A batch that fails is left out of later rounds, and so is every larger one. */
export async function sweep(
  trials: Trials,
  batches: readonly number[],
  editFor: (batch: number) => Edit | null,
  options: SweepOptions = {},
): Promise<Sweep> {
  const { rounds = 2, signal, onProgress } = options;
  const results = new Map<number, TrialResult[]>(batches.map((batch) => [batch, []]));
  const failures: { batch: number; reason: string }[] = [];
  let done = 0;
  for (const batch of sweepOrder(batches, rounds)) {
    done++;
    if (failures.some((failure) => failure.batch <= batch)) continue;
    signal?.throwIfAborted();
    onProgress?.({ batch, done, of: rounds * batches.length });
    try {
      results.get(batch)?.push(await trials.run(editFor(batch), signal));
    } catch (error) {
      if (signal?.aborted) throw error;
      failures.push({ batch, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  const points = [...results].flatMap(([batch, list]): BatchPoint[] => {
    const measured = list.filter((trial) => trial.stepMs.length > 0);
    if (measured.length === 0 || failures.some((failure) => failure.batch === batch)) return [];
    return [
      {
        batch,
        samplesPerSecond: median(measured.map(samplesPerSecond)),
        peakBytes: median(measured.map((trial) => trial.steadyPeakBytes ?? trial.peakBytes)),
        basis: 'measured',
      },
    ];
  });
  return { points, failures, knee: kneeOf(points) };
}
