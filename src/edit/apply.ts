/** Edits applied to text. What must stand there is checked first: a stale edit is refused, never guessed. */
import type { Result } from '../base/result.ts';
import { err, ok } from '../base/result.ts';
import type { Edit } from '../suggest/suggestion.ts';

/** The text with all edits of one file applied. Offsets refer to the text as given; edits must not overlap. */
export function applyEdits(text: string, edits: readonly Edit[]): Result<string, string> {
  const sorted = [...edits].sort((a, b) => a.start - b.start);
  const parts: string[] = [];
  let at = 0;
  for (const edit of sorted) {
    if (!(edit.start >= 0 && edit.end >= edit.start && edit.end <= text.length))
      return err(`edit ${edit.start}..${edit.end} lies outside the text`);
    if (edit.start < at) return err(`edits overlap at ${edit.start}`);
    const found = text.slice(edit.start, edit.end);
    if (found !== edit.oldText)
      return err(
        `the source changed: expected ${JSON.stringify(edit.oldText)} at ${edit.start}, found ${JSON.stringify(found)}`,
      );
    parts.push(text.slice(at, edit.start), edit.newText);
    at = edit.end;
  }
  parts.push(text.slice(at));
  return ok(parts.join(''));
}

/** The edit that takes another back, in the text it was applied to. */
export function reverseEdit(edit: Edit): Edit {
  return { ...edit, end: edit.start + edit.newText.length, oldText: edit.newText, newText: edit.oldText };
}
