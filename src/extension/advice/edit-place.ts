/** Where a suggestion's edit stands in the document as it is now. Pure. */
import type { Edit } from '../../suggest/suggestion.ts';

export type EditPlace =
  | { readonly state: 'open' | 'applied'; readonly start: number; readonly end: number }
  /** Neither the old text nor the new one is where it was measured. */
  | { readonly state: 'lost' };

/** The line that now holds what the suggestion points at. */
export interface LineNow {
  readonly start: number;
  readonly end: number;
  /** Where the line began in the text that ran. */
  readonly measuredStart: number;
  /** It still says what ran. */
  readonly same: boolean;
}

/**
 * `line`: offsets of the line that now holds what the suggestion points at; null when it is gone. The literal is
 * taken only where it stands exactly once on that line: writing to a wrong place is worse than writing nothing.
 */
export function placeEdit(text: string, edit: Edit, line: LineNow | null): EditPlace {
  if (edit.oldText === '') return placeInsertion(text, edit, line);
  const atOffsets = text.slice(edit.start, edit.end) === edit.oldText;
  const within = !line || (edit.start >= line.start && edit.start <= line.end);
  if (atOffsets && within) return { state: 'open', start: edit.start, end: edit.end };
  if (!line) return { state: 'lost' };
  const old = onlyIn(text.slice(line.start, line.end), edit.oldText);
  if (old !== null)
    return { state: 'open', start: line.start + old, end: line.start + old + edit.oldText.length };
  const fresh = onlyIn(text.slice(line.start, line.end), edit.newText);
  if (fresh !== null)
    return { state: 'applied', start: line.start + fresh, end: line.start + fresh + edit.newText.length };
  return { state: 'lost' };
}

/** Nothing stands where text is put in, so that only an unchanged line tells the place. */
function placeInsertion(text: string, { start, newText }: Edit, line: LineNow | null): EditPlace {
  if (!line) return { state: 'lost' };
  const at = line.start + start - line.measuredStart;
  if (text.startsWith(newText, at)) return { state: 'applied', start: at, end: at + newText.length };
  return line.same ? { state: 'open', start: at, end: at } : { state: 'lost' };
}

/** Offset of a word in a line that has it exactly once, not as a part of a longer word or number. */
function onlyIn(line: string, word: string): number | null {
  if (word === '') return null;
  const places: number[] = [];
  for (let at = line.indexOf(word); at >= 0; at = line.indexOf(word, at + 1)) {
    const before = line[at - 1] ?? ' ';
    const after = line[at + word.length] ?? ' ';
    const cutsWord =
      (/[\w.$]/.test(before) && /^[\w$]/.test(word)) || (/[\w.$]/.test(after) && /[\w$]$/.test(word));
    if (!cutsWord) places.push(at);
  }
  return places.length === 1 ? places[0]! : null;
}
