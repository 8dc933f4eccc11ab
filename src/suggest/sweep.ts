/** Measures the curve batch -> throughput and memory by running the script at each batch. */
import { median } from '../base/stats.ts';
import { batchesInTurns } from './batches-in-turns.ts';
import type { BatchPoint, Edit, TrialResult, Trials } from './suggestion.ts';
import { samplesPerSecond } from './trial-stats.ts';

export interface SweepOptions {
  /** Trials of each batch; rounds go over all batches, so that drift falls on all alike. */
  readonly rounds?: number;
  readonly signal?: AbortSignal;
  /** `batches`: those that are being measured; `done` of `of` trials. */
  readonly onProgress?: (progress: {
    readonly batches: readonly number[];
    readonly done: number;
    readonly of: number;
  }) => void;
}

const ROUNDS = 2;

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

/** What has been measured of each batch so far. */
class Measured {
  readonly failures: { readonly batch: number; readonly reason: string }[] = [];
  readonly #results: ReadonlyMap<number, TrialResult[]>;

  constructor(batches: readonly number[]) {
    this.#results = new Map(batches.map((batch) => [batch, []]));
  }

  /** Batches below the first that failed, smallest first. */
  get left(): number[] {
    const limit = Math.min(...this.failures.map(({ batch }) => batch));
    return [...this.#results.keys()].filter((batch) => batch < limit).sort((a, b) => a - b);
  }

  add(batch: number, result: TrialResult): void {
    this.#results.get(batch)?.push(result);
  }

  /** Runs a batch by itself; false where it fails. Throws when the signal aborts. */
  async run(trials: Trials, batch: number, edit: Edit | null, signal?: AbortSignal): Promise<boolean> {
    try {
      this.add(batch, await trials.run(edit, signal));
      return true;
    } catch (error) {
      if (signal?.aborted) throw error;
      this.failures.push({ batch, reason: error instanceof Error ? error.message : String(error) });
      return false;
    }
  }

  curve(): Sweep {
    const points = this.left.flatMap((batch): BatchPoint[] => {
      const measured = this.#results.get(batch)?.filter((trial) => trial.stepMs.length > 0) ?? [];
      if (measured.length === 0) return [];
      return [
        {
          batch,
          samplesPerSecond: median(measured.map(samplesPerSecond)),
          peakBytes: median(measured.map((trial) => trial.steadyPeakBytes ?? trial.peakBytes)),
          basis: 'measured',
        },
      ];
    });
    return { points, failures: this.failures, knee: kneeOf(points) };
  }
}

type EditFor = (batch: number) => Edit | null;

/**
 * Measures every batch, `rounds` times: all in turns where the shell can, else one after the other. A batch that fails by itself is
 * left out, and so is every larger one.
 */
export async function sweep(
  trials: Trials,
  batches: readonly number[],
  editFor: EditFor,
  options: SweepOptions = {},
): Promise<Sweep> {
  const measured = new Measured(batches);
  if (!(await allInTurns(measured, trials, editFor, options)))
    await oneAfterTheOther(measured, trials, editFor, options);
  return measured.curve();
}

/** False where they cannot run in turns although each runs by itself. */
async function allInTurns(
  measured: Measured,
  trials: Trials,
  editFor: EditFor,
  { rounds = ROUNDS, signal, onProgress }: SweepOptions,
): Promise<boolean> {
  let made = 0;
  while (made < rounds) {
    signal?.throwIfAborted();
    const batches = measured.left;
    const largest = batches.at(-1);
    if (!trials.inTurns || largest === undefined || batches.length < 2) return false;
    const of = rounds * batches.length;
    const onShare = (share: number): void =>
      onProgress?.({ batches, done: Math.floor((made + share) * batches.length), of });
    onShare(0);
    const results = await batchesInTurns(trials, batches.map(editFor), signal, onShare);
    if (results) {
      batches.forEach((batch, i) => measured.add(batch, results[i] as TrialResult));
      made++;
    } else if (await measured.run(trials, largest, editFor(largest), signal)) return false;
  }
  return true;
}

async function oneAfterTheOther(
  measured: Measured,
  trials: Trials,
  editFor: EditFor,
  { rounds = ROUNDS, signal, onProgress }: SweepOptions,
): Promise<void> {
  const order = sweepOrder(measured.left, rounds);
  for (const [done, batch] of order.entries()) {
    if (!measured.left.includes(batch)) continue;
    signal?.throwIfAborted();
    onProgress?.({ batches: [batch], done: done + 1, of: order.length });
    await measured.run(trials, batch, editFor(batch), signal);
  }
}
