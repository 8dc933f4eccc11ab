import type { SourceEdit } from '../wire/run-messages.ts';

/** The text with the edits made. Offsets are of the unedited text; what they replace must be what they say. */
export function applyEdits(text: string, edits: readonly SourceEdit[]): string {
  let edited = text;
  for (const { file, start, end, oldText, newText } of [...edits].sort((a, b) => b.start - a.start)) {
    const found = edited.slice(start, end);
    if (found !== oldText)
      throw new Error(
        `${file} has changed: '${oldText}' was expected at offset ${start}, found '${found}'. Profile it again`,
      );
    edited = edited.slice(0, start) + newText + edited.slice(end);
  }
  return edited;
}
