/** All rules, and what they say about a trace. */
import type { Trace } from '../../trace/model.ts';
import { Facts } from '../facts.ts';
import type { Rule } from '../rule.ts';
import type { SourceFinder } from '../source-finder.ts';
import type { Suggestion } from '../suggestion.ts';
import { batchSize } from './batch-size.ts';

export const RULES: readonly Rule[] = [batchSize];

/** The rule a suggestion came from. */
export function ruleOf(suggestion: Suggestion): Rule | undefined {
  return RULES.find((rule) => rule.id === suggestion.rule);
}

/** What the rules say, largest predicted gain first; a rule that another one hides is left out. */
export function suggestionsFor(
  trace: Trace,
  source: SourceFinder,
  rules: readonly Rule[] = RULES,
): Suggestion[] {
  const facts = new Facts(trace);
  const spoken = rules
    .map((rule) => ({ rule, said: rule.inspect(facts, source) }))
    .filter(({ said }) => said.length > 0);
  const hidden = new Set(spoken.flatMap(({ rule }) => rule.hides ?? []));
  return spoken
    .filter(({ rule }) => !hidden.has(rule.id))
    .flatMap(({ said }) => said)
    .sort((a, b) => b.predicted.speedup - a.predicted.speedup);
}
