/** What every dialect of the event format needs. */
import type { TraceBuilder } from '../../trace/builder.ts';
import type { EventColumns } from './columns.ts';
import { PH } from './columns.ts';

/**
 * Moves time zero to the first event that `counts` accepts (metadata and stray marks may stand anywhere) and returns
 * that moment in microseconds of the file's clock.
 */
export function setOrigin(events: EventColumns, counts: (event: number) => boolean): number {
  let first = Infinity;
  for (let i = 0; i < events.length; i++) {
    const start = events.startNs[i] as number;
    if (start < first && counts(i)) first = start;
  }
  if (!Number.isFinite(first)) return Number.isNaN(events.originUs) ? 0 : events.originUs;
  if (first !== 0)
    for (let i = 0; i < events.length; i++) events.startNs[i] = (events.startNs[i] as number) - first;
  return events.originUs + first / 1000;
}

/** A float64 holds whole nanoseconds up to here: 104 days. */
const EXACT_NS = 2 ** 53;

/** One line when the times (of the events that `counts` accepts) span more than can be kept to the nanosecond. */
export function spanNote(events: EventColumns, counts: (event: number) => boolean = () => true): string[] {
  let last = 0;
  for (let i = 0; i < events.length; i++)
    if ((events.startNs[i] as number) > last && counts(i)) last = events.startNs[i] as number;
  return last > EXACT_NS
    ? [`The events span ${Math.round(last / 86_400e9)} days: times that far apart are rounded.`]
    : [];
}

export function isTimed(events: EventColumns, event: number): boolean {
  return events.phase[event] !== PH.metadata && Number.isFinite(events.startNs[event] as number);
}

/** Gives the trace's string id of an event's string id, adding each string once. */
export function stringMapper(events: EventColumns, builder: TraceBuilder): (id: number) => number {
  const mapped: number[] = [];
  return (id) => (mapped[id] ??= builder.string(events.text(id)));
}
