/** One piece of advice: when it speaks, what it says, and how its proof is judged. */
import type { Facts } from './facts.ts';
import type { SourceFinder } from './source-finder.ts';
import type { RefineOptions } from './measure-batches.ts';
import type { Suggestion, TrialResult, Trials } from './suggestion.ts';

export interface Rule {
  readonly id: string;
  readonly title: string;
  /** True when the edit must leave the training result as it is, so that a trial with another loss curve refutes it. */
  readonly keepsResults: boolean;
  /** True when it says how far the figures of the others can be trusted: it is told first. */
  readonly validity?: true;
  /** Rules that this one silences when it speaks: their figures would mislead, or this must be mended first. */
  hides?(facts: Facts): readonly string[];
  /** Suggestions the trace supports; none rather than a vague one. */
  inspect(facts: Facts, source: SourceFinder): Suggestion[];
  /** Measures before the proof what the proposal should be; null when it should not be made after all. */
  refine?(suggestion: Suggestion, trials: Trials, options: RefineOptions): Promise<Suggestion | null>;
  /** Why a trial of the edit says nothing (the edit did not reach what it was to change); null when it does. */
  checkTrial?(before: TrialResult, after: TrialResult, suggestion: Suggestion): string | null;
}
