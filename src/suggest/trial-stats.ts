/** Speed of trials, and the ratio of two with its interval. */
import { median, sum } from '../base/stats.ts';
import type { TrialResult } from './suggestion.ts';

/** Rows a second of a trial: the median steady step. NaN when it had none. */
export function samplesPerSecond(trial: TrialResult): number {
  return (trial.samplesPerStep / median(trial.stepMs)) * 1000;
}

/** Two-sided 95 % quantiles of Student's t for 1, 2, 3 ... degrees of freedom. */
const T_95 = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131,
] as const;

export interface RatioInterval {
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Geometric mean of paired ratios with its 95 % t-interval on the logarithm. One pair has no interval: low 0, high
 * infinite.
 */
export function ratioInterval(ratios: readonly number[]): RatioInterval {
  const n = ratios.length;
  const logs = ratios.map(Math.log);
  const mean = sum(logs) / n;
  if (n < 2) return { ratio: Math.exp(mean), low: 0, high: Infinity };
  const variance = sum(logs.map((x) => (x - mean) ** 2)) / (n - 1);
  const half = (T_95[Math.min(n - 2, T_95.length - 1)] as number) * Math.sqrt(variance / n);
  return { ratio: Math.exp(mean), low: Math.exp(mean - half), high: Math.exp(mean + half) };
}
