/** Speed of trials, and the ratio of two with an interval that holds although trials stop when it is narrow. */
import { mean, median, sortedCopy, sum } from '../base/stats.ts';
import type { TrialResult } from './suggestion.ts';

/** Rows a second of a trial: the median steady step. NaN when it had none. Steps a second, where the script tells no rows. */
export function samplesPerSecond(trial: TrialResult): number {
  return (rowsOf(trial) / median(trial.stepMs)) * 1000;
}

/** Rows of a step; 1 where the script tells none. */
export function rowsOf({ samplesPerStep }: TrialResult): number {
  return Number.isFinite(samplesPerStep) ? samplesPerStep : 1;
}

/** Share of the values that a trimmed mean leaves out at each end. */
const TRIM = 0.1;

/**
 * Mean without the tenth at each end, and its variance by the winsorized sample (Tukey and McLaughlin, Sankhya A 25, 1963). Of fewer
 * than ten values, which have no tenth, the plain mean.
 */
export function trimmedMean(values: readonly number[]): {
  readonly mean: number;
  readonly variance: number;
} {
  const n = values.length;
  const cut = Math.floor(TRIM * n);
  const sorted = sortedCopy(values);
  const kept = n - 2 * cut;
  const winsorized = sorted.map((_, i) => sorted[Math.min(Math.max(i, cut), n - 1 - cut)] as number);
  const middle = mean(winsorized);
  const squares = sum(winsorized.map((x) => (x - middle) ** 2));
  return {
    mean: mean(sorted.subarray(cut, n - cut)),
    // (n - 1) s_w^2 / (h (h - 1)), h values kept.
    variance: kept > 1 ? squares / (kept * (kept - 1)) : NaN,
  };
}

/** Fewer pairs say nothing about their own spread. */
export const LEAST_PAIRS = 3;

/**
 * Two-sided critical values of Student's t after 3, 4, ... 16 pairs, chosen so that all intervals together cover the truth in 95 % of
 * proofs: repeated confidence intervals (Jennison and Turnbull, J. R. Stat. Soc. B 51, 1989). A proof may then stop at any of these
 * looks, for any reason, and its interval still means what it says; a plain 95 % interval would be looked at until it errs. After n
 * pairs 5 % x (n/16)^1.5 of the error is spent (Kim and DeMets, Biometrika 74, 1987): large gains need no narrow interval and are
 * decided early all the same, small ones are decided late. The values are from 1 500 000 simulated proofs;
 * test/suggest/verify.test.ts recomputes the coverage.
 */
const CRITICAL = [
  15.44, 9.021, 6.21, 4.954, 4.264, 3.826, 3.523, 3.303, 3.126, 2.986, 2.879, 2.776, 2.693, 2.619,
] as const;

/** More pairs than this would need wider intervals at every look. */
export const MOST_PAIRS = LEAST_PAIRS + CRITICAL.length - 1;

export interface RatioInterval {
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Geometric mean of paired ratios with its 95 % interval on the logarithm, valid at whichever number of pairs the proof
 * stops. Fewer than three pairs have none: low 0, high infinite. `unchanged` is the variance that the log ratio of two trials is known
 * to have where nothing was changed: ratios of few pairs may agree by luck, and then do not tell their own spread.
 */
export function ratioInterval(ratios: readonly number[], unchanged = 0): RatioInterval {
  const n = ratios.length;
  const logs = ratios.map(Math.log);
  const mean = sum(logs) / n;
  const critical = CRITICAL[Math.min(n - LEAST_PAIRS, CRITICAL.length - 1)];
  if (critical === undefined) return { ratio: Math.exp(mean), low: 0, high: Infinity };
  const variance = sum(logs.map((x) => (x - mean) ** 2)) / (n - 1);
  const half = critical * Math.sqrt(Math.max(variance, unchanged) / n);
  return { ratio: Math.exp(mean), low: Math.exp(mean - half), high: Math.exp(mean + half) };
}
