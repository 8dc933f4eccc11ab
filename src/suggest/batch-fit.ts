/**
 * Step time and memory against the batch, from measured batches: t(B) = c + s w(B) above a floor, each point weighted by its own
 * error. The work w(B) is the time of the kernels (kernel-work.ts) where they were timed, else the batch itself. A step under the knee
 * is as long as a larger one (the floor); a line through such points would be wrong by half, so they are found by their slopes
 * and left out.
 */
import { mean, median, quantile, sortedCopy, sum } from '../base/stats.ts';
import type { KernelWork, Work } from './kernel-work.ts';
import type { TrialResult } from './suggestion.ts';
import type { Line, Point } from './weighted-line.ts';
import { lineThrough, lineThroughOrigin } from './weighted-line.ts';

export interface MeasuredBatch {
  readonly batch: number;
  readonly stepNs: number;
  /** Of the whole run, and within the steady steps. */
  readonly peakBytes: number;
  readonly steadyPeakBytes: number;
  /** Standard error of `stepNs` over it; absent unknown. */
  readonly noise?: number;
}

export interface BatchFit {
  readonly fixedNs: number;
  /** Ns for a unit of work: for a row, where the work is the batch; for a ns of kernel time, where it is the kernels'. */
  readonly perWorkNs: number;
  readonly work: Work;
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
  /** What `work` is: the rows, the time of the kernels, or that in whole rounds of workgroups. */
  readonly basis: 'rows' | 'kernels' | 'rounds';
  /** What the line rests on. */
  readonly points: readonly MeasuredBatch[];
}

/** Slopes of neighboring points that differ by more than this mean a knee between them. */
const KNEE = 0.25;
/** How far a median of steps is off at least: caches, placement, what a trial shares within itself. */
const LEAST_NOISE = 0.01;
/** Residuals under this are noise of medians, not a knee. */
const NOISE = 0.08;
/** Slopes that differ by less than so many standard errors are noise, either. */
const CLEAR = 2;

/**
 * What disturbs a step makes it longer, hardly ever shorter, and not in proportion to the batch: batches are compared by the quarter of
 * their steps that was disturbed least.
 */
const UNDISTURBED = 0.25;
const undisturbed = (steps: ArrayLike<number>): number => quantile(sortedCopy(steps), UNDISTURBED);

/** Parts of a run of which each gives a figure of its own: steps next to each other are disturbed by the same. */
const PARTS = 8;
const LEAST_IN_PART = 4;

/** Standard error of the undisturbed step over it; NaN of too few steps. */
function noiseOf(steps: readonly number[]): number {
  const usual = undisturbed(steps);
  if (steps.length >= PARTS * LEAST_IN_PART) {
    const size = steps.length / PARTS;
    const parts = Array.from({ length: PARTS }, (_, i) =>
      undisturbed(steps.slice(Math.round(i * size), Math.round((i + 1) * size))),
    );
    const middle = mean(parts);
    const variance = sum(parts.map((part) => (part - middle) ** 2)) / (PARTS - 1);
    return Math.sqrt(variance / PARTS) / usual;
  }
  // Of a quartile of normal values: 1.362 s / sqrt(n), s = interquartile range / 1.349.
  const sorted = sortedCopy(steps);
  const width = quantile(sorted, 0.75) - quantile(sorted, 0.25);
  return (1.362 * width) / 1.349 / Math.sqrt(steps.length) / usual;
}

export function measuredBatch(trials: readonly TrialResult[]): MeasuredBatch {
  const noise = noiseOf(trials.flatMap(({ stepMs }) => [...stepMs]));
  return {
    ...(Number.isFinite(noise) ? { noise } : {}),
    batch: median(trials.map((t) => t.samplesPerStep)),
    stepNs: median(trials.map((t) => undisturbed(t.stepMs))) * 1e6,
    peakBytes: median(trials.map((t) => t.peakBytes)),
    steadyPeakBytes: median(trials.map((t) => t.steadyPeakBytes ?? t.peakBytes)),
  };
}

