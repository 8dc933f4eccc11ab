/**
 * The visible part of a lane as pixels. Slices of at least a pixel become boxes; thinner ones are never drawn alone but
 * summed into the columns they touch, exactly: boxes and columns together hold all of the lane's time in view.
 * Cost grows with the width in pixels, not with the number of slices.
 */
import { addTimeByColor, firstAbove, firstAtLeast } from './lane.ts';
import type { Lane } from './lane.ts';

export class Bins {
  /** Boxes: index in the lane, and unclipped left and right edges in pixels. */
  boxCount = 0;
  boxes = new Uint32Array(256);
  lefts = new Float64Array(256);
  rights = new Float64Array(256);
  /** Columns that hold thin slices: pixel of each, and its share of time per color (`shares[column * colorCount + color]`). */
  columnCount = 0;
  columns = new Uint32Array(0);
  shares = new Float32Array(0);
  #width = 0;
  #sums = new Float64Array(0);

  /** Fills this object from the part of the lane between two times, over `width` pixels. */
  fill(lane: Lane, fromNs: number, toNs: number, width: number): this {
    this.#reset(lane.colorCount, width);
    const nsPerPx = (toNs - fromNs) / width;
    let column = 0;
    let first = firstAbove(lane.ends, fromNs, 0, lane.length);
    while (column < width) {
      const left = fromNs + column * nsPerPx;
      first = firstAbove(lane.ends, left, first, lane.length);
      if (first >= lane.length) break;
      const start = lane.starts[first] as number;
      if (start >= toNs) break;
      const right = left + nsPerPx;
      if (start >= right) {
        column = Math.max(column + 1, Math.floor((start - fromNs) / nsPerPx));
        continue;
      }
      column = this.#column(lane, { first, column, left, right, nsPerPx, fromNs });
    }
    return this;
  }

  /** Bins one column and returns the next to look at. */
  #column(
    lane: Lane,
    at: { first: number; column: number; left: number; right: number; nsPerPx: number; fromNs: number },
  ): number {
    const { left, right, nsPerPx, fromNs } = at;
    const wide = (i: number) => (lane.ends[i] as number) - (lane.starts[i] as number) >= nsPerPx;
    const end = firstStartAtLeast(lane, right, at.first);
    let first = at.first;
    let last = end - 1;
    // Only the first and the last slice of a column can be a pixel wide or more.
    if (wide(first)) this.#box(lane, first++, fromNs, nsPerPx);
    if (last >= first && wide(last)) this.#box(lane, last--, fromNs, nsPerPx);
    if (last >= first) {
      const sums = this.#sums.fill(0);
      addTimeByColor(lane, first, last + 1, sums);
      const overLeft = Math.max(0, left - (lane.starts[first] as number));
      const overRight = Math.max(0, (lane.ends[last] as number) - right);
      sums[lane.colors[first] as number]! -= overLeft;
      sums[lane.colors[last] as number]! -= overRight;
      const base = this.columnCount * lane.colorCount;
      for (let c = 0; c < lane.colorCount; c++) this.shares[base + c] = (sums[c] as number) / nsPerPx;
      this.columns[this.columnCount++] = at.column;
    }
    const lastEnd = lane.ends[end - 1] as number;
    return Math.max(at.column + 1, Math.floor((lastEnd - fromNs) / nsPerPx));
  }

  #box(lane: Lane, index: number, fromNs: number, nsPerPx: number): void {
    if (this.boxCount > 0 && this.boxes[this.boxCount - 1] === index) return;
    if (this.boxCount === this.boxes.length) this.#growBoxes();
    this.boxes[this.boxCount] = index;
    this.lefts[this.boxCount] = ((lane.starts[index] as number) - fromNs) / nsPerPx;
    this.rights[this.boxCount] = ((lane.ends[index] as number) - fromNs) / nsPerPx;
    this.boxCount++;
  }

  #growBoxes(): void {
    const grown = new Uint32Array(this.boxes.length * 2);
    grown.set(this.boxes);
    this.boxes = grown;
    for (const name of ['lefts', 'rights'] as const) {
      const wider = new Float64Array(grown.length);
      wider.set(this[name]);
      this[name] = wider;
    }
  }

  #reset(colorCount: number, width: number): void {
    this.boxCount = 0;
    this.columnCount = 0;
    if (this.#width < width || this.shares.length < width * colorCount) {
      this.#width = width;
      this.columns = new Uint32Array(width);
      this.shares = new Float32Array(width * colorCount);
    }
    if (this.#sums.length !== colorCount) this.#sums = new Float64Array(colorCount);
  }
}

function firstStartAtLeast(lane: Lane, ns: number, from: number): number {
  let stride = 1;
  while (from + stride < lane.length && (lane.starts[from + stride] as number) < ns) stride *= 2;
  return firstAtLeast(lane.starts, ns, from + (stride >>> 1), Math.min(lane.length, from + stride + 1));
}
