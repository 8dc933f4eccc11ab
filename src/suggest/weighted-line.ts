/** Lines through points that are known unequally well, by least squares. */
import { sum } from '../base/stats.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
  /** Standard error of y: points weigh by its inverse square. */
  readonly error: number;
}

/** y = c + s x. */
export interface Line {
  readonly c: number;
  readonly s: number;
}

const weightOf = ({ error }: Point): number => 1 / (error * error);

/** Level where all points have the same x. */
export function lineThrough(points: readonly Point[]): Line {
  const w = points.map(weightOf);
  const total = sum(w);
  const mean = (of: (point: Point) => number): number =>
    sum(points.map((p, i) => of(p) * (w[i] as number))) / total;
  const [mx, my] = [mean(({ x }) => x), mean(({ y }) => y)];
  const sxx = mean(({ x }) => (x - mx) ** 2);
  const s = sxx === 0 ? 0 : mean(({ x, y }) => (x - mx) * (y - my)) / sxx;
  return { c: my - s * mx, s };
}

export function lineThroughOrigin(points: readonly Point[]): Line {
  const weighted = (of: (point: Point) => number): number => sum(points.map((p) => of(p) * weightOf(p)));
  return { c: 0, s: weighted(({ x, y }) => x * y) / weighted(({ x }) => x * x) };
}
