/** GPU time of each timed steady step, by any key of a launch: what intervals over steps are made of. */
import type { Trace } from '../trace/model.ts';
import { hasTime, selectSteps, stepRows } from './selection.ts';

export interface StepSums {
  /** Ns of each step; steps in which a key did not run count as zero. */
  readonly ns: Float64Array;
  /** Dispatches of each step. */
  readonly count: Float64Array;
}

/** `keysOf`: one launch may count for several keys (a layer and those above it). */
export function stepSums(trace: Trace, keysOf: (launch: number) => readonly string[]): Map<string, StepSums> {
  const { dispatches, launches } = trace.tables;
  const { timed } = selectSteps(trace);
  const rows = stepRows(trace, timed);
  const sums = new Map<string, StepSums>();
  const ofLaunch = Array.from({ length: launches.length }, (_, launch) =>
    keysOf(launch).map((key) => {
      let entry = sums.get(key);
      if (!entry) {
        entry = { ns: new Float64Array(timed.length), count: new Float64Array(timed.length) };
        sums.set(key, entry);
      }
      return entry;
    }),
  );
  for (let i = 0; i < dispatches.length; i++) {
    const slot = rows.get(dispatches.step[i] as number);
    if (slot === undefined || !hasTime(trace, i)) continue;
    const ns = (dispatches.endNs[i] as number) - (dispatches.startNs[i] as number);
    for (const entry of ofLaunch[dispatches.launch[i] as number] ?? []) {
      entry.ns[slot] = (entry.ns[slot] as number) + ns;
      entry.count[slot] = (entry.count[slot] as number) + 1;
    }
  }
  return sums;
}
