/** Rows of our own export, in either version of its form, back into tables. */
import {
  EVENT_ROW,
  EVENT_ROW_SIZE,
  TIMED_TABLES,
  UNTIMED_EVENT,
  plainColumns,
} from '../../trace/event-form.ts';
import { TABLES, TABLE_NAMES } from '../../trace/model.ts';
import type { TableName } from '../../trace/model.ts';
import type { AnyTable, Row, Schema } from '../../trace/table.ts';
import { TableWriter, column } from '../../trace/table.ts';
import type { EventColumns } from '../events/columns.ts';
import { PH } from '../events/columns.ts';

/** Phases of events that are rows. */
const ROW_PHASES = new Set<number>([PH.complete, PH.begin, PH.instant, PH.counter, PH.metadata]);

/** Tables in the making, whose rows may come in any order. */
export class ExportedRows {
  readonly #writers = new Map<TableName, TableWriter<Schema>>();
  readonly #indices = new Map<TableName, number[]>();

  constructor() {
    for (const name of TABLE_NAMES) {
      this.#writers.set(name, new TableWriter<Schema>(TABLES[name]));
      this.#indices.set(name, []);
    }
  }

  /** `index`: the row's place among the others. */
  push(table: TableName, index: number, row: Record<string, number>): void {
    this.#writers.get(table)?.push(row as Row<Schema>);
    this.#indices.get(table)?.push(index);
  }

  table(name: TableName): AnyTable {
    const rows = (this.#writers.get(name) as TableWriter<Schema>).table();
    const indices = this.#indices.get(name) as number[];
    if (indices.every((index, i) => i === 0 || (indices[i - 1] as number) <= index)) return rows;
    const order = indices.map((_, i) => i).sort((a, b) => (indices[a] as number) - (indices[b] as number));
    const sorted: Record<string, unknown> = { length: rows.length };
    for (const key of Object.keys(TABLES[name])) {
      const from = column(rows, key);
      sorted[key] = from.slice().map((_, i) => from[order[i] as number] as number);
    }
    return sorted as unknown as AnyTable;
  }
}

export function readRows(events: EventColumns, rows: ExportedRows): void {
  const key = Array.from({ length: EVENT_ROW_SIZE }, (_, i) => events.strings.known(`${EVENT_ROW}.${i}`));
  const plain = plainNames();
  for (let i = 0; i < events.length; i++) {
    const phase = events.phase[i] as number;
    if (!ROW_PHASES.has(phase)) continue;
    const table = events.argText(i, key[0] as number) as TableName | undefined;
    const time = table !== undefined && Object.hasOwn(TIMED_TABLES, table) ? TIMED_TABLES[table] : undefined;
    if (!table || !time) continue;
    const names = plain.get(table) as readonly string[];
    const index = events.number(i, key[1] as number);
    const row: Record<string, number> = {};
    names.forEach((name, c) => (row[name] = events.number(i, key[c + 2] as number)));
    const ownStart = events.number(i, key[names.length + 2] as number);
    const ownEnd = events.number(i, key[names.length + 3] as number);
    const drawn = phase !== PH.metadata;
    const startNs = startOf(events, i);
    row[time.start] = !drawn || !Number.isNaN(ownStart) ? ownStart : startNs;
    if (time.end !== null)
      row[time.end] = !drawn || !Number.isNaN(ownEnd) ? ownEnd : startNs + (events.durationNs[i] as number);
    rows.push(table, Number.isFinite(index) ? index : 0, row);
  }
}

/** Version 1: columns in the arguments, in the tables' order, samples as counters alone. */
export function readRowsOfVersion1(events: EventColumns, rows: ExportedRows): void {
  const { strings } = events;
  const tableKey = strings.known('table');
  const valueKey = strings.known('value');
  const untimedName = strings.known(UNTIMED_EVENT);
  const columnKeys = Array.from({ length: 8 }, (_, i) => strings.known(`columns.${i}`));
  const plain = plainNames();
  for (let i = 0; i < events.length; i++) {
    const phase = events.phase[i];
    const startNs = startOf(events, i);
    if (phase === PH.counter) {
      const series = Number(/^series (\d+)$/.exec(events.text(events.category[i] as number))?.[1] ?? NaN);
      if (!Number.isNaN(series))
        rows.push('samples', i, { series, atNs: startNs, value: events.number(i, valueKey) });
      continue;
    }
    const isUntimed = phase === PH.metadata && events.name[i] === untimedName;
    if (phase !== PH.complete && phase !== PH.instant && !isUntimed) continue;
    const table = events.argText(i, tableKey) as TableName | undefined;
    const time = table !== undefined && Object.hasOwn(TIMED_TABLES, table) ? TIMED_TABLES[table] : undefined;
    if (!table || !time) continue;
    const row: Record<string, number> = {};
    plain.get(table)?.forEach((name, c) => (row[name] = events.number(i, columnKeys[c] as number)));
    row[time.start] = isUntimed ? NaN : startNs;
    if (time.end !== null) row[time.end] = isUntimed ? NaN : startNs + (events.durationNs[i] as number);
    rows.push(table, i, row);
  }
}

/** Times count from the trace's own zero, not from the first event. */
function startOf(events: EventColumns, event: number): number {
  return (events.startNs[event] as number) + events.originUs * 1000;
}

function plainNames(): ReadonlyMap<TableName, readonly string[]> {
  return new Map((Object.keys(TIMED_TABLES) as TableName[]).map((name) => [name, plainColumns(name)]));
}
