/** Times of one kernel over the run, as dots in a box: whether it is steady, drifts, or has two speeds. Pure. */

export interface Dot {
  readonly x: number;
  readonly y: number;
  /** Dispatches in this dot, of the busiest. */
  readonly weight: number;
}

export interface Distribution {
  readonly dots: readonly Dot[];
  readonly lowNs: number;
  readonly highNs: number;
}

const CELL_PX = 4;

/** Dispatches are counted in cells of a few pixels, so that a million are as quick to draw as a hundred. */
export function layoutDistribution(
  atNs: readonly number[],
  durationNs: readonly number[],
  width: number,
  height: number,
): Distribution {
  let [from, to, low, high] = [Infinity, -Infinity, Infinity, 0];
  for (const [i, at] of atNs.entries()) {
    from = Math.min(from, at);
    to = Math.max(to, at);
    low = Math.min(low, durationNs[i] as number);
    high = Math.max(high, durationNs[i] as number);
  }
  const columns = Math.max(1, Math.floor(width / CELL_PX));
  const rows = Math.max(1, Math.floor(height / CELL_PX));
  const counts = new Map<number, number>();
  let most = 1;
  for (const [i, at] of atNs.entries()) {
    const column = Math.min(columns - 1, Math.floor(((at - from) / Math.max(1, to - from)) * columns));
    // From zero: a steady kernel shows as a level line, not as noise blown up to the full height.
    const row = Math.min(rows - 1, Math.floor(((durationNs[i] as number) / Math.max(1, high)) * rows));
    const cell = row * columns + column;
    const count = (counts.get(cell) ?? 0) + 1;
    counts.set(cell, count);
    most = Math.max(most, count);
  }
  const dots = [...counts].map(([cell, count]) => ({
    x: ((cell % columns) + 0.5) * CELL_PX,
    y: height - (Math.floor(cell / columns) + 0.5) * CELL_PX,
    weight: count / most,
  }));
  return { dots, lowNs: Number.isFinite(low) ? low : 0, highNs: high };
}