/** Standard error of a step as it is known of its own trial, ns. */
function errorOf({ stepNs, noise = 0 }: MeasuredBatch): number {
  return stepNs * Math.max(LEAST_NOISE, noise);
}

const ROWS: Work = (batch) => batch;

const stepPoints = (points: readonly MeasuredBatch[], work: Work): Point[] =>
  points.map((p) => ({ x: work(p.batch), y: p.stepNs, error: errorOf(p) }));

/** Standard deviation of what a step takes without work of its kernels, as a share of the longest step. */
const BESIDES_KERNELS = 0.1;

/**
 * A line with an intercept under zero says that time grows as the work does; the slope is then that through the origin. Steps are made of
 * kernels: without any they would take little, which counts as one more point, of little weight where the others are known well. Through
 * the origin the largest batch's slope is taken: timing makes the shortest kernels longer than they are untimed, and
 * most of those are the smallest batch's.
 */
function stepLine(measured: readonly MeasuredBatch[], work: Work): Line {
  const points = stepPoints(measured, work);
  const last = points.at(-1) as Point;
  const empty: Point = { x: 0, y: 0, error: BESIDES_KERNELS * last.y };
  const line = lineThrough(work === ROWS ? points : [...points, empty]);
  if (line.c >= 0) return line;
  return work === ROWS ? lineThroughOrigin(points) : { c: 0, s: last.y / last.x };
}

function residualOf(points: readonly MeasuredBatch[], { c, s }: Line, work: Work): number {
  const relative = points.map((p) => (c + s * work(p.batch)) / p.stepNs - 1);
  return points.length > 2 ? Math.sqrt(sum(relative.map((r) => r * r)) / (points.length - 2)) : NaN;
}

/**
 * Drops small batches while the slope after them is more than a quarter steeper than before, by more than the points' own noise explains,
 * and one line does not pass near them all: they lie on the floor. Slopes alone would take noise for a knee, and two noisy points that
 * are left lead far astray.
 */
function aboveTheKnee(points: readonly MeasuredBatch[], work: Work): readonly MeasuredBatch[] {
  let rest = points;
  while (rest.length > 2 && residualOf(rest, stepLine(rest, work), work) > NOISE) {
    const [a, b, c] = rest as readonly [MeasuredBatch, MeasuredBatch, MeasuredBatch];
    const before = (b.stepNs - a.stepNs) / (work(b.batch) - work(a.batch));
    const after = (c.stepNs - b.stepNs) / (work(c.batch) - work(b.batch));
    if (!(after > 0 && (after - before) / after > KNEE)) break;
    if (after - before < CLEAR * bendError([a, b, c], work)) break;
    rest = rest.slice(1);
  }
  return rest;
}

/** Standard error of the difference of the two slopes through three points. */
function bendError([a, b, c]: readonly [MeasuredBatch, MeasuredBatch, MeasuredBatch], work: Work): number {
  const [first, second] = [work(b.batch) - work(a.batch), work(c.batch) - work(b.batch)];
  return Math.hypot(errorOf(a) / first, errorOf(b) * (1 / first + 1 / second), errorOf(c) / second);
}

/** Kernels that take less of the largest batch's step than this are not what the steps are made of. */
const MADE_OF = 0.5;

/** At least two different batches, in any order. `kernels`: what they take at any batch, where that is known. */
export function fitBatches(measured: readonly MeasuredBatch[], kernels?: KernelWork): BatchFit {
  const byRows = fitBy(measured, ROWS, 'rows');
  const largest = measured.reduce((a, b) => (b.batch > a.batch ? b : a));
  if (!kernels || kernels.work(largest.batch) < MADE_OF * largest.stepNs) return byRows;
  const byKernels = fitBy(measured, kernels.work, kernels.inRounds ? 'rounds' : 'kernels');
  // Whether throughput falls is a matter of the rows: kernel times of small batches are too long (above), which bends the line to them.
  return byRows.kind === 'superlinear' || byKernels.kind === 'superlinear'
    ? { ...byKernels, kind: byRows.kind }
    : byKernels;
}

