/**
 * A lane: slices sorted by start, none overlapping, with running sums of time per color. The sums let a pixel that
 * covers thousands of slices say exactly how much of its time each color took, without visiting them.
 */

export interface Lane {
  readonly length: number;
  readonly starts: Float64Array;
  readonly ends: Float64Array;
  /** Row of each slice in the table it came from. */
  readonly rows: Uint32Array;
  readonly colors: Uint8Array;
  readonly colorCount: number;
  /** Time per color of all slices before each block: `sums[block * colorCount + color]`, ns. */
  readonly sums: Float64Array;
}

/** What a lane is made of. Slices need not be sorted; those without a time (NaN) are left out. */
export interface SliceSource {
  readonly startNs: ArrayLike<number>;
  readonly endNs: ArrayLike<number>;
  readonly colorCount: number;
  color(row: number): number;
  /** The rows that count, ascending; all where it is missing. */
  readonly rows?: Uint32Array;
}

/** Small: at every pixel up to two of them are added up slice by slice. */
const BLOCK = 16;
/** More rows of overlap than this are folded into the last lane: a hundred rows of one queue would say nothing. */
const MAX_LANES = 24;

/** Splits slices into as few lanes as hold them without overlap, first fit in order of start. */
export function buildLanes(source: SliceSource): Lane[] {
  const order = sortedRows(source);
  if (isChain(source, order)) return [laneOfRows(source, order)];
  const ends: number[] = [];
  const counts: number[] = [];
  const laneOf = new Uint8Array(order.length);
  for (let i = 0; i < order.length; i++) {
    const row = order[i] as number;
    const start = source.startNs[row] as number;
    let lane = 0;
    while (lane < ends.length && (ends[lane] as number) > start) lane++;
    if (lane === ends.length && lane < MAX_LANES) {
      ends.push(-Infinity);
      counts.push(0);
    } else if (lane === MAX_LANES) lane--;
    ends[lane] = Math.max(ends[lane] as number, source.endNs[row] as number);
    counts[lane] = (counts[lane] as number) + 1;
    laneOf[i] = lane;
  }
  const rowsOf = counts.map((count) => new Uint32Array(count));
  const filled = counts.map(() => 0);
  for (let i = 0; i < order.length; i++) {
    const lane = laneOf[i] as number;
    const at = filled[lane] as number;
    (rowsOf[lane] as Uint32Array)[at] = order[i] as number;
    filled[lane] = at + 1;
  }
  return rowsOf.map((rows) => laneOfRows(source, rows));
}

/** Whether each slice begins where those before it have ended: one lane holds them all. */
function isChain({ startNs, endNs }: SliceSource, order: Uint32Array): boolean {
  let before = -Infinity;
  for (let i = 0; i < order.length; i++) {
    const row = order[i] as number;
    if ((startNs[row] as number) < before) return false;
    before = endNs[row] as number;
  }
  return true;
}

/** A lane of the given rows, which must be sorted by start. */
export function laneOfRows(source: SliceSource, rows: Uint32Array): Lane {
  const length = rows.length;
  const { startNs, endNs, colorCount } = source;
  const starts = new Float64Array(length);
  const ends = new Float64Array(length);
  const colors = new Uint8Array(length);
  const sums = new Float64Array((Math.ceil(length / BLOCK) + 1) * colorCount);
  const running = new Float64Array(colorCount);
  let before = -Infinity;
  for (let i = 0; i < length; i++) {
    if (i % BLOCK === 0) sums.set(running, (i / BLOCK) * colorCount);
    const row = rows[i] as number;
    const start = Math.max(startNs[row] as number, before);
    const end = Math.max(endNs[row] as number, start);
    const color = source.color(row);
    starts[i] = start;
    ends[i] = end;
    colors[i] = color;
    running[color] = (running[color] as number) + (end - start);
    before = end;
  }
  sums.set(running, Math.ceil(length / BLOCK) * colorCount);
  return { length, starts, ends, rows, colors, colorCount, sums };
}

