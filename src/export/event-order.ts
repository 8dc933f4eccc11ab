/**
 * The rows of a trace that are drawn as events, in the order in which a viewer wants them: by time, and of those that begin together
 * the one that holds the others first. Times are whole nanoseconds, as viewers keep them: what is rounded apart would overlap.
 */
import { TIMED_TABLES } from '../trace/event-form.ts';
import { TABLE_NAMES } from '../trace/model.ts';
import type { TableName, Trace } from '../trace/model.ts';
import { column } from '../trace/table.ts';

/** Tables with events; `table` below is an index into them. */
export const EVENT_TABLES = TABLE_NAMES.filter((name) => TIMED_TABLES[name] !== undefined);

export interface EventOrder {
  readonly length: number;
  readonly table: Uint8Array;
  readonly row: Uint32Array;
  readonly startNs: Float64Array;
  /** Infinity for a span that has not ended; the start for an instant. */
  readonly endNs: Float64Array;
  /** Place of a row in the order; -1 where it cannot be drawn: no time, an end before its start, a sample that is no number. */
  placeOf(table: TableName, row: number): number;
}

export function eventOrder(trace: Trace): EventOrder {
  const { tables } = trace;
  const size = EVENT_TABLES.reduce((sum, name) => sum + tables[name].length, 0);
  const table = new Uint8Array(size);
  const row = new Uint32Array(size);
  const startNs = new Float64Array(size);
  const endNs = new Float64Array(size);
  let length = 0;
  EVENT_TABLES.forEach((name, t) => {
    const time = TIMED_TABLES[name];
    const starts = column(tables[name], time?.start ?? '');
    const ends = time?.end ? column(tables[name], time.end) : starts;
    for (let r = 0; r < tables[name].length; r++) {
      const start = Math.round(starts[r] as number);
      const end = Number.isNaN(ends[r]) ? Infinity : Math.round(ends[r] as number);
      if (!Number.isFinite(start) || end < start) continue;
      if (name === 'samples' && !Number.isFinite(tables.samples.value[r] as number)) continue;
      table[length] = t;
      row[length] = r;
      startNs[length] = start;
      endNs[length++] = end;
    }
  });
  const slices = EVENT_TABLES.indexOf('slices');
  // Of spans with the same times the recorder knows which holds which.
  const depth = (i: number): number =>
    table[i] === slices ? (tables.slices.depth[row[i] as number] as number) : 0;
  const order = Uint32Array.from({ length }, (_, i) => i).sort(
    (a, b) =>
      (startNs[a] as number) - (startNs[b] as number) ||
      later(endNs[a] as number, endNs[b] as number) ||
      depth(a) - depth(b) ||
      a - b,
  );
  const places = EVENT_TABLES.map((name) => new Int32Array(tables[name].length).fill(-1));
  order.forEach((i, place) => ((places[table[i] as number] as Int32Array)[row[i] as number] = place));
  return {
    length,
    table: table.slice(0, length).map((_, i) => table[order[i] as number] as number),
    row: row.slice(0, length).map((_, i) => row[order[i] as number] as number),
    startNs: startNs.slice(0, length).map((_, i) => startNs[order[i] as number] as number),
    endNs: endNs.slice(0, length).map((_, i) => endNs[order[i] as number] as number),
    placeOf: (name, r) => places[EVENT_TABLES.indexOf(name)]?.[r] ?? -1,
  };
}

/** Two that never end are equal: a difference of infinities is no number. */
function later(a: number, b: number): number {
  return a === b ? 0 : b > a ? 1 : -1;
}
