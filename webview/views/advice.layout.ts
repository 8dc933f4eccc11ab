/** The curve batch -> throughput as points in a box. Pure. */
import type { BatchPoint } from '../../src/suggest/suggestion.ts';

export interface PlacedPoint extends BatchPoint {
  readonly x: number;
  readonly y: number;
  /** Height of memory on its own scale. */
  readonly memoryY: number;
}

export interface BatchChart {
  readonly points: readonly PlacedPoint[];
  readonly maxRate: number;
  readonly maxBytes: number;
}

/** Batches lie on a scale of doublings; throughput and memory each fill the height. */
export function layoutBatchChart(points: readonly BatchPoint[], width: number, height: number): BatchChart {
  const sorted = [...points].sort((a, b) => a.batch - b.batch); // prettier-ignore
  const maxRate = Math.max(...sorted.map(({ samplesPerSecond }) => samplesPerSecond), 1e-9);
  const maxBytes = Math.max(...sorted.map(({ peakBytes }) => peakBytes).filter(Number.isFinite), 1);
  const first = Math.log2(sorted[0]?.batch ?? 1);
  const span = Math.max(1e-9, Math.log2(sorted.at(-1)?.batch ?? 1) - first);
  return {
    maxRate,
    maxBytes,
    points: sorted.map((point) => ({
      ...point,
      x: sorted.length === 1 ? width / 2 : ((Math.log2(point.batch) - first) / span) * width,
      y: height - (point.samplesPerSecond / maxRate) * height,
      memoryY: height - (Number.isFinite(point.peakBytes) ? point.peakBytes / maxBytes : 0) * height,
    })),
  };
}