function sortedRows({ startNs, endNs, rows: given }: SliceSource): Uint32Array {
  const length = given?.length ?? startNs.length;
  const rows = new Uint32Array(length);
  let count = 0;
  let sorted = true;
  let before = -Infinity;
  for (let i = 0; i < length; i++) {
    const row = given ? (given[i] as number) : i;
    const start = startNs[row] as number;
    if (!((endNs[row] as number) >= start)) continue;
    if (start < before) sorted = false;
    before = start;
    rows[count++] = row;
  }
  const found = rows.subarray(0, count);
  return sorted ? found : found.sort((a, b) => (startNs[a] as number) - (startNs[b] as number) || a - b);
}

/** Rows by the value of a column that counts from zero: `rows[value]`, each ascending. */
export function rowsBy(column: ArrayLike<number>, count: number): Uint32Array[] {
  const sizes = new Uint32Array(count);
  for (let i = 0; i < column.length; i++) if ((column[i] as number) < count) sizes[column[i] as number]!++;
  const rows = Array.from(sizes, (size) => new Uint32Array(size));
  sizes.fill(0);
  for (let i = 0; i < column.length; i++) {
    const value = column[i] as number;
    const list = rows[value];
    if (list) list[sizes[value]!++] = i;
  }
  return rows;
}

/** Index of the first value above `limit` in sorted values, searching from `from` in growing strides. */
export function firstAbove(
  values: ArrayLike<number>,
  limit: number,
  from = 0,
  length = values.length,
): number {
  let low = from;
  let stride = 1;
  while (low + stride < length && (values[low + stride] as number) <= limit) {
    low += stride;
    stride *= 2;
  }
  let high = Math.min(length, low + stride + 1);
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] as number) > limit) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Index of the first value at or above `limit`. */
export function firstAtLeast(
  values: ArrayLike<number>,
  limit: number,
  from = 0,
  length = values.length,
): number {
  let low = from;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] as number) >= limit) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Adds the time of slices [from, to) to `into`, by color. */
export function addTimeByColor(lane: Lane, from: number, to: number, into: Float64Array): void {
  const { colorCount, sums } = lane;
  if (to - from <= 2 * BLOCK) return addEach(lane, from, to, 1, into);
  const firstBlock = Math.ceil(from / BLOCK);
  const lastBlock = Math.floor(to / BLOCK);
  addEach(lane, from, firstBlock * BLOCK, 1, into);
  for (let c = 0; c < colorCount; c++) {
    const whole =
      (sums[lastBlock * colorCount + c] as number) - (sums[firstBlock * colorCount + c] as number);
    into[c] = (into[c] as number) + whole;
  }
  addEach(lane, lastBlock * BLOCK, to, 1, into);
}

function addEach(lane: Lane, from: number, to: number, sign: number, into: Float64Array): void {
  for (let i = from; i < to; i++) {
    const color = lane.colors[i] as number;
    into[color] = (into[color] as number) + sign * ((lane.ends[i] as number) - (lane.starts[i] as number));
  }
}

/** Index of the slice at a time, or -1. */
export function sliceAt(lane: Lane, ns: number): number {
  const i = firstAbove(lane.ends, ns);
  return i < lane.length && (lane.starts[i] as number) <= ns ? i : -1;
}

/** Index of the slice at a time or, where there is none, of the nearest one within a distance; -1 when none is. */
export function sliceNear(lane: Lane, ns: number, withinNs: number): number {
  const next = firstAbove(lane.ends, ns);
  const after = next < lane.length ? (lane.starts[next] as number) - ns : Infinity;
  if (after <= 0) return next;
  const before = next > 0 ? ns - (lane.ends[next - 1] as number) : Infinity;
  const nearest = Math.min(before, after);
  if (nearest > withinNs) return -1;
  return before < after ? next - 1 : next;
}
