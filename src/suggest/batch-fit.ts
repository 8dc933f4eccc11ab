/**
 * Step time and memory against the batch, from measured batches: t(B) = c + s B above a floor, weighted for equal relative
 * errors. A step under the knee is as long as a larger one (the floor); a line through such points would be wrong by half, so
 * they are found by their slopes and left out.
 */
import { median, sum } from '../base/stats.ts';
import type { TrialResult } from './suggestion.ts';

export interface MeasuredBatch {
  readonly batch: number;
  readonly stepNs: number;
  readonly peakBytes: number;
}

export interface BatchFit {
  readonly fixedNs: number;
  readonly perSampleNs: number;
  /** Shortest step seen: no batch takes less. */
  readonly floorNs: number;
  readonly fixedBytes: number;
  readonly perSampleBytes: number;
  /** Root mean square of the relative residuals; NaN when two points leave none. */
  readonly residual: number;
  /** `superlinear`: throughput falls with the batch (memory pressure, another algorithm); growing it is not advised. */
  readonly kind: 'line' | 'hinge' | 'superlinear';
  /** Batches the line rests on. */
  readonly batches: readonly number[];
}

/** Slopes of neighboring points that differ by more than this mean a knee between them. */
const KNEE = 0.25;

export function measuredBatch(trials: readonly TrialResult[]): MeasuredBatch {
  return {
    batch: median(trials.map((t) => t.samplesPerStep)),
    stepNs: median(trials.map((t) => median(t.stepMs))) * 1e6,
    peakBytes: median(trials.map((t) => t.peakBytes)),
  };
}

interface Line {
  readonly c: number;
  readonly s: number;
}

/** Least squares with weights 1/y^2. */
function lineThrough(points: readonly (readonly [number, number])[]): Line {
  const w = points.map(([, y]) => 1 / (y * y));
  const total = sum(w);
  const mean = (values: readonly number[]): number => sum(values.map((v, i) => v * (w[i] as number))) / total;
  const mx = mean(points.map(([x]) => x));
  const my = mean(points.map(([, y]) => y));
  const sxx = mean(points.map(([x]) => (x - mx) ** 2));
  const s = sxx === 0 ? 0 : mean(points.map(([x, y]) => (x - mx) * (y - my))) / sxx;
  return { c: my - s * mx, s };
}

/** Drops small batches while the slope after them is more than a quarter steeper than before: they lie on the floor. */
function aboveTheKnee(points: readonly MeasuredBatch[]): readonly MeasuredBatch[] {
  let rest = points;
  while (rest.length > 2) {
    const [a, b, c] = rest as readonly [MeasuredBatch, MeasuredBatch, MeasuredBatch];
    const before = (b.stepNs - a.stepNs) / (b.batch - a.batch);
    const after = (c.stepNs - b.stepNs) / (c.batch - b.batch);
    if (!(after > 0 && (after - before) / after > KNEE)) break;
    rest = rest.slice(1);
  }
  return rest;
}

/** At least two different batches, in any order. */
export function fitBatches(measured: readonly MeasuredBatch[]): BatchFit {
  const points = [...measured].sort((a, b) => a.batch - b.batch);
  const used = aboveTheKnee(points);
  const { c, s } = lineThrough(used.map((p) => [p.batch, p.stepNs]));
  const memory = lineThrough(points.map((p) => [p.batch, p.peakBytes]));
  const relative = used.map((p) => (c + s * p.batch) / p.stepNs - 1);
  const floorNs = Math.min(...points.map((p) => p.stepNs));
  // A slightly negative intercept is noise around zero; a clearly negative one is not a line's.
  const superlinear = c < -0.1 * Math.max(...used.map((p) => p.stepNs));
  return {
    fixedNs: Math.max(0, c),
    perSampleNs: s,
    floorNs,
    fixedBytes: memory.c,
    perSampleBytes: memory.s,
    residual: used.length > 2 ? Math.sqrt(sum(relative.map((r) => r * r)) / (used.length - 2)) : NaN,
    kind: superlinear ? 'superlinear' : used.length < points.length ? 'hinge' : 'line',
    batches: used.map((p) => p.batch),
  };
}

export function fittedStepNs(fit: BatchFit, batch: number): number {
  return Math.max(fit.floorNs, fit.fixedNs + fit.perSampleNs * batch);
}

export function fittedPeakBytes(fit: BatchFit, batch: number): number {
  return fit.fixedBytes + fit.perSampleBytes * batch;
}

/** Share of the highest throughput that a batch reaches. */
export function fittedReached(fit: BatchFit, batch: number): number {
  return (fit.perSampleNs * batch) / fittedStepNs(fit, batch);
}
