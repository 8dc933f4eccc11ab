/** A report as a language model is told it: short, with lines cited, and the ids by which its suggestions are proved. */
import type { Report } from './report-model.ts';
import { textReport } from './text.ts';

/** Kernels named; the rest is summed by families in the report's own figures. */
export const MOST_FOR_MODELS = 8;

/** `base`: folder that paths are shown relative to. */
export function modelText(facts: Report, base: string): string {
  const ids = facts.suggestions.map(
    ({ id, title, edit }) => `- ${id}: ${title}${edit ? '' : ' (no single edit)'}`,
  );
  const list = ids.length > 0 ? `\nSuggestion ids:\n${ids.join('\n')}\n` : '';
  return `${textReport(facts, { most: MOST_FOR_MODELS, base })}${list}`;
}
