/** Lines for spans of one thread that overlap without one holding the other: viewers draw a thread as a stack. */

export interface Spans {
  readonly line: ArrayLike<number>;
  readonly startNs: ArrayLike<number>;
  readonly endNs: ArrayLike<number>;
}

/** More than this many side by side and the rest share the last line. */
const MAX_LANES = 64;

/** For each span the lane within its line: 0 unless an open span there would be cut by it. Spans without a time stay in 0. */
export function lanes({ line, startNs, endNs }: Spans): Uint8Array {
  const order: number[] = [];
  for (let i = 0; i < line.length; i++) if (Number.isFinite(startNs[i] as number)) order.push(i);
  const end = (i: number): number => (Number.isFinite(endNs[i] as number) ? (endNs[i] as number) : Infinity);
  order.sort(
    (a, b) =>
      (line[a] as number) - (line[b] as number) ||
      (startNs[a] as number) - (startNs[b] as number) ||
      end(b) - end(a) ||
      a - b,
  );
  const lane = new Uint8Array(line.length);
  let open: number[][] = [];
  let current = -1;
  for (const i of order) {
    if (line[i] !== current) {
      current = line[i] as number;
      open = [];
    }
    const start = startNs[i] as number;
    let at = 0;
    for (; at < MAX_LANES - 1; at++) {
      const stack = (open[at] ??= []);
      while (stack.length > 0 && (stack.at(-1) as number) <= start) stack.pop();
      if (stack.length === 0 || (stack.at(-1) as number) >= end(i)) break;
    }
    (open[at] ??= []).push(end(i));
    lane[i] = at;
  }
  return lane;
}
