/** Submits of a steady step. */
import { median } from '../base/stats.ts';
import type { Trace } from '../trace/model.ts';
import { selectSteps, stepRows } from './selection.ts';

export interface StepSubmits {
  /** Per steady step, on average. Passes are of untimed steps where there are any: timing splits passes. */
  readonly submits: number;
  readonly dispatches: number;
  readonly passes: number;
  /** Median time of one submit call, ns. */
  readonly callNs: number;
}

export function stepSubmits(trace: Trace): StepSubmits {
  const { submits } = trace.tables;
  const { steady, untimed } = selectSteps(trace);
  const chosen = untimed.length > 0 ? untimed : steady;
  const rows = stepRows(trace, chosen);
  const calls: number[] = [];
  let passes = 0;
  let dispatches = 0;
  for (let i = 0; i < submits.length; i++) {
    if (!rows.has(submits.step[i] as number)) continue;
    calls.push((submits.endNs[i] as number) - (submits.startNs[i] as number));
    passes += submits.passes[i] as number;
    dispatches += submits.dispatches[i] as number;
  }
  const n = Math.max(1, chosen.length);
  return { submits: calls.length / n, dispatches: dispatches / n, passes: passes / n, callNs: median(calls) };
}
