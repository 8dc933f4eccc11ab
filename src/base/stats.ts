/** The value below which the given share (0..1) of the sorted values lies, linearly interpolated. NaN of none. */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const n = sorted.length;
  if (n === 0) return NaN;
  const at = Math.min(Math.max(share, 0), 1) * (n - 1);
  const low = Math.floor(at);
  const a = sorted[low] as number;
  const b = sorted[Math.min(low + 1, n - 1)] as number;
  return a + (b - a) * (at - low);
}

export function sortedCopy(values: ArrayLike<number>): Float64Array {
  return Float64Array.from(values).sort();
}

export function median(values: ArrayLike<number>): number {
  return quantile(sortedCopy(values), 0.5);
}

/** NaN of nothing. */
export function mean(values: ArrayLike<number>): number {
  return sum(values) / values.length;
}

export function sum(values: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i] as number;
  return total;
}

/** A median with its 95 % interval. */
export interface Interval {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Median with a distribution-free interval from order statistics: ranks n/2 -+ z*sqrt(n)/2, z = 1.96 for
 * 95 % (Conover, Practical Nonparametric Statistics, 3.2). With fewer than six values the range is all one can say.
 */
export function medianInterval(values: ArrayLike<number>): Interval {
  const sorted = sortedCopy(values);
  const n = sorted.length;
  if (n === 0) return { median: NaN, low: NaN, high: NaN };
  const half = (1.96 * Math.sqrt(n)) / 2;
  const low = Math.max(0, Math.floor(n / 2 - half));
  const high = Math.min(n - 1, Math.ceil(n / 2 + half));
  return { median: quantile(sorted, 0.5), low: sorted[low] as number, high: sorted[high] as number };
}
