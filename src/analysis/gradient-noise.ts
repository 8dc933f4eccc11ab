/**
 * The simple noise scale of gradients, in rows (McCandlish, Kaplan, Amodei and OpenAI Dota team, "An empirical model of large-batch
 * training", arXiv 1812.06162, section 2.2 and appendix A.1), from pairs of batches of B rows at the same parameters: with the gradients g1, g2,
 *
 *   |G|^2  = g1 . g2             (their estimate from batches of B and 2B rows comes to the same)
 *   tr(S)  = B |g1 - g2|^2 / 2
 *   B_noise = tr(S) / |G|^2      means over the pairs first, then the quotient
 *
 * Up to about B_noise rows a larger batch needs nearly so many fewer updates; far beyond it, more rows are mostly wasted.
 */
import { quantile, sum } from '../base/stats.ts';
import { seededRandom } from '../base/random.ts';
import type { Trace } from '../trace/model.ts';
import { stepStats } from './steps.ts';

export interface GradientPair {
  /** Squared norms: of each gradient, and of their sum. */
  readonly first: number;
  readonly second: number;
  readonly sum: number;
}

export interface NoiseScale {
  /** Rows; infinite where no common direction shows through the noise. */
  readonly rows: number;
  /** 95 % interval. */
  readonly low: number;
  readonly high: number;
  readonly pairs: number;
  /** Rows of the batches it was measured with. */
  readonly batch: number;
}

const RESAMPLES = 1000;
const LEAST_PAIRS = 8;

/** Null with too few pairs. The interval is a percentile bootstrap over pairs (Efron), seeded: equal input gives an equal one. */
export function noiseScale(pairs: readonly GradientPair[], batch: number): NoiseScale | null {
  const usable = pairs.filter((p) => Number.isFinite(p.first + p.second + p.sum));
  if (usable.length < LEAST_PAIRS || !(batch > 0)) return null;
  const signal = usable.map((p) => (p.sum - p.first - p.second) / 2);
  const noise = usable.map((p) => batch * (p.first + p.second - p.sum / 2));
  const random = seededRandom(usable.length);
  const drawn = Array.from({ length: RESAMPLES }, () => {
    const rows = usable.map(() => Math.floor(random() * usable.length));
    return ratio(rows.map((i) => noise[i] as number), rows.map((i) => signal[i] as number)); // prettier-ignore
  }).sort((a, b) => a - b);
  return {
    rows: ratio(noise, signal),
    low: quantile(drawn, 0.025),
    high: highest(drawn),
    pairs: usable.length,
    batch,
  };
}

/** Infinite where the common part is not above zero. */
function ratio(noise: readonly number[], signal: readonly number[]): number {
  const common = sum(signal);
  return common > 0 ? Math.max(0, sum(noise)) / common : Infinity;
}

/** Not interpolated: half of infinity is no number. */
function highest(sorted: readonly number[]): number {
  return sorted[Math.ceil(0.975 * (sorted.length - 1))] as number;
}

const NAMES = ['gradient noise: first', 'gradient noise: second', 'gradient noise: sum'] as const;

/** Of a run that compared pairs of batches; null for any other. */
export function noiseScaleOf(trace: Trace): NoiseScale | null {
  const { series, value } = trace.tables.samples;
  const [first, second, both] = NAMES.map((name) => {
    const id = trace.series.findIndex((each) => each.name === name);
    return Array.from(value).filter((_, i) => id >= 0 && series[i] === id);
  }) as [number[], number[], number[]];
  const pairs = both.map((total, i) => ({
    first: first[i] ?? NaN,
    second: second[i] ?? NaN,
    sum: total,
  }));
  return noiseScale(pairs, stepStats(trace).samplesPerStep);
}

/**
 * Rows to the same loss at another batch, over those at this one, each with its best learning rate: E/Emin = 1 + B/B_noise
 * (section 2.3 there: (S/Smin - 1)(E/Emin - 1) = 1 with E = B S).
 */
export function rowsFactor(noiseRows: number, from: number, to: number): number {
  return Number.isFinite(noiseRows) ? (noiseRows + to) / (noiseRows + from) : 1;
}

/** Best learning rate of plain SGD at another batch over that at this one: e(B) = e_max / (1 + B_noise/B) (section 2.2 there). */
export function rateFactor(noiseRows: number, from: number, to: number): number {
  return Number.isFinite(noiseRows) ? (1 + noiseRows / from) / (1 + noiseRows / to) : to / from;
}
