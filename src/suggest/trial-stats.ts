/** Speed of trials, and the ratio of two with an interval that holds although trials stop when it is narrow. */
import { median, sum } from '../base/stats.ts';
import type { TrialResult } from './suggestion.ts';

/** Rows a second of a trial: the median steady step. NaN when it had none. Steps a second, where the script tells no rows. */
export function samplesPerSecond(trial: TrialResult): number {
  return (rowsOf(trial) / median(trial.stepMs)) * 1000;
}

/** Rows of a step; 1 where the script tells none. */
export function rowsOf({ samplesPerStep }: TrialResult): number {
  return Number.isFinite(samplesPerStep) ? samplesPerStep : 1;
}

/** Fewer pairs say nothing about their own spread. */
export const LEAST_PAIRS = 3;

/**
 * Two-sided critical values of Student's t after 3, 4, ... 10 pairs, of one level (1.218 %) at every look, chosen so that all
 * eight intervals together cover the truth in 95 % of proofs: repeated confidence intervals (Jennison and Turnbull, J. R. Stat.
 * Soc. B 51, 1989) with Pocock's equal levels (Biometrika 64, 1977). A proof may then stop at any of these looks, for any
 * reason, and its interval still means what it says; a plain 95 % interval would be looked at until it errs. The level is
 * from 400 000 simulated proofs; test/suggest/verify.test.ts recomputes the coverage.
 */
const CRITICAL = [8.979, 5.443, 4.348, 3.836, 3.543, 3.354, 3.223, 3.127] as const;

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
