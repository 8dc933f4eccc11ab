/**
 * Several batches of a script measured side by side: all alive at once, one running at a time, in short windows. What slows the machine
 * down for longer than a window slows all batches of a round alike, and falls out when their steps are compared within the round.
 */
import { mean } from '../base/stats.ts';
import type { Edit, TrialResult, Trials, TurnsResult } from './suggestion.ts';
import { trimmedMean } from './trial-stats.ts';

/** Fewer rounds tell nothing of their spread. */
const LEAST_ROUNDS = 4;

/** What trials in turns gave, with the drift of the machine taken off: each step as it would be at the level of all rounds. */
export function withoutDrift({ results, rounds, roundOfStep }: TurnsResult): TrialResult[] {
  const levels = rounds.map((steps) => mean(steps.map(Math.log)));
  const level = trimmedMean(levels).mean;
  return results.map((result, i) => ({
    ...result,
    stepMs: result.stepMs.flatMap((ms, step) => {
      const own = levels[roundOfStep[i]?.[step] ?? -1];
      return own === undefined ? [] : [ms * Math.exp(level - own)];
    }),
  }));
}

/**
 * A trial of each edit, in turns. Null where the shell cannot, or one of the edits fails, or there is no room for all at once: then they
 * run one after the other, which also tells which one fails. Throws when the signal aborts.
 */
export async function batchesInTurns(
  trials: Trials,
  edits: readonly (Edit | null)[],
  signal?: AbortSignal,
  onShare?: (share: number) => void,
): Promise<TrialResult[] | null> {
  if (!trials.inTurns || edits.length < 2) return null;
  try {
    const made = await trials.inTurns(edits, signal, onShare);
    return made.rounds.length >= LEAST_ROUNDS ? withoutDrift(made) : null;
  } catch (error) {
    if (signal?.aborted) throw error;
    return null;
  }
}
