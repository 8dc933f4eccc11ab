/** What an edit does to the loss, from runs of their own where the trials' scripts hardly read it. */
import type { LossComparison, LossCurve } from './loss-curves.ts';
import { compareLosses, tellsLosses } from './loss-curves.ts';
import type { Edit, TrialResult, Trials } from './suggestion.ts';

export interface LossRuns {
  readonly before: readonly LossCurve[];
  readonly after: readonly LossCurve[];
}

/**
 * One run of each side; where their curves differ two, since a script that draws at random differs from itself. Null where the script's
 * library does not tell its losses. Throws when a run fails or the signal aborts.
 */
export async function lossRuns(
  trials: Trials,
  edit: Edit,
  signal: AbortSignal | undefined,
): Promise<LossRuns | null> {
  if (!trials.losses) return null;
  const before = [await trials.losses(null, signal)];
  if (!tellsLosses(before)) return null;
  const after = [await trials.losses(edit, signal)];
  if (!compareLosses(before, after)?.change) return { before, after };
  before.push(await trials.losses(null, signal));
  after.push(await trials.losses(edit, signal));
  return { before, after };
}

/** From the runs made for it, else from the trials. */
export function comparedLosses(
  runs: LossRuns | null,
  before: readonly TrialResult[],
  after: readonly TrialResult[],
): LossComparison | null {
  const of = (results: readonly TrialResult[]): LossCurve[] => results.map((result) => result.losses);
  return runs ? compareLosses(runs.before, runs.after) : compareLosses(of(before), of(after));
}
