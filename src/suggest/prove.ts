/** From a predicted suggestion to one with a verdict: refine the proposal where the rule can measure it, then verify. */
import { ruleOf } from './rules/index.ts';
import type { Suggestion, Trials } from './suggestion.ts';
import { MOST_PAIRS } from './trial-stats.ts';
import type { VerifyOptions } from './verify.ts';
import { verifySuggestion } from './verify.ts';

/** Time for the proof of one suggestion, where nobody says another. package.json has it as the default of the setting. */
export const PROOF_BUDGET_SECONDS = 150;

/** Throws when the unedited script fails or the signal aborts. */
export async function proveSuggestion(
  suggestion: Suggestion,
  trials: Trials,
  options: VerifyOptions = {},
): Promise<Suggestion> {
  const rule = ruleOf(suggestion);
  const { signal, onProgress, maxPairs = MOST_PAIRS } = options;
  // A curve measured once shows where to look, not a verdict: where it sees nothing better, the proposal as predicted
  // is tried all the same, and the alternating trials decide.
  const refined =
    (await rule?.refine?.(suggestion, trials, {
      ...(signal ? { signal } : {}),
      onProgress: (text) => onProgress?.({ trial: 1, maxTrials: 2 * maxPairs, text }),
    })) ?? suggestion;
  return { ...refined, verdict: await verifySuggestion(refined, rule, trials, options) };
}
