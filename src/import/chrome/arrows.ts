/** Flow events (s/t/f): arrows between the slices that enclose, or follow, their two ends. */
import type { TraceBuilder } from '../../trace/builder.ts';
import { FLOW_ENDS } from '../../trace/model.ts';
import type { EventColumns } from '../events/columns.ts';
import { PH } from '../events/columns.ts';
import { isTimed } from '../events/shared.ts';

const SLICES = FLOW_ENDS.indexOf('slices');

/** Slices of one thread in order of nesting, as rows of the trace. */
export interface ThreadSlices {
  readonly rows: number[];
  readonly startNs: number[];
  readonly endNs: number[];
}

/** Writes the arrows of the flow events that `takes` accepts; returns how many ends found no slice. */
export function writeArrows(
  events: EventColumns,
  threads: ReadonlyMap<string, ThreadSlices>,
  builder: TraceBuilder,
  string: (id: number) => number,
  takes: (event: number) => boolean,
): number {
  const binding = events.strings.known('bp');
  const ids: number[] = [];
  for (let i = 0; i < events.length; i++) {
    const phase = events.phase[i];
    const isFlow = phase === PH.flowStart || phase === PH.flowStep || phase === PH.flowEnd;
    if (isFlow && isTimed(events, i) && takes(i)) ids.push(i);
  }
  ids.sort(
    (a, b) =>
      (events.startNs[a] as number) - (events.startNs[b] as number) ||
      rank(events, a) - rank(events, b) ||
      a - b,
  );
  const last = new Map<string, number>();
  let lost = 0;
  for (const i of ids) {
    const thread = threads.get(`${events.process[i]} ${events.thread[i]}`);
    const phase = events.phase[i] as number;
    // An end binds to the slice that starts next, unless it says bp:e; starts and steps bind to the one around them.
    const next = phase === PH.flowEnd && events.argText(i, binding) !== 'e';
    const row = thread
      ? next
        ? following(thread, events.startNs[i] as number)
        : enclosing(thread, events.startNs[i] as number)
      : -1;
    const key = `${events.category[i]} ${events.name[i]} ${events.id[i]}`;
    const from = last.get(key);
    if (row < 0) {
      lost++;
      continue;
    }
    if (phase !== PH.flowStart && from !== undefined)
      builder.row('flows', {
        name: string(events.name[i] as number),
        fromEnd: SLICES,
        from,
        toEnd: SLICES,
        to: row,
      });
    if (phase === PH.flowEnd) last.delete(key);
    else last.set(key, row);
  }
  return lost;
}

/** At one moment a start comes before a step and a step before an end. */
function rank(events: EventColumns, i: number): number {
  return [PH.flowStart, PH.flowStep, PH.flowEnd].indexOf(events.phase[i] as 115);
}

/** First slice that starts at or after a time; -1 for none. */
function following({ rows, startNs }: ThreadSlices, ns: number): number {
  const at = lowerBound(startNs, ns);
  return rows[at] ?? -1;
}

/** Innermost slice around a time (its two ends included); -1 for none. */
function enclosing({ rows, startNs, endNs }: ThreadSlices, ns: number): number {
  const MAX_LOOK_BACK = 4096;
  let at = lowerBound(startNs, ns + Number.EPSILON) - 1;
  while (at + 1 < startNs.length && (startNs[at + 1] as number) <= ns) at++;
  for (let i = at; i >= 0 && i > at - MAX_LOOK_BACK; i--)
    if ((endNs[i] as number) >= ns) return rows[i] as number;
  return -1;
}

function lowerBound(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
