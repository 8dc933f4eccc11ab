/** Loss curves of trials side by side: over the rows that were seen, since a step of another batch sees another number of rows. */
import { median, sum } from '../base/stats.ts';
import type { LossPoint, TrialResult } from './suggestion.ts';

/** Loss is compared in so many stretches of the rows that both sides saw. */
const STRETCHES = 4;
/** Floats added in another order move a loss by less than this share; what trials of one script differ by counts thrice. */
const TOLERANCE = 0.02;
const SPREAD_TIMES = 3;
/** Points of a curve that is shown. */
const SHOWN = 32;

/** The median curve of trials of one script, at the rows of the first one that read its loss. */
export function lossCurve(trials: readonly TrialResult[]): LossPoint[] {
  const curves = trials.map((trial) => trial.losses).filter((curve) => curve.length > 0);
  return (curves[0] ?? []).map(({ rows }, i) => ({
    rows,
    loss: median(curves.flatMap((curve) => curve[i]?.loss ?? [])),
  }));
}

/** Mean loss of each stretch up to `rows`; NaN where none was read. */
function stretchMeans(curve: readonly LossPoint[], rows: number): number[] {
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
  readonly curves: { readonly before: readonly LossPoint[]; readonly after: readonly LossPoint[] };
  /** Why this is another training, in a sentence; null when the curves agree as closely as trials of one script do. */
  readonly change: string | null;
}

/** Null when one of the sides read no loss. */
export function compareLosses(
  before: readonly TrialResult[],
  after: readonly TrialResult[],
): LossComparison | null {
  const [a, b] = [lossCurve(before), lossCurve(after)];
  const rows = Math.min(a.at(-1)?.rows ?? NaN, b.at(-1)?.rows ?? NaN);
  if (!(rows > 0)) return null;
  const [meansA, meansB] = [stretchMeans(a, rows), stretchMeans(b, rows)];
  const spreads = spreadOf(before, rows);
  const differs = meansA.findIndex((loss, i) => {
    const other = meansB[i] as number;
    const allowed = Math.max(TOLERANCE * Math.abs(loss), SPREAD_TIMES * (spreads[i] as number)) + 1e-6;
    return Math.abs(other - loss) > allowed;
  });
  return {
    rows,
    before: meansA.at(-1) as number,
    after: meansB.at(-1) as number,
    curves: { before: thinned(a), after: thinned(b) },
    change: stopsEarly(a, b, before, after)
      ? `the loss is not a number after ${rows} rows`
      : differs < 0
        ? null
        : `the loss changed from ${(meansA[differs] as number).toFixed(4)} to ${(meansB[differs] as number).toFixed(4)} ` +
          `after ${Math.round(((differs + 1) * rows) / STRETCHES)} rows`,
  };
}

/** A trace keeps no loss that is not a number: the curve just ends, though as many steps ran. */
function stopsEarly(
  a: readonly LossPoint[],
  b: readonly LossPoint[],
  before: readonly TrialResult[],
  after: readonly TrialResult[],
): boolean {
  return before[0]?.samplesPerStep === after[0]?.samplesPerStep && b.length < 0.75 * a.length;
}

/** Largest difference between trials of the same script, in each stretch: scripts draw at random. */
function spreadOf(trials: readonly TrialResult[], rows: number): number[] {
  const means = trials.map((trial) => stretchMeans(trial.losses, rows));
  return Array.from({ length: STRETCHES }, (_, i) => {
    const values = means.map((each) => each[i] as number).filter((value) => Number.isFinite(value));
    return values.length > 1 ? Math.max(...values) - Math.min(...values) : 0;
  });
}

function thinned(curve: readonly LossPoint[]): LossPoint[] {
  const every = Math.ceil(curve.length / SHOWN);
  return curve.filter((_, i) => i % every === 0 || i === curve.length - 1);
}
