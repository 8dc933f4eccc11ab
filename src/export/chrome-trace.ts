/**
 * A trace as Chrome trace events, which Perfetto, chrome://tracing and PyTorch's tools read: kernels, operators and copies
 * carry the categories and arguments that PyTorch's profiler writes. Opening the file here gives the same trace again.
 *
 * The order of the events and the rounding to whole nanoseconds are Perfetto's wishes: it sorts by time alone, drops a slice that
 * cuts another by a nanosecond, and binds an arrow to the slice that began last before it.
 */
import {
  EVENT_FORM_MEMBER,
  EVENT_FORM_VERSION,
  EVENT_ROW,
  TIMED_TABLES,
  UNTIMED_EVENT,
  UNTIMED_TABLES,
  plainColumns,
} from '../trace/event-form.ts';
import { CATALOG_NAMES, FLOW_ENDS, TABLES } from '../trace/model.ts';
import type { TableName, Trace } from '../trace/model.ts';
import { column } from '../trace/table.ts';
import type { Elements } from '../trace/table.ts';
import { EVENT_TABLES, eventOrder } from './event-order.ts';
import type { EventOrder } from './event-order.ts';
import { EventPlaces } from './event-places.ts';
import { EventWording } from './event-words.ts';
import { TextBytes } from './text-bytes.ts';

export function chromeTrace(trace: Trace): Uint8Array {
  const out = new TextBytes();
  out.add('{"schemaVersion":1,"displayTimeUnit":"ms",\n"traceEvents":[\n');
  const writer = new EventWriter(trace, out);
  writer.tracks();
  writer.events();
  writer.undrawn();
  out.add(`\n],\n"${EVENT_FORM_MEMBER}":${JSON.stringify(untimedPart(trace))}}\n`);
  return out.bytes();
}

/** Catalogs, and the tables without a time as columns. NaN stands as null. */
function untimedPart(trace: Trace): Record<string, unknown> {
  const catalogs = Object.fromEntries(CATALOG_NAMES.map((name) => [name, trace[name]]));
  const tables = Object.fromEntries(
    UNTIMED_TABLES.map((name) => [
      name,
      Object.fromEntries(
        Object.keys(TABLES[name]).map((key) => [
          key,
          Array.from(column(trace.tables[name], key)).slice(0, trace.tables[name].length),
        ]),
      ),
    ]),
  );
  return { version: EVENT_FORM_VERSION, meta: trace.meta, catalogs, tables };
}

interface Arrow {
  readonly flow: number;
  readonly begins: boolean;
}

class EventWriter {
  readonly #trace: Trace;
  readonly #out: TextBytes;
  readonly #order: EventOrder;
  readonly #places: EventPlaces;
  readonly #wording: EventWording;
  readonly #columns: ReadonlyMap<TableName, RowColumns>;
  #first = true;

  constructor(trace: Trace, out: TextBytes) {
    this.#trace = trace;
    this.#out = out;
    this.#order = eventOrder(trace);
    this.#places = new EventPlaces(trace, this.#order);
    this.#wording = new EventWording(trace, this.#places);
    this.#columns = new Map(EVENT_TABLES.map((name) => [name, new RowColumns(trace, name)]));
  }

  tracks(): void {
    const { processes, threads } = this.#places;
    for (const { process, name } of processes) {
      // On a thread that is there: viewers make one of the process's own for any other.
      const at = `"pid":${process},"tid":${threads.find((each) => each.process === process)?.thread ?? 0}`;
      if (name !== '') this.#event(`"ph":"M","name":"process_name",${at},"args":{"name":${JSON.stringify(name)}}`);
      this.#event(`"ph":"M","name":"process_sort_index",${at},"args":{"sort_index":${process}}`);
    } // prettier-ignore
    for (const { process, thread, name } of threads) {
      const at = `"pid":${process},"tid":${thread}`;
      if (name !== '') this.#event(`"ph":"M","name":"thread_name",${at},"args":{"name":${JSON.stringify(name)}}`);
      this.#event(`"ph":"M","name":"thread_sort_index",${at},"args":{"sort_index":${thread}}`);
    } // prettier-ignore
  }

