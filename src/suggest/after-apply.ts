/** Whether an applied change brought its gain: the profile before it against the profile after it. Pure. */
import { compareTraces } from '../analysis/compare.ts';
import type { Trace } from '../trace/model.ts';
import type { RatioInterval } from './trial-stats.ts';
import { judge } from './verify.ts';
import type { VerdictKind } from './suggestion.ts';

export interface AppliedGain extends RatioInterval {
  /** `refuted`: the gain is not there. Two runs are no proof: what one cannot tell apart is `inconclusive`. */
  readonly kind: VerdictKind;
}

/**
 * Rows a second, after over before, with the interval of the two runs' steps; steps a second where the script tells no rows.
 * Null where one of the runs has no steady step.
 */
export function appliedGain(before: Trace, after: Trace, noiseFloor: number): AppliedGain | null {
  const { step, rows } = compareTraces(before, after);
  const more = rows.before > 0 && rows.after > 0 ? rows.after / rows.before : 1;
  const { ratio, low, high } = step.ratio;
  if (!(ratio > 0)) return null;
  // Too few steps for an interval: nothing is certain then.
  const interval: RatioInterval = {
    ratio: more / ratio,
    low: high > 0 ? more / high : 0,
    high: low > 0 ? more / low : Infinity,
  };
  return { ...interval, kind: judge(interval, noiseFloor) };
}
