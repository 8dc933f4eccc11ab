/** From a predicted suggestion to one with a verdict: refine the proposal where the rule can measure it, then verify. */
import { ruleOf } from './rules/index.ts';
import type { Suggestion, Trials } from './suggestion.ts';
import type { VerifyOptions } from './verify.ts';
import { verifySuggestion } from './verify.ts';

/** Throws when the unedited script fails or the signal aborts. */
export async function proveSuggestion(
  suggestion: Suggestion,
  trials: Trials,
  options: VerifyOptions = {},
): Promise<Suggestion> {
  const rule = ruleOf(suggestion);
  const { signal, onProgress, maxPairs = 8 } = options;
  const refined = rule?.refine
    ? await rule.refine(suggestion, trials, {
        ...(signal ? { signal } : {}),
        onProgress: (text) => onProgress?.({ trial: 1, maxTrials: 2 * maxPairs, text }),
      })
    : suggestion;
  if (refined === null)
    return {
      ...suggestion,
      verdict: {
        kind: 'refuted',
        speedup: 1,
        low: 1,
        high: 1,
        trials: 3,
        reason: 'measured at 1x, 2x and 4x, a larger batch gives little more',
      },
    };
  return { ...refined, verdict: await verifySuggestion(refined, rule, trials, options) };
}