  events(): void {
    const { length, table, row, startNs, endNs } = this.#order;
    const arrows = this.#arrows();
    for (let i = 0; i < length; i++) {
      const name = EVENT_TABLES[table[i] as number] as TableName;
      const r = row[i] as number;
      const start = startNs[i] as number;
      const end = endNs[i] as number;
      const { process, thread } = this.#places.of(i);
      const at = `"pid":${process},"tid":${thread},"ts":${micros(start)}`;
      const kept = this.#columns.get(name)?.text(r, start, end) ?? '';
      if (name === 'samples') {
        const { name: label, unit, id } = this.#wording.counter(r);
        const apart = id === undefined ? '' : `"id":"${id}",`;
        this.#event(
          `"ph":"C","cat":"counter","name":${JSON.stringify(label)},${apart}${at},"args":{"${unit}":${this.#trace.tables.samples.value[r]}},${kept}`,
        );
        continue;
      }
      const words = this.#wording.of(name, r);
      // What has not ended begins only: a length would be made up.
      const shape =
        TIMED_TABLES[name]?.end === null
          ? '"ph":"i","s":"t"'
          : end === Infinity
            ? '"ph":"B"'
            : `"ph":"X","dur":${micros(end - start)}`;
      const args = JSON.stringify(words.args);
      this.#event(
        `${shape},"cat":"${words.category}","name":${JSON.stringify(words.name)},${at}${args === '{}' ? '' : `,"args":${args}`},${kept}`,
      );
      for (const arrow of arrows.get(i) ?? []) this.#arrow(arrow, at);
    }
  }

  /** Rows that no viewer can draw. */
  undrawn(): void {
    for (const name of EVENT_TABLES) {
      const columns = this.#columns.get(name) as RowColumns;
      for (let row = 0; row < this.#trace.tables[name].length; row++)
        if (this.#order.placeOf(name, row) < 0)
          this.#event(`"ph":"M","name":"${UNTIMED_EVENT}","pid":1,"tid":1,${columns.text(row, NaN, NaN)}`);
    }
  }

  /** Both ends of each arrow, by event. It runs from the earlier to the later; which row it began at stands in our own member. */
  #arrows(): Map<number, Arrow[]> {
    const { flows } = this.#trace.tables;
    const arrows = new Map<number, Arrow[]>();
    const add = (event: number, arrow: Arrow): void => {
      const there = arrows.get(event);
      if (there) there.push(arrow);
      else arrows.set(event, [arrow]);
    };
    for (let flow = 0; flow < flows.length; flow++) {
      const from = this.#order.placeOf(FLOW_ENDS[flows.fromEnd[flow] as number] ?? 'slices', flows.from[flow] as number); // prettier-ignore
      const to = this.#order.placeOf(FLOW_ENDS[flows.toEnd[flow] as number] ?? 'slices', flows.to[flow] as number); // prettier-ignore
      if (from < 0 || to < 0 || from === to) continue;
      add(Math.min(from, to), { flow, begins: true });
      add(Math.max(from, to), { flow, begins: false });
    }
    return arrows;
  }

  #arrow({ flow, begins }: Arrow, at: string): void {
    const name = this.#trace.strings[this.#trace.tables.flows.name[flow] as number] ?? '';
    const category = name === 'launch' ? 'ac2g' : 'flow';
    const end = begins ? '"ph":"s"' : '"ph":"f","bp":"e"';
    this.#event(`${end},"cat":"${category}","name":${JSON.stringify(name)},"id":${flow + 1},${at}`);
  }

  #event(members: string): void {
    this.#out.add(this.#first ? `{${members}}` : `,\n{${members}}`);
    this.#first = false;
  }
}

/** Columns of one table as the member `row` of an event. */
class RowColumns {
  readonly #table: TableName;
  readonly #plain: readonly Elements[];
  readonly #starts: Elements;
  readonly #ends: Elements | null;

  constructor(trace: Trace, table: TableName) {
    const time = TIMED_TABLES[table];
    this.#table = table;
    this.#plain = plainColumns(table).map((name) => column(trace.tables[table], name));
    this.#starts = column(trace.tables[table], time?.start ?? '');
    this.#ends = time?.end ? column(trace.tables[table], time.end) : null;
  }

  /** `start` and `end` as the event says them; where they are not the row's, the row's own are added. */
  text(row: number, start: number, end: number): string {
    const values = this.#plain.map((column) => number(column[row] as number));
    const ownStart = this.#starts[row] as number;
    const ownEnd = this.#ends?.[row] as number | undefined;
    const ends = ownEnd === undefined || ownEnd === end || (Number.isNaN(ownEnd) && end === Infinity);
    if (ownStart !== start || !ends)
      values.push(number(ownStart), ...(ownEnd === undefined ? [] : [number(ownEnd)]));
    return `"${EVENT_ROW}":["${this.#table}",${[row, ...values].join()}]`;
  }
}

/** JSON has no infinity: a loss that ran away stands as text. NaN is null. */
function number(value: number): string {
  return Number.isFinite(value) ? String(value) : Number.isNaN(value) ? 'null' : `"${value}"`;
}

/** Whole nanoseconds as microseconds in decimal digits. */
export function micros(ns: number): string {
  const whole = Math.trunc(ns / 1000);
  const rest = Math.abs(ns - whole * 1000);
  if (rest === 0) return String(whole);
  const digits = `${Math.abs(whole)}.${String(rest).padStart(3, '0')}`.replace(/0+$/, '');
  return ns < 0 ? `-${digits}` : digits;
}
