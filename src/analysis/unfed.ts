/**
 * What the GPU waits for while it has no work of a step: from the end of the step before to the step's first submit. That is seen of
 * untimed steps and needs no kernel's time. It is the least that the GPU waits: after the first submit only timed steps tell.
 */
import type { Trace } from '../trace/model.ts';
import type { IdleCause } from './idle.ts';
import { idleCovers, noIdle, takeCovered } from './idle.ts';
import { gapsWithin, NO_INTERVALS, totalLength } from './intervals.ts';
import { selectSteps, stepRows } from './selection.ts';
import { usualSteps } from './steps.ts';

export interface UnfedStep {
  /** Of the whole step, ns. */
  readonly durationNs: number;
  /** Ns before its first submit, by the causes that the trace shows. */
  readonly byCause: Readonly<Record<IdleCause, number>>;
  /** What none of them covers: the script recorded the step, or did something else, or was observed. */
  readonly restNs: number;
}

/**
 * The steady steps that tell, untimed ones where there are any: those that nothing held up, and that begin where the one before ended.
 * Work between two steps (an evaluation) would keep the GPU busy.
 */
export function unfedSteps(trace: Trace): UnfedStep[] {
  const { steps } = trace.tables;
  const { steady, untimed } = selectSteps(trace);
  const chosen = usualSteps(trace, untimed.length > 0 ? untimed : steady);
  const submitted = firstSubmits(trace, chosen);
  const covers = idleCovers(trace);
  return chosen.flatMap((step, at) => {
    const [startNs, endNs] = [steps.startNs[step] as number, steps.endNs[step] as number];
    const submitNs = submitted[at] as number;
    if (step === 0 || startNs !== steps.endNs[step - 1] || !Number.isFinite(submitNs)) return [];
    const byCause = noIdle();
    const rest = takeCovered(gapsWithin(NO_INTERVALS, startNs, submitNs), covers, (part, cause) => {
      byCause[cause] += totalLength(part);
    });
    return [{ durationNs: endNs - startNs, byCause, restNs: totalLength(rest) }];
  });
}

/** When the first submit of each step was called; infinite of one that has none. */
function firstSubmits(trace: Trace, chosen: readonly number[]): number[] {
  const { submits } = trace.tables;
  const rows = stepRows(trace, chosen);
  const first = Array<number>(chosen.length).fill(Infinity);
  for (let i = 0; i < submits.length; i++) {
    const row = rows.get(submits.step[i] as number);
    if (row !== undefined) first[row] = Math.min(first[row] as number, submits.startNs[i] as number);
  }
  return first;
}
