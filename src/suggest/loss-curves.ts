/** Loss curves of trials side by side: over the rows that were seen, since a step of another batch sees another number of rows. */
import { median, sum } from '../base/stats.ts';
import type { LossPoint } from './suggestion.ts';

/** Of one run; runs of one script go together. */
export type LossCurve = readonly LossPoint[];

/** Loss is compared in so many stretches of the rows that both sides saw. */
const STRETCHES = 4;
/** Floats added in another order move a loss by less than this share; what trials of one script differ by counts thrice. */
const TOLERANCE = 0.02;
const SPREAD_TIMES = 3;
/** Points of a curve that is shown. */
const SHOWN = 32;

/** Runs with fewer points say too little of how training went. */
const LEAST_POINTS = 8;

/** Whether every run told its loss often enough to be compared by it. */
export function tellsLosses(runs: readonly LossCurve[]): boolean {
  return runs.length > 0 && runs.every((curve) => curve.length >= LEAST_POINTS);
}

/** The median curve of runs of one script, at the rows of the first one that told its loss. */
function medianCurve(runs: readonly LossCurve[]): LossPoint[] {
  const curves = runs.filter((curve) => curve.length > 0);
  return (curves[0] ?? []).map(({ rows }, i) => ({
    rows,
    loss: median(curves.flatMap((curve) => curve[i]?.loss ?? [])),
  }));
}

/** Mean loss of each stretch up to `rows`; NaN where none was read. */
function stretchMeans(curve: LossCurve, rows: number): number[] {
  return Array.from({ length: STRETCHES }, (_, i) => {
    const [from, to] = [(i * rows) / STRETCHES, ((i + 1) * rows) / STRETCHES];
    const within = curve.filter((point) => point.rows > from && point.rows <= to);
    return sum(within.map((point) => point.loss)) / within.length;
  });
}

export interface LossComparison {
  /** Rows that both saw; the losses are means of the last quarter of them. */
  readonly rows: number;
  readonly before: number;
  readonly after: number;
  readonly curves: { readonly before: LossCurve; readonly after: LossCurve };
  /** Why this is another training, in a sentence; null when the curves agree as closely as trials of one script do. */
  readonly change: string | null;
}

/** Null when the sides told no losses of the same rows. */
export function compareLosses(
  before: readonly LossCurve[],
  after: readonly LossCurve[],
): LossComparison | null {
  const [a, b] = [medianCurve(before), medianCurve(after)];
  const common = commonRows(a, b);
  const rows = Math.min(a.at(-1)?.rows ?? NaN, b.at(-1)?.rows ?? NaN);
  const [meansA, meansB] = [a, b].map((curve) => stretchMeans(at(curve, common), rows)) as [
    number[],
    number[],
  ];
  if (!Number.isFinite(meansA.at(-1)) || !Number.isFinite(meansB.at(-1))) return null;
  const spreads = [before, after].map((runs) =>
    spreadOf(
      runs.map((run) => at(run, common)),
      rows,
    ),
  );
  const differs = meansA.findIndex((loss, i) => {
    const other = meansB[i] as number;
    const allowed =
      Math.max(
        TOLERANCE * Math.abs(loss),
        SPREAD_TIMES * Math.max(...spreads.map((spread) => spread[i] as number)),
      ) + 1e-6;
    return Math.abs(other - loss) > allowed;
  });
  return {
    rows,
    before: meansA.at(-1) as number,
    after: meansB.at(-1) as number,
    curves: { before: thinned(a), after: thinned(b) },
    change: stopsEarly(a, b)
      ? `the loss is not a number after ${rows} rows`
      : differs < 0
        ? null
        : `the loss changed from ${(meansA[differs] as number).toFixed(4)} to ${(meansB[differs] as number).toFixed(4)} ` +
          `after ${Math.round(((differs + 1) * rows) / STRETCHES)} rows`,
  };
}

/** Rows at which both told their loss, where one of them told all of its own there: a script that tells it less often, mostly. */
function commonRows(a: LossCurve, b: LossCurve): ReadonlySet<number> | null {
  const [sparse, dense] = a.length < b.length ? [a, b] : [b, a];
  const told = new Set(dense.map((point) => point.rows));
  return sparse.every((point) => told.has(point.rows)) ? new Set(sparse.map((point) => point.rows)) : null;
}

function at(curve: LossCurve, rows: ReadonlySet<number> | null): LossCurve {
  return rows ? curve.filter((point) => rows.has(point.rows)) : curve;
}

/** A trace keeps no loss that is not a number: the curve just ends, though as many steps ran. */
function stopsEarly(a: LossCurve, b: LossCurve): boolean {
  return a[0]?.rows === b[0]?.rows && (b.at(-1)?.rows ?? 0) < 0.75 * (a.at(-1)?.rows ?? 0);
}

/** Largest difference between runs of the same script, in each stretch: scripts draw at random. */
function spreadOf(runs: readonly LossCurve[], rows: number): number[] {
  const means = runs.map((curve) => stretchMeans(curve, rows));
  return Array.from({ length: STRETCHES }, (_, i) => {
    const values = means.map((each) => each[i] as number).filter((value) => Number.isFinite(value));
    return values.length > 1 ? Math.max(...values) - Math.min(...values) : 0;
  });
}

function thinned(curve: LossCurve): LossPoint[] {
  const every = Math.ceil(curve.length / SHOWN);
  return curve.filter((_, i) => i % every === 0 || i === curve.length - 1);
}
