/** Ratio of the medians of two samples, with a bootstrap interval. */
import { seededRandom } from '../base/random.ts';
import { median, quantile, sortedCopy } from '../base/stats.ts';

export interface MedianRatio {
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
}

const RESAMPLES = 1000;

/** After over before. 95 % percentile bootstrap (Efron), the same for equal input: the resampling is seeded. */
export function medianRatio(before: ArrayLike<number>, after: ArrayLike<number>): MedianRatio {
  const ratio = median(after) / median(before);
  if (before.length < 3 || after.length < 3) return { ratio, low: NaN, high: NaN };
  const random = seededRandom(before.length * 1009 + after.length);
  const drawn = (values: ArrayLike<number>): number =>
    median(
      Float64Array.from(
        { length: values.length },
        () => values[Math.floor(random() * values.length)] as number,
      ),
    );
  const ratios = sortedCopy(Float64Array.from({ length: RESAMPLES }, () => drawn(after) / drawn(before)));
  return { ratio, low: quantile(ratios, 0.025), high: quantile(ratios, 0.975) };
}
