/** How many processor cores a run's process, and other programs beside it, used in a part of the run. */
import { PROCESSOR_SERIES } from '../trace/series-names.ts';
import type { Trace } from '../trace/model.ts';

/** Of the part asked for: else its mean is not known. */
const LEAST_KNOWN = 0.5;

export interface CoresUsed {
  readonly ownCores: number;
  readonly otherCores: number;
}

/**
 * Means over [startNs, endNs]: a sample is the mean since the one before. On a busy machine they come seconds apart, so that part of one counts
 * for the part of its time. Null where they tell of less than half of it.
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
  let [known, total] = [0, 0];
  let before = NaN;
  for (let i = 0; i < length; i++) {
    if (series[i] !== wanted) continue;
    const at = atNs[i] as number;
    const within = Math.min(at, endNs) - Math.max(before, startNs);
    if (within > 0) {
      known += within;
      total += within * (value[i] as number);
    }
    before = at;
  }
  return known > LEAST_KNOWN * (endNs - startNs) ? total / known : null;
}
