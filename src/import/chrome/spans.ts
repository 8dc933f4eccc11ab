/** Slices of threads: complete events as they are, begin and end events matched. */
import type { EventColumns } from '../events/columns.ts';
import { PH } from '../events/columns.ts';
import { isTimed } from '../events/shared.ts';

/** Slices in columns, in the order they were completed; `event` is the one that named it. */
export interface Spans {
  readonly event: number[];
  readonly startNs: number[];
  readonly endNs: number[];
}

export interface SpanProblems {
  negative: number;
  unmatchedEnds: number;
  unfinished: number;
}

/** Spans of all threads, of the complete events that `takes` accepts and of all begins and ends. An unfinished begin ends with the last event of the file, as a viewer would draw it. */
export function threadSpans(
  events: EventColumns,
  problems: SpanProblems,
  takes: (event: number) => boolean,
): Spans {
  const spans: Spans = { event: [], startNs: [], endNs: [] };
  const open = new Map<string, number[]>();
  let lastNs = 0;
  const push = (event: number, endNs: number): void => {
    spans.event.push(event);
    spans.startNs.push(events.startNs[event] as number);
    spans.endNs.push(endNs);
  };
  for (const i of beginsAndEnds(events)) {
    const thread = `${events.process[i]} ${events.thread[i]}`;
    let stack = open.get(thread);
    if (!stack) open.set(thread, (stack = []));
    if (events.phase[i] === PH.begin) {
      stack.push(i);
      continue;
    }
    const name = events.name[i];
    const match =
      name === 0
        ? stack.length - 1
        : stack.findLastIndex((begin) => events.name[begin] === name || events.name[begin] === 0);
    if (match < 0) {
      problems.unmatchedEnds++;
      continue;
    }
    // Begins above the matching one never ended: they end here.
    problems.unfinished += stack.length - 1 - match;
    while (stack.length > match) push(stack.pop() as number, events.startNs[i] as number);
  }
  for (let i = 0; i < events.length; i++) {
    if (!isTimed(events, i)) continue;
    lastNs = Math.max(
      lastNs,
      events.phase[i] === PH.complete ? events.endNs(i) : (events.startNs[i] as number),
    );
    if (events.phase[i] !== PH.complete) continue;
    if (!takes(i)) continue;
    if ((events.durationNs[i] as number) < 0) problems.negative++;
    else push(i, events.endNs(i));
  }
  for (const stack of open.values())
    for (const begin of stack.reverse()) {
      problems.unfinished++;
      push(begin, lastNs);
    }
  return spans;
}

/** Begin and end events in order of time; equal times keep the file's order. */
function beginsAndEnds(events: EventColumns): number[] {
  const found: number[] = [];
  for (let i = 0; i < events.length; i++)
    if ((events.phase[i] === PH.begin || events.phase[i] === PH.end) && isTimed(events, i)) found.push(i);
  return found.sort((a, b) => (events.startNs[a] as number) - (events.startNs[b] as number) || a - b);
}
