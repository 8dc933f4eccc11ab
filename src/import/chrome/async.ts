/** Async events (b/n/e and the older S/T/p/F): trees of spans that belong to an id, not to a thread. */
import type { EventColumns } from '../events/columns.ts';
import { PH } from '../events/columns.ts';
import { isTimed } from '../events/shared.ts';

export interface AsyncSpan {
  readonly event: number;
  readonly startNs: number;
  readonly endNs: number;
  /** Row within the track, so that spans of different ids that overlap in time do not cover each other. */
  depth: number;
}

export interface AsyncGroup {
  readonly process: number;
  readonly category: number;
  readonly spans: AsyncSpan[];
  readonly marks: number[];
}

interface Tree {
  readonly open: AsyncSpan[];
  readonly spans: AsyncSpan[];
}

const BEGIN = new Set<number>([PH.asyncBegin, PH.asyncBeginOld]);
const END = new Set<number>([PH.asyncEnd, PH.asyncEndOld]);
const MARK = new Set<number>([PH.asyncInstant, PH.asyncStepOld, PH.asyncPastOld]);
const OLD = new Set<number>([PH.asyncBeginOld, PH.asyncEndOld, PH.asyncStepOld, PH.asyncPastOld]);

export function asyncGroups(
  events: EventColumns,
  problems: { unmatchedEnds: number; unfinished: number },
): AsyncGroup[] {
  const ids: number[] = [];
  let lastNs = 0;
  for (let i = 0; i < events.length; i++) {
    if (!isTimed(events, i)) continue;
    lastNs = Math.max(lastNs, events.endNs(i));
    const phase = events.phase[i] as number;
    if (BEGIN.has(phase) || END.has(phase) || MARK.has(phase)) ids.push(i);
  }
  ids.sort((a, b) => (events.startNs[a] as number) - (events.startNs[b] as number) || a - b);
  const groups = new Map<string, AsyncGroup & { readonly trees: Map<string, Tree> }>();
  for (const i of ids) {
    const process = events.process[i] as number;
    const category = events.category[i] as number;
    const groupKey = `${process} ${category}`;
    let group = groups.get(groupKey);
    if (!group) groups.set(groupKey, (group = { process, category, spans: [], marks: [], trees: new Map() }));
    const phase = events.phase[i] as number;
    // The old form is matched by name too.
    const treeKey = OLD.has(phase) ? `${events.id[i]} ${events.name[i]}` : String(events.id[i]);
    let tree = group.trees.get(treeKey);
    if (!tree) group.trees.set(treeKey, (tree = { open: [], spans: [] }));
    if (MARK.has(phase)) group.marks.push(i);
    else if (BEGIN.has(phase))
      tree.open.push({ event: i, startNs: events.startNs[i] as number, endNs: NaN, depth: tree.open.length });
    else {
      const at = tree.open.findLastIndex(
        ({ event }) => events.name[event] === events.name[i] || events.name[i] === 0,
      );
      if (at < 0) problems.unmatchedEnds++;
      else
        for (const span of tree.open.splice(at))
          tree.spans.push({ ...span, endNs: events.startNs[i] as number });
    }
  }
  for (const group of groups.values()) {
    for (const tree of group.trees.values()) {
      problems.unfinished += tree.open.length;
      for (const span of tree.open) tree.spans.push({ ...span, endNs: lastNs });
    }
    layOut(group.spans, [...group.trees.values()]);
  }
  return [...groups.values()];
}

/** Gives each tree the lowest rows that are free for its time. */
function layOut(spans: AsyncSpan[], trees: readonly Tree[]): void {
  const boxes = trees
    .filter((tree) => tree.spans.length > 0)
    .map((tree) => ({
      tree,
      start: Math.min(...tree.spans.map((span) => span.startNs)),
      end: Math.max(...tree.spans.map((span) => span.endNs)),
      height: Math.max(...tree.spans.map((span) => span.depth)) + 1,
    }))
    .sort((a, b) => a.start - b.start);
  const busyUntil: number[] = [];
  for (const { tree, start, end, height } of boxes) {
    let base = 0;
    while (base < MAX_ROWS && busyUntil.slice(base, base + height).some((until) => until > start)) base++;
    for (let row = base; row < base + height; row++) busyUntil[row] = end;
    for (const span of tree.spans) spans.push({ ...span, depth: Math.min(base + span.depth, 65535) });
  }
  spans.sort((a, b) => a.startNs - b.startNs || a.depth - b.depth);
}

/** More rows than a person can look at; further trees overlap. */
const MAX_ROWS = 512;
