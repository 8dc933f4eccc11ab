/** The curve batch -> throughput as points in a box. Pure. */
import type { BatchPoint, LossPoint } from '../../src/suggest/suggestion.ts';

export interface PlacedPoint extends BatchPoint {
  readonly x: number;
  readonly y: number;
  /** Height of memory on its own scale. */
  readonly memoryY: number;
}

export interface BatchChart {
  readonly points: readonly PlacedPoint[];
  readonly height: number;
  readonly maxRate: number;
  readonly maxBytes: number;
  /** Between a place and the batch there. */
  readonly xOf: (batch: number) => number;
  readonly batchAt: (x: number) => number;
}

/** A whole batch near a value: steps of an eighth of a doubling's lower end, so 8, 9, ... 16, 18, ... 64, 72. */
export function roundBatch(batch: number): number {
  const step = Math.max(1, 2 ** (Math.floor(Math.log2(Math.max(1, batch))) - 3));
  return Math.max(1, Math.round(batch / step) * step);
}

/** The next batch a key goes to. */
export function nextBatch(batch: number, direction: 1 | -1): number {
  const step = Math.max(1, 2 ** (Math.floor(Math.log2(Math.max(1, direction > 0 ? batch : batch - 1))) - 3));
  return Math.max(1, batch + direction * step);
}

/** Batches lie on a scale of doublings; throughput and memory each fill the height. */
export function layoutBatchChart(points: readonly BatchPoint[], width: number, height: number): BatchChart {
  const sorted = [...points].sort((a, b) => a.batch - b.batch); // prettier-ignore
  const maxRate = Math.max(...sorted.map(({ samplesPerSecond }) => samplesPerSecond), 1e-9);
  const maxBytes = Math.max(...sorted.map(({ peakBytes }) => peakBytes).filter(Number.isFinite), 1);
  const first = Math.log2(sorted[0]?.batch ?? 1);
  const span = Math.max(1e-9, Math.log2(sorted.at(-1)?.batch ?? 1) - first);
  return {
    height,
    maxRate,
    maxBytes,
    xOf: (batch) => ((Math.log2(batch) - first) / span) * width,
    batchAt: (x) => roundBatch(2 ** (first + (Math.min(Math.max(x, 0), width) / width) * span)),
    points: sorted.map((point) => ({
      ...point,
      x: sorted.length === 1 ? width / 2 : ((Math.log2(point.batch) - first) / span) * width,
      y: height - (point.samplesPerSecond / maxRate) * height,
      memoryY: height - (Number.isFinite(point.peakBytes) ? point.peakBytes / maxBytes : 0) * height,
    })),
  };
}

export interface LossChart {
  readonly before: readonly (readonly [x: number, y: number])[];
  readonly after: readonly (readonly [x: number, y: number])[];
  readonly least: number;
  readonly most: number;
  readonly rows: number;
}

/** Two loss curves over the rows that were seen, on one pair of scales. */
export function layoutLossChart(
  curves: { readonly before: readonly LossPoint[]; readonly after: readonly LossPoint[] },
  width: number,
  height: number,
): LossChart {
  const points = [...curves.before, ...curves.after].filter(({ loss }) => Number.isFinite(loss));
  const losses = points.map(({ loss }) => loss);
  const [least, most] = [Math.min(...losses), Math.max(...losses)];
  const rows = Math.max(1, ...points.map((point) => point.rows));
  const placed = (curve: readonly LossPoint[]) =>
    curve
      .filter(({ loss }) => Number.isFinite(loss))
      .map(({ rows: at, loss }) => [(at / rows) * width, height - ((loss - least) / Math.max(1e-12, most - least)) * height] as const); // prettier-ignore
  return { before: placed(curves.before), after: placed(curves.after), least, most, rows };
}
