/** What a drawn timeline shows of a trace: rows of spans, no more of them than the picture has room for. */
import type { Family, Trace } from '../../trace/model.ts';
import type { TimeRange } from '../../trace/time-range.ts';

export interface DrawnSpan {
  readonly name: string;
  readonly startNs: number;
  readonly endNs: number;
  /** Kernels have one; other spans are drawn by name. */
  readonly family: Family | null;
  /** Spans that are drawn as this one, being thinner than a line. */
  count: number;
}

export interface DrawnRow {
  /** Name of its track; empty for the deeper rows of one. */
  readonly title: string;
  readonly group: string;
  readonly spans: readonly DrawnSpan[];
}

export interface DrawnRows {
  readonly rows: readonly DrawnRow[];
  readonly fromNs: number;
  readonly toNs: number;
  readonly tracksLeftOut: number;
}

const MOST_TRACKS = 40;
const THE_QUEUE = -1;
/** Deeper calls are left out: Python's own frames alone can be dozens. */
const MOST_DEPTH = 6;

/** `minimumNs`: the time that a hair's breadth stands for; neighbors closer and thinner than that become one span. */
export function drawnRows(trace: Trace, widthPx: number, range?: TimeRange): DrawnRows {
  const [fromNs, toNs] = extent(trace, range);
  const minimumNs = (toNs - fromNs) / widthPx / 2;
  const byTrack = new Map<number, DrawnSpan[][]>();
  const put = (track: number, depth: number, span: DrawnSpan): void => {
    if (depth >= MOST_DEPTH || span.endNs < fromNs || span.startNs > toNs) return;
    let rows = byTrack.get(track);
    if (!rows) byTrack.set(track, (rows = []));
    (rows[depth] ??= []).push({
      ...span,
      startNs: Math.max(span.startNs, fromNs),
      endNs: Math.min(span.endNs, toNs),
    });
  };
  const { dispatches, launches, slices } = trace.tables;
  const queues = trace.tracks.flatMap(({ kind }, id) => (kind === 'gpu-queue' ? [id] : []));
  for (let i = 0; i < dispatches.length; i++) {
    const startNs = dispatches.startNs[i] as number;
    if (!Number.isFinite(startNs)) continue;
    // A run of our own names no track for its one queue.
    const track = queues[dispatches.queue[i] as number] ?? THE_QUEUE;
    const kernel = trace.kernels[launches.kernel[dispatches.launch[i] as number] as number];
    const endNs = dispatches.endNs[i] as number;
    put(track, 0, { name: kernel?.name ?? '', startNs, endNs, family: kernel?.family ?? 'other', count: 1 });
  }
  for (let i = 0; i < slices.length; i++) {
    const startNs = slices.startNs[i] as number;
    if (!Number.isFinite(startNs)) continue;
    const name = trace.strings[slices.name[i] as number] as string;
    const endNs = slices.endNs[i] as number;
    put(slices.track[i] as number, slices.depth[i] as number, {
      name,
      startNs,
      endNs,
      family: null,
      count: 1,
    });
  }
  const tracks = [...byTrack.keys()].sort((a, b) => rank(trace, a) - rank(trace, b) || a - b);
  const rows = tracks.slice(0, MOST_TRACKS).flatMap((track) => {
    const { name, group } = trace.tracks[track] ?? { name: 'GPU', group: '' };
    return Array.from(byTrack.get(track) ?? [], (spans = [], depth) => ({
      title: depth > 0 ? '' : rank(trace, track) === 0 ? `${group} ${name}`.trim() : name,
      group,
      spans: thinned(spans, minimumNs),
    }));
  });
  return { rows, fromNs, toNs, tracksLeftOut: Math.max(0, tracks.length - MOST_TRACKS) };
}

/** The device first. */
function rank(trace: Trace, track: number): number {
  return Number(track !== THE_QUEUE && trace.tracks[track]?.kind !== 'gpu-queue');
}

function extent({ tables: { dispatches, slices } }: Trace, range?: TimeRange): [number, number] {
  let from = Infinity;
  let to = -Infinity;
  for (const { startNs, endNs, length } of [dispatches, slices])
    for (let i = 0; i < length; i++) {
      if ((startNs[i] as number) < from) from = startNs[i] as number;
      if ((endNs[i] as number) > to) to = endNs[i] as number;
    }
  from = Math.max(from, range?.fromNs ?? -Infinity);
  to = Math.min(to, range?.toNs ?? Infinity);
  return to > from ? [from, to] : [0, 1];
}

function thinned(spans: DrawnSpan[], minimumNs: number): DrawnSpan[] {
  spans.sort((a, b) => a.startNs - b.startNs || b.endNs - a.endNs);
  const out: DrawnSpan[] = [];
  for (const span of spans) {
    const last = out.at(-1);
    const isThin = span.endNs - span.startNs < minimumNs;
    if (last && isThin && last.family === span.family && span.startNs - last.endNs < minimumNs)
      out[out.length - 1] = {
        ...last,
        endNs: Math.max(last.endNs, span.endNs),
        count: last.count + span.count,
      };
    else out.push(span);
  }
  return out;
}
