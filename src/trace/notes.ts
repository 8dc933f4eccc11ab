/**
 * Notes on a trace: what a person wrote at a moment or a stretch of it. They live in a small file beside the trace, one note a
 * line, so that a pull request shows who noted what, and two people's notes merge.
 */
import type { Result } from '../base/result.ts';
import { err, ok } from '../base/result.ts';
import type { Trace } from './model.ts';

export interface Note {
  /** A stretch of the trace's time, ns; a moment where both are equal. */
  readonly fromNs: number;
  readonly toNs: number;
  /** The step it begins in, for people who read the file; null outside of steps. */
  readonly step: number | null;
  readonly text: string;
}

const VERSION = 1;
const MOST_NOTES = 10_000;
const MOST_LETTERS = 4000;

/** The file of a trace file's notes: beside it, under its name. */
export function notesFileOf(traceFile: string): string {
  return `${traceFile}.notes.json`;
}

export function writeNotes(notes: readonly Note[]): string {
  const lines = sortedNotes(notes).map(({ step, fromNs, toNs, text }) =>
    JSON.stringify({ step, fromNs, toNs, text }),
  );
  return `{ "version": ${VERSION}, "notes": [\n${lines.map((line) => `  ${line}`).join(',\n')}\n] }\n`;
}

/** The error says what is wrong and in which note. */
export function readNotes(text: string): Result<readonly Note[], string> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return err(`not JSON: ${(error as Error).message}`);
  }
  const { version, notes } = (json ?? {}) as { version?: unknown; notes?: unknown };
  if (version !== VERSION)
    return err(`version ${JSON.stringify(version)}; this Kernelscope reads ${VERSION}`);
  return checkNotes(notes);
}

/** Notes as they come over a border: a file, or a message of a view. */
export function checkNotes(value: unknown): Result<readonly Note[], string> {
  if (!Array.isArray(value)) return err('notes is not a list');
  if (value.length > MOST_NOTES) return err(`${value.length} notes; at most ${MOST_NOTES} are read`);
  const notes: Note[] = [];
  for (const [i, entry] of value.entries()) {
    const { fromNs, toNs, step, text } = (entry ?? {}) as Record<string, unknown>;
    if (!isTime(fromNs) || !isTime(toNs) || toNs < fromNs)
      return err(`notes[${i}]: fromNs and toNs must be numbers, in order`);
    if (typeof text !== 'string' || text.length > MOST_LETTERS)
      return err(`notes[${i}].text must be a text of at most ${MOST_LETTERS} letters`);
    notes.push({ fromNs, toNs, step: Number.isInteger(step) ? (step as number) : null, text });
  }
  return ok(sortedNotes(notes));
}

/** A note on a stretch of time, with the step it begins in. */
export function noteAt(trace: Trace, fromNs: number, toNs: number, text: string): Note {
  const { steps } = trace.tables;
  let step: number | null = null;
  for (let row = 0; row < steps.length; row++)
    if ((steps.startNs[row] as number) <= fromNs && fromNs <= (steps.endNs[row] as number))
      step = steps.index[row] as number;
  // Whole nanoseconds: fractions of them would only make lines of the file differ.
  return { fromNs: Math.round(fromNs), toNs: Math.round(toNs), step, text };
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function sortedNotes(notes: readonly Note[]): readonly Note[] {
  return [...notes].sort((a, b) => a.fromNs - b.fromNs || a.toNs - b.toNs); // prettier-ignore
}
