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
  /** Of the whole run, and within the steady steps. */
  readonly peakBytes: number;
  readonly steadyPeakBytes: number;
}

export interface BatchFit {
  readonly fixedNs: number;
  readonly perSampleNs: number;
  /** Shortest step seen: no batch takes less. */
  readonly floorNs: number;
  readonly fixedBytes: number;
  readonly perSampleBytes: number;
  /** Peak of building the model, where it was higher than that of a step. */
  readonly floorBytes: number;
  /** Root mean square of the relative residuals; NaN when two points leave none. */
  readonly residual: number;
  /** `superlinear`: throughput falls with the batch (memory pressure, another algorithm); growing it is not advised. */
  readonly kind: 'line' | 'hinge' | 'superlinear';
  /** Batches the line rests on. */
  readonly batches: readonly number[];
}

/** Slopes of neighboring points that differ by more than this mean a knee between them. */
const KNEE = 0.25;
/** Residuals under this are noise of medians, not a knee. */
const NOISE = 0.08;

export function measuredBatch(trials: readonly TrialResult[]): MeasuredBatch {
  return {
    batch: median(trials.map((t) => t.samplesPerStep)),
    stepNs: median(trials.map((t) => median(t.stepMs))) * 1e6,
    peakBytes: median(trials.map((t) => t.peakBytes)),
    steadyPeakBytes: median(trials.map((t) => t.steadyPeakBytes ?? t.peakBytes)),
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

/** A line with an intercept under zero says that time grows as the rows do; the slope is then that through the origin. */
function stepLine(points: readonly MeasuredBatch[]): Line {
  const line = lineThrough(points.map((p) => [p.batch, p.stepNs]));
  if (line.c >= 0) return line;
  // With weights 1/y^2: s = sum(x/y) / sum((x/y)^2).
  const ratios = points.map((p) => p.batch / p.stepNs);
  return { c: 0, s: sum(ratios) / sum(ratios.map((r) => r * r)) };
}

function residualOf(points: readonly MeasuredBatch[], { c, s }: Line): number {
  const relative = points.map((p) => (c + s * p.batch) / p.stepNs - 1);
  return points.length > 2 ? Math.sqrt(sum(relative.map((r) => r * r)) / (points.length - 2)) : NaN;
}

/**
 * Drops small batches while the slope after them is more than a quarter steeper than before and one line does not pass near
 * them all: they lie on the floor. Slopes alone would take noise for a knee.
 */
function aboveTheKnee(points: readonly MeasuredBatch[]): readonly MeasuredBatch[] {
  let rest = points;
  while (rest.length > 2 && residualOf(rest, stepLine(rest)) > NOISE) {
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
  const raw = lineThrough(used.map((p) => [p.batch, p.stepNs]));
  const line = stepLine(used);
  const memory = lineThrough(points.map((p) => [p.batch, p.steadyPeakBytes]));
  const floorNs = Math.min(...points.map((p) => p.stepNs));
  // A slightly negative intercept is noise around zero; a clearly negative one is not a line's.
  const superlinear = raw.c < -0.1 * Math.max(...used.map((p) => p.stepNs));
  return {
    fixedNs: line.c,
    perSampleNs: line.s,
    floorNs,
    fixedBytes: memory.c,
    perSampleBytes: memory.s,
    floorBytes: Math.max(0, ...points.filter((p) => p.peakBytes > p.steadyPeakBytes).map((p) => p.peakBytes)),
    residual: residualOf(used, line),
    kind: superlinear ? 'superlinear' : used.length < points.length ? 'hinge' : 'line',
    batches: used.map((p) => p.batch),
  };
}

export function fittedStepNs(fit: BatchFit, batch: number): number {
  return Math.max(fit.floorNs, fit.fixedNs + fit.perSampleNs * batch);
}

export function fittedPeakBytes(fit: BatchFit, batch: number): number {
  return Math.max(fit.floorBytes, fit.fixedBytes + fit.perSampleBytes * batch);
}

/** Share of the highest throughput that a batch reaches. */
export function fittedReached(fit: BatchFit, batch: number): number {
  return (fit.perSampleNs * batch) / fittedStepNs(fit, batch);
}
