/** Curves over time as one value a pixel: exact means of what slices weigh, and exact maxima of step functions. */
import { firstAbove } from './lane.ts';
import type { Lane } from './lane.ts';

/** A value on each slice of a lane, with its running integral: the mean over any stretch costs two searches. */
export interface Weighted {
  readonly lane: Lane;
  /** Integral of value over time up to the start of slice i; length n + 1. */
  readonly integral: Float64Array;
  readonly values: Float64Array;
}

/** Values that are not numbers count as zero. */
export function weighLane(lane: Lane, valueOf: (row: number) => number): Weighted {
  const values = new Float64Array(lane.length);
  const integral = new Float64Array(lane.length + 1);
  for (let i = 0; i < lane.length; i++) {
    const value = valueOf(lane.rows[i] as number);
    values[i] = Number.isFinite(value) ? value : 0;
    const ns = (lane.ends[i] as number) - (lane.starts[i] as number);
    integral[i + 1] = (integral[i] as number) + (values[i] as number) * ns;
  }
  return { lane, integral, values };
}

/** Integral from the beginning to a time. `hint` is an index at or before the answer. */
function integralTo(
  weighted: Weighted,
  ns: number,
  hint: number,
): { readonly sum: number; readonly at: number } {
  const { lane, integral, values } = weighted;
  const at = firstAbove(lane.ends, ns, hint, lane.length);
  const inside =
    at < lane.length ? Math.max(0, ns - (lane.starts[at] as number)) * (values[at] as number) : 0;
  return { sum: (integral[at] as number) + inside, at };
}

/** Mean of each of `width` equal stretches between two times; idle time counts as zero. Adds to `into`. */
export function addMeans(weighted: Weighted, fromNs: number, toNs: number, into: Float64Array): void {
  const width = into.length;
  const step = (toNs - fromNs) / width;
  let before = integralTo(weighted, fromNs, 0);
  for (let x = 0; x < width; x++) {
    const here = integralTo(weighted, fromNs + (x + 1) * step, before.at);
    into[x] = (into[x] as number) + (here.sum - before.sum) / step;
    before = here;
  }
}

/** A step function: value i holds from atNs[i] to atNs[i + 1]. */
export interface Steps {
  readonly atNs: Float64Array;
  readonly values: Float64Array;
}

const BLOCK = 64;

/** Where the highest value of any stretch of a step function is, found over blocks when the stretch is long. */
export class Highest {
  readonly #steps: Steps;
  /** Index of the highest value of each block. */
  readonly #blocks: Uint32Array;

  constructor(steps: Steps) {
    this.#steps = steps;
    this.#blocks = new Uint32Array(Math.ceil(steps.atNs.length / BLOCK));
    for (let b = 0; b < this.#blocks.length; b++)
      this.#blocks[b] = this.#scan(b * BLOCK, Math.min((b + 1) * BLOCK, steps.atNs.length));
  }

  /** For each pixel the index of its highest value, -1 before the first. */
  columns(fromNs: number, toNs: number, width: number): Int32Array {
    const { atNs } = this.#steps;
    const columns = new Int32Array(width);
    const step = (toNs - fromNs) / width;
    let first = firstAbove(atNs, fromNs) - 1;
    for (let x = 0; x < width; x++) {
      const next = firstAbove(atNs, fromNs + (x + 1) * step, Math.max(first, 0));
      columns[x] = next <= 0 ? -1 : this.#between(Math.max(first, 0), Math.max(next, first + 1));
      first = next - 1;
    }
    return columns;
  }

  #between(from: number, to: number): number {
    if (to - from <= 2 * BLOCK) return this.#scan(from, to);
    const { values } = this.#steps;
    const firstBlock = Math.ceil(from / BLOCK);
    const lastBlock = Math.floor(to / BLOCK);
    let best = this.#scan(from, firstBlock * BLOCK, from);
    for (let b = firstBlock; b < lastBlock; b++)
      if ((values[this.#blocks[b] as number] as number) > (values[best] as number))
        best = this.#blocks[b] as number;
    return this.#scan(lastBlock * BLOCK, to, best);
  }

  #scan(from: number, to: number, best = from): number {
    const { values } = this.#steps;
    let at = best;
    for (let i = from; i < to; i++) if ((values[i] as number) > (values[at] as number)) at = i;
    return at;
  }
}
