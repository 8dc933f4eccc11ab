/** Ratio of the medians of two samples, with a bootstrap interval; and of several runs of each. */
import { seededRandom } from '../base/random.ts';
import type { Random } from '../base/random.ts';
import { median, quantile, sortedCopy, sum } from '../base/stats.ts';

export interface MedianRatio {
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
}

const RESAMPLES = 1000;

/**
 * After over before. 95 % percentile bootstrap of moving blocks (Künsch, Ann. Stat. 17, 1989), the same for equal input: the
 * resampling is seeded. Blocks, because a slow step is seldom alone: neighbors drawn one by one would look like more
 * evidence than they are.
 */
export function medianRatio(before: ArrayLike<number>, after: ArrayLike<number>): MedianRatio {
  const ratio = median(after) / median(before);
  if (before.length < 3 || after.length < 3) return { ratio, low: NaN, high: NaN };
  const random = seededRandom(before.length * 1009 + after.length);
  const ratios = sortedCopy(
    Float64Array.from(
      { length: RESAMPLES },
      () => median(inBlocks(after, random)) / median(inBlocks(before, random)),
    ),
  );
  return { ratio, low: quantile(ratios, 0.025), high: quantile(ratios, 0.975) };
}

/** As many values, drawn in blocks of neighbors of the cube root of their number. */
function inBlocks(values: ArrayLike<number>, random: Random): Float64Array {
  const n = values.length;
  const block = Math.max(1, Math.round(1.5 * Math.cbrt(n)));
  const drawn = new Float64Array(n);
  let start = 0;
  for (let i = 0; i < n; i++) {
    if (i % block === 0) start = Math.floor(random() * n);
    // Blocks run over the end to the beginning, so that every value is drawn equally often.
    drawn[i] = values[(start + (i % block)) % n] as number;
  }
  return drawn;
}

/** Two-sided 95 % quantiles of Student's t for 1, 2, 3 ... degrees of freedom; more than 30 take the last. */
const T_95 = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131,
  2.12, 2.11, 2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
] as const;

/**
 * Geometric mean of the runs' medians, after over before, with Welch's 95 % t-interval on the logarithm (degrees of freedom
 * rounded down). Runs of one script differ by more than the steps within a run tell, and this sees it. Two runs of each at least.
 */
export function runsRatio(before: readonly number[], after: readonly number[]): MedianRatio {
  const [a, b] = [spread(before), spread(after)];
  const difference = b.mean - a.mean;
  const error = a.error + b.error;
  const freedom = error > 0 ? error ** 2 / (a.error ** 2 / (a.n - 1) + b.error ** 2 / (b.n - 1)) : Infinity;
  const t = T_95[Math.min(T_95.length, Math.max(1, Math.floor(freedom))) - 1] as number;
  const half = t * Math.sqrt(error);
  return { ratio: Math.exp(difference), low: Math.exp(difference - half), high: Math.exp(difference + half) };
}

/** Mean of the logarithms and its squared error. */
function spread(values: readonly number[]): { n: number; mean: number; error: number } {
  const n = values.length;
  const logs = values.map(Math.log);
  const mean = sum(logs) / n;
  return { n, mean, error: sum(logs.map((x) => (x - mean) ** 2)) / (n - 1) / n };
}