function fitBy(measured: readonly MeasuredBatch[], work: Work, basis: BatchFit['basis']): BatchFit {
  const points = [...measured].sort((a, b) => a.batch - b.batch);
  const used = aboveTheKnee(points, work);
  const raw = lineThrough(stepPoints(used, work));
  const line = stepLine(used, work);
  // Memory is exact: what a line does not hit is not noise, and counts by its share.
  const memory = lineThrough(
    points.map((p) => ({ x: p.batch, y: p.steadyPeakBytes, error: p.steadyPeakBytes })),
  );
  const floorNs = Math.min(...points.map((p) => p.stepNs));
  // A slightly negative intercept is noise around zero; a clearly negative one is not a line's.
  const superlinear = raw.c < -0.1 * Math.max(...used.map((p) => p.stepNs));
  return {
    fixedNs: line.c,
    perWorkNs: line.s,
    work,
    floorNs,
    fixedBytes: memory.c,
    perSampleBytes: memory.s,
    floorBytes: Math.max(0, ...points.filter((p) => p.peakBytes > p.steadyPeakBytes).map((p) => p.peakBytes)),
    residual: residualOf(used, line, work),
    kind: superlinear ? 'superlinear' : used.length < points.length ? 'hinge' : 'line',
    basis,
    points: used,
  };
}

export function fittedStepNs(fit: BatchFit, batch: number): number {
  return Math.max(fit.floorNs, fit.fixedNs + fit.perWorkNs * fit.work(batch));
}

/** Normal quantile of an 80 % interval. */
const WIDTH = 1.28;
/**
 * Standard deviation of what a step differs by from its line for each doubling beyond the largest measured batch: rows get cheaper or
 * dearer there than any line through small batches says. From four networks on a software adapter, tried on a fifth (docs/rules.md).
 */
const BEND = 0.06;

/**
 * Half of the 80 % interval of a predicted step, as a share of it: the error of weighted least squares grows with the distance from
 * the measured batches, and so does what the curve may bend beyond them. Points that lie further from the line than their own errors
 * explain widen it. Infinite where two points leave none.
 */
export function fittedDoubt(fit: BatchFit, batch: number): number {
  const points = stepPoints(fit.points, fit.work);
  if (points.length < 3) return Infinity;
  const off = points.map(({ x, y, error }) => (fit.fixedNs + fit.perWorkNs * x - y) / error);
  const misfit = Math.sqrt(sum(off.map((o) => o * o)) / (points.length - 2));
  const weights = points.map(({ error }) => 1 / (error * error));
  const total = sum(weights);
  const mean = sum(points.map(({ x }, i) => (weights[i] as number) * x)) / total;
  const across = sum(points.map(({ x }, i) => (weights[i] as number) * (x - mean) ** 2));
  const variance = 1 / total + (fit.work(batch) - mean) ** 2 / across;
  const ofPoints = (Math.max(1, misfit) * Math.sqrt(variance)) / fittedStepNs(fit, batch);
  const largest = Math.max(...fit.points.map((p) => p.batch));
  return WIDTH * Math.hypot(ofPoints, BEND * Math.max(0, Math.log2(batch / largest)));
}

export function fittedPeakBytes(fit: BatchFit, batch: number): number {
  return Math.max(fit.floorBytes, fit.fixedBytes + fit.perSampleBytes * batch);
}

/** Doublings after which a batch's throughput is as good as that of endless rows. */
const ENDLESS = 24;

/** Share of the highest throughput that a batch reaches. */
export function fittedReached(fit: BatchFit, batch: number): number {
  const throughput = (rows: number): number => rows / fittedStepNs(fit, rows);
  const larger = Array.from({ length: ENDLESS + 1 }, (_, doublings) => throughput(batch * 2 ** doublings));
  return throughput(batch) / Math.max(...larger);
}
