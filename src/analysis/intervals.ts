/** Sets of time intervals as two sorted, disjoint columns. */

export interface Intervals {
  readonly starts: Float64Array;
  readonly ends: Float64Array;
}

export const NO_INTERVALS: Intervals = { starts: new Float64Array(0), ends: new Float64Array(0) };

/** Union of intervals given in any order; empty, reversed and NaN ones are left out. */
export function union(starts: ArrayLike<number>, ends: ArrayLike<number>): Intervals {
  const order: number[] = [];
  let sorted = true;
  let before = -Infinity;
  for (let i = 0; i < starts.length; i++) {
    const start = starts[i] as number;
    if (!((ends[i] as number) > start)) continue;
    if (start < before) sorted = false;
    before = start;
    order.push(i);
  }
  // Rows of one queue come in order; sorting a million of them would cost more than all the rest.
  if (!sorted) order.sort((a, b) => (starts[a] as number) - (starts[b] as number));
  const outStarts: number[] = [];
  const outEnds: number[] = [];
  for (const i of order) {
    const last = outEnds.length - 1;
    const start = starts[i] as number;
    const end = ends[i] as number;
    if (last >= 0 && start <= (outEnds[last] as number))
      outEnds[last] = Math.max(outEnds[last] as number, end);
    else {
      outStarts.push(start);
      outEnds.push(end);
    }
  }
  return { starts: Float64Array.from(outStarts), ends: Float64Array.from(outEnds) };
}

export function totalLength(intervals: Intervals): number {
  let total = 0;
  for (let i = 0; i < intervals.starts.length; i++)
    total += (intervals.ends[i] as number) - (intervals.starts[i] as number);
  return total;
}

/** First interval that ends after `at`. */
function firstAfter(intervals: Intervals, at: number): number {
  let low = 0;
  let high = intervals.ends.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((intervals.ends[middle] as number) > at) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Length of the part of [start, end] that the intervals cover. */
export function coveredLength(intervals: Intervals, start: number, end: number): number {
  let covered = 0;
  for (
    let i = firstAfter(intervals, start);
    i < intervals.starts.length && (intervals.starts[i] as number) < end;
    i++
  )
    covered += Math.min(end, intervals.ends[i] as number) - Math.max(start, intervals.starts[i] as number);
  return covered;
}

/** The parts of [start, end] that the intervals do not cover. */
export function gapsWithin(intervals: Intervals, start: number, end: number): Intervals {
  const starts: number[] = [];
  const ends: number[] = [];
  let at = start;
  for (
    let i = firstAfter(intervals, start);
    i < intervals.starts.length && (intervals.starts[i] as number) < end;
    i++
  ) {
    const next = intervals.starts[i] as number;
    if (next > at) {
      starts.push(at);
      ends.push(next);
    }
    at = Math.max(at, intervals.ends[i] as number);
  }
  if (at < end) {
    starts.push(at);
    ends.push(end);
  }
  return { starts: Float64Array.from(starts), ends: Float64Array.from(ends) };
}

/** Parts of `a` that `b` does not cover. One pass over both: a trace has as many gaps as kernels. */
export function without(a: Intervals, b: Intervals): Intervals {
  const starts: number[] = [];
  const ends: number[] = [];
  let next = a.starts.length > 0 ? firstAfter(b, a.starts[0] as number) : 0;
  for (let i = 0; i < a.starts.length; i++) {
    let at = a.starts[i] as number;
    const end = a.ends[i] as number;
    while (next < b.ends.length && (b.ends[next] as number) <= at) next++;
    for (let k = next; k < b.starts.length && (b.starts[k] as number) < end; k++) {
      if ((b.starts[k] as number) > at) {
        starts.push(at);
        ends.push(b.starts[k] as number);
      }
      at = Math.max(at, b.ends[k] as number);
    }
    if (at >= end) continue;
    starts.push(at);
    ends.push(end);
  }
  return { starts: Float64Array.from(starts), ends: Float64Array.from(ends) };
}
