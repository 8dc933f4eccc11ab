/** Which steps and dispatches a statistic may rest on: warm-up and untimed rows are left out in one place. */
import { DISPATCH_FLAGS, STEP_FLAGS } from '../trace/model.ts';
import type { Trace } from '../trace/model.ts';

/** True where the dispatch has a GPU time of its own (or a share of its group's). */
export function hasTime(trace: Trace, dispatch: number): boolean {
  const { startNs, endNs } = trace.tables.dispatches;
  return (endNs[dispatch] as number) > (startNs[dispatch] as number);
}

/** True where the dispatch has a time and is no warm-up. */
export function isSteady(trace: Trace, dispatch: number): boolean {
  return (
    ((trace.tables.dispatches.flags[dispatch] as number) & DISPATCH_FLAGS.warmup) === 0 &&
    hasTime(trace, dispatch)
  );
}

export interface StepSelection {
  /** Rows of `steps`, finished and no warm-up. All finished steps when every one is warm-up. */
  readonly steady: readonly number[];
  /** Those with every dispatch timed, and those with none. */
  readonly timed: readonly number[];
  readonly untimed: readonly number[];
}

export function selectSteps(trace: Trace): StepSelection {
  const { steps } = trace.tables;
  const finished: number[] = [];
  for (let i = 0; i < steps.length; i++)
    if ((steps.endNs[i] as number) > (steps.startNs[i] as number)) finished.push(i);
  const warm = finished.filter((i) => ((steps.flags[i] as number) & STEP_FLAGS.warmup) === 0);
  const steady = warm.length > 0 ? warm : finished;
  const isTimed = (i: number): boolean => ((steps.flags[i] as number) & STEP_FLAGS.timed) !== 0;
  return { steady, timed: steady.filter(isTimed), untimed: steady.filter((i) => !isTimed(i)) };
}

/** For each step index (the script's own count), the row of `steps` it has in the selection, or -1. */
export function stepRows(trace: Trace, rows: readonly number[]): ReadonlyMap<number, number> {
  return new Map(rows.map((row, at) => [trace.tables.steps.index[row] as number, at]));
}
