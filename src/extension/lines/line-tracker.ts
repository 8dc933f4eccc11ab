/**
 * Where measured lines are after edits, and whether they still say what was measured. Pure. A line is followed through
 * each change by position; whether it is stale is decided by its text alone, so that undo makes it fresh again.
 */

/** A change of text as editors report it: 0-based positions before the change. */
export interface TextChange {
  readonly startLine: number;
  readonly startColumn: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly text: string;
}

export interface TrackedLine {
  /** 1-based, as measured. */
  readonly measuredLine: number;
  /** 0-based, now. Null: its whole line was deleted. */
  readonly line: number | null;
  /** What the line said when it was measured. */
  readonly text: string;
}

export function trackLines(
  measuredLines: Iterable<number>,
  textOfLine: (line: number) => string | undefined,
): TrackedLine[] {
  return [...new Set(measuredLines)].flatMap((measuredLine) => {
    const text = textOfLine(measuredLine - 1);
    return text === undefined ? [] : [{ measuredLine, line: measuredLine - 1, text: text.trim() }];
  });
}

/** Follows a line through one change. */
export function moveLine(tracked: TrackedLine, change: TextChange): TrackedLine {
  const { line } = tracked;
  if (line === null || change.startLine > line) return tracked;
  const startsInside = change.startLine === line && change.startColumn > 0;
  if (change.endLine > line) return startsInside ? tracked : { ...tracked, line: null };
  if (startsInside) return tracked;
  // The change ends above the line or before its text: the line slides by what was put in less what was taken out.
  const added = change.text.split('\n').length - 1;
  return { ...tracked, line: line + added - (change.endLine - change.startLine) };
}

/**
 * Puts lost lines back where their very text stands exactly once and no other line claims it: a cut and paste, a
 * deletion undone, a formatter that replaced the whole file.
 */
export function findLost(tracked: readonly TrackedLine[], lines: readonly string[]): TrackedLine[] {
  const at = new Map<string, number[]>();
  lines.forEach((text, line) => {
    const key = text.trim();
    at.set(key, [...(at.get(key) ?? []), line]);
  });
  const isFresh = (line: TrackedLine): boolean =>
    line.line !== null && lines[line.line]?.trim() === line.text;
  const taken = new Set(tracked.filter(isFresh).map(({ line }) => line));
  return tracked.map((line) => {
    if (isFresh(line)) return line;
    const places = (at.get(line.text) ?? []).filter((place) => !taken.has(place));
    return places.length === 1 ? { ...line, line: places[0]! } : line;
  });
}
