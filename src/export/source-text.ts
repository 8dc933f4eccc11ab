/** One line on what of the person's own source differs between two runs. */
import type { SourceChanges } from '../analysis/source-changes.ts';

/** Empty where a trace does not say what ran. */
export function sourceText({ changes, same }: SourceChanges): string {
  if (changes.length > 0) return changes.map(({ name, kind }) => `${name} ${kind}`).join(', ');
  return same > 0 ? 'the same text: what differs is the machine, or the data' : '';
}
