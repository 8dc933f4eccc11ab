/** How many processor cores a run's process, and other programs beside it, used in a part of the run. */
import { PROCESSOR_SERIES } from '../trace/series-names.ts';
import type { Trace } from '../trace/model.ts';

export interface CoresUsed {
  readonly ownCores: number;
  readonly otherCores: number;
}

/**
 * Means over the samples whose time lies in [startNs, endNs], weighted by what each stands for: the time since the one before. The
 * first one in the part may reach back before it. Null with fewer than two samples, or where the run did not tell.
 */
export function processorUse(trace: Trace, startNs: number, endNs: number): CoresUsed | null {
  const own = meanOf(trace, PROCESSOR_SERIES.own, startNs, endNs);
  const others = meanOf(trace, PROCESSOR_SERIES.others, startNs, endNs);
  return own === null || others === null ? null : { ownCores: own, otherCores: others };
}

/**
 * Of the processor time used while the steps ran, the share that other programs took, where the script computes on the processor: so
 * much of a wait may be theirs. 0 on a GPU, and where the run did not tell.
 */
export function otherProgramsShare(trace: Trace): number {
  const { steps } = trace.tables;
  if (!trace.meta.adapter?.software || steps.length === 0) return 0;
  const from = steps.startNs[0] as number;
  const to = steps.endNs[steps.length - 1] as number;
  const use = processorUse(trace, from, to);
  return use === null ? 0 : use.otherCores / (use.ownCores + use.otherCores) || 0;
}

function meanOf(trace: Trace, name: string, startNs: number, endNs: number): number | null {
  const wanted = trace.series.findIndex((series) => series.name === name);
  if (wanted < 0) return null;
  const { length, series, atNs, value } = trace.tables.samples;
  let [count, weights, total] = [0, 0, 0];
  let before = NaN;
  for (let i = 0; i < length; i++) {
    if (series[i] !== wanted) continue;
    const at = atNs[i] as number;
    if (at >= startNs && at <= endNs && Number.isFinite(before)) {
      count++;
      weights += at - before;
      total += (at - before) * (value[i] as number);
    }
    before = at;
  }
  return count < 2 ? null : total / weights;
}
