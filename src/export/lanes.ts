/** Lines for spans of one thread that overlap without one holding the other: viewers draw a thread as a stack. */

export interface Spans {
  /** Line of each span, from 0. */
  readonly line: ArrayLike<number>;
  readonly startNs: ArrayLike<number>;
  /** Infinity for a span that does not end. */
  readonly endNs: ArrayLike<number>;
}

/** More than this many side by side and the rest share the last lane: finding a free one takes a look at each. */
const MAX_LANES = 1024;

/** For each span the lane within its line: 0 unless an open span there would be cut by it. Spans come by start, the longest first. */
export function lanes({ line, startNs, endNs }: Spans): Uint16Array {
  const lane = new Uint16Array(line.length);
  const open: number[][][] = [];
  for (let i = 0; i < line.length; i++) {
    const stacks = (open[line[i] as number] ??= []);
    const start = startNs[i] as number;
    const end = endNs[i] as number;
    let at = 0;
    for (; at < MAX_LANES - 1; at++) {
      const stack = (stacks[at] ??= []);
      while (stack.length > 0 && (stack.at(-1) as number) <= start) stack.pop();
      if (stack.length === 0 || (stack.at(-1) as number) >= end) break;
    }
    (stacks[at] ??= []).push(end);
    lane[i] = at;
  }
  return lane;
}
