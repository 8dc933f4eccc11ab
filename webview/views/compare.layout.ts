/** Rows of a comparison: each change with its size and what to call it. Pure. */
import type { Change } from '../../src/analysis/compare.ts';

export type Outcome = 'faster' | 'slower' | 'same' | 'not certain' | 'new' | 'gone';

export interface ComparedRow {
  readonly name: string;
  readonly before: number | null;
  readonly after: number | null;
  /** After minus before; a new row counts whole, a gone one against it. */
  readonly difference: number;
  /** After over before; NaN where one is missing. */
  readonly ratio: number;
  readonly interval: Change['interval'];
  readonly outcome: Outcome;
}

/** A change smaller than this is called the same, however certain it is: nobody would act on it. */
export const SAME = 0.05;

export function comparedRows(changes: readonly Change[]): ComparedRow[] {
  return changes
    .filter(({ before, after }) => (before ?? 0) > 0 || (after ?? 0) > 0)
    .map(({ name, before, after, interval }) => {
      const ratio = before !== null && after !== null && before > 0 ? after / before : NaN;
      return {
        name,
        before,
        after,
        difference: (after ?? 0) - (before ?? 0),
        ratio,
        interval,
        outcome: outcomeOf(before, after, ratio, interval),
      };
    });
}

function outcomeOf(
  before: number | null,
  after: number | null,
  ratio: number,
  interval: Change['interval'],
): Outcome {
  if (!before) return 'new';
  if (!after) return 'gone';
  if (Math.abs(ratio - 1) < SAME) return 'same';
  if (!interval || (interval.low <= 1 && interval.high >= 1)) return 'not certain';
  return ratio < 1 ? 'faster' : 'slower';
}

/** Share of the widest bar, negative to the left: what a difference looks like. */
export function differenceBar(difference: number, rows: readonly ComparedRow[]): number {
  const most = rows.reduce((largest, row) => Math.max(largest, Math.abs(row.difference)), 0);
  return most > 0 ? difference / most : 0;
}
