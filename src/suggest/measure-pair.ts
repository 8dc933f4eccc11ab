/** One pair of trials, unedited and edited: in turns where the shell can, else one after the other. */
import { mean } from '../base/stats.ts';
import { unchangedVariance } from './steadiness.ts';
import type { Edit, TrialResult, Trials } from './suggestion.ts';
import { rowsOf, samplesPerSecond, trimmedMean } from './trial-stats.ts';

export interface Pair {
  readonly before: TrialResult;
  readonly after: TrialResult;
  /** Speed after over before. NaN when a trial recorded no steady step. */
  readonly ratio: number;
  /**
   * Variance that the logarithm of the ratio has of itself, from how the windows of the pair differ; null of trials one after the
   * other, of which one pair does not tell.
   */
  readonly variance: number | null;
}

/** Rounds of windows that tell a variance. */
const LEAST_ROUNDS = 4;

/** In turns. Throws when either script fails; which one, trials one after the other tell. */
export async function measureInTurns(
  inTurns: NonNullable<Trials['inTurns']>,
  edit: Edit,
  signal: AbortSignal | undefined,
): Promise<Pair> {
  const { results, rounds } = await inTurns([null, edit], signal);
  const [before, after] = results as [TrialResult, TrialResult];
  const rows = Math.log(rowsOf(after) / rowsOf(before));
  const logs = rounds.map(([a, b]) => rows + Math.log((a as number) / (b as number)));
  if (logs.length < LEAST_ROUNDS) throw new Error(`a pair of trials made only ${logs.length} rounds`);
  const { mean: middle, variance } = trimmedMean(logs);
  return { before, after, ratio: Math.exp(middle), variance };
}

export function pairOf(before: TrialResult, after: TrialResult): Pair {
  return { before, after, ratio: samplesPerSecond(after) / samplesPerSecond(before), variance: null };
}

/** Variance that the log ratio of a pair is known to have where nothing was changed; 0 of too few pairs. */
export function ownVariance(pairs: readonly Pair[]): number {
  const own = pairs.flatMap(({ variance }) => (variance === null ? [] : [variance]));
  if (own.length === pairs.length) return mean(own);
  return unchangedVariance(
    pairs.map(({ before }) => before),
    pairs.map(({ after }) => after),
  );
}
