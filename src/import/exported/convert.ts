/** Reads back what our own export to Chrome trace events wrote: row for row the trace it came from. */
import type { Result } from '../../base/result.ts';
import { err, ok } from '../../base/result.ts';
import { TraceBuilder } from '../../trace/builder.ts';
import {
  EVENT_FORM_MEMBER,
  EVENT_FORM_VERSION,
  TIMED_TABLES,
  UNTIMED_EVENT,
  UNTIMED_TABLES,
  plainColumns,
} from '../../trace/event-form.ts';
import type { CatalogPatch } from '../../trace/frames.ts';
import { CATALOG_NAMES, TABLES, TABLE_NAMES } from '../../trace/model.ts';
import type { TableName, Trace, TraceMeta } from '../../trace/model.ts';
import type { Row, Schema } from '../../trace/table.ts';
import { TableWriter } from '../../trace/table.ts';
import type { EventColumns } from '../events/columns.ts';
import { PH } from '../events/columns.ts';
import type { EventFile } from '../events/reader.ts';
import type { ImportError } from '../importer.ts';

type Writers = Record<TableName, TableWriter<Schema>>;

/** Our own files say so in a member of their object. */
export function looksExported(header: ReadonlyMap<string, string>): boolean {
  return header.has(EVENT_FORM_MEMBER);
}

export function convertExported(file: EventFile): Result<Trace, ImportError> {
  const untimed = parseUntimed(file.header.get(EVENT_FORM_MEMBER) ?? '');
  if (!untimed.ok) return err({ at: 0, message: `member "${EVENT_FORM_MEMBER}": ${untimed.error}` });
  const { meta, catalogs, tables } = untimed.value;
  const writers = Object.fromEntries(
    TABLE_NAMES.map((name) => [name, new TableWriter<Schema>(TABLES[name])]),
  ) as Writers;
  const builder = new TraceBuilder();
  for (const name of CATALOG_NAMES) {
    const added = builder.frame({
      kind: 'catalog',
      patch: { [name]: Array.isArray(catalogs[name]) ? catalogs[name] : [] } as CatalogPatch,
    });
    if (!added.ok) return err({ at: 0, message: added.error });
  }
  for (const name of UNTIMED_TABLES) readColumns(name, tables[name], writers[name]);
  readRows(file.events, writers);
  for (const name of TABLE_NAMES) {
    const added = builder.rows(name, writers[name].table());
    if (!added.ok) return err({ at: 0, message: added.error });
  }
  const described = builder.frame({ kind: 'meta', meta: { ...(meta as Partial<TraceMeta>) } });
  if (!described.ok) return err({ at: 0, message: described.error });
  builder.setMeta({ notes: [...builder.meta.notes, ...file.notes] });
  return ok(builder.build());
}

type Members = Readonly<Record<string, unknown>>;

function parseUntimed(text: string): Result<{ meta: Members; catalogs: Members; tables: Members }, string> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return err('not JSON');
  }
  const { version, meta, catalogs, tables } = members(json);
  if (version !== EVENT_FORM_VERSION)
    return err(`version ${String(version)}; this Kernelscope reads version ${EVENT_FORM_VERSION}`);
  return ok({ meta: members(meta), catalogs: members(catalogs), tables: members(tables) });
}

function members(value: unknown): Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : {};
}

function readColumns(table: TableName, value: unknown, writer: TableWriter<Schema>): void {
  const columns = members(value);
  const names = Object.keys(TABLES[table]);
  const lists = names.map((name) => (Array.isArray(columns[name]) ? (columns[name] as unknown[]) : []));
  const length = Math.min(...lists.map((list) => list.length));
  for (let i = 0; i < length; i++)
    writer.push(Object.fromEntries(names.map((name, c) => [name, numberOf(lists[c]?.[i])])) as Row<Schema>);
}

function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : NaN;
}

function readRows(events: EventColumns, writers: Writers): void {
  const { strings } = events;
  const tableKey = strings.known('table');
  const valueKey = strings.known('value');
  const untimedName = strings.known(UNTIMED_EVENT);
  const columnKeys = Array.from({ length: 8 }, (_, i) => strings.known(`columns.${i}`));
  for (let i = 0; i < events.length; i++) {
    const phase = events.phase[i];
    // Times count from the trace's own zero, not from the first event.
    const startNs = (events.startNs[i] as number) + events.originUs * 1000;
    if (phase === PH.counter) {
      const series = Number(/^series (\d+)$/.exec(events.text(events.category[i] as number))?.[1] ?? NaN);
      if (!Number.isNaN(series))
        writers.samples.push({ series, atNs: startNs, value: events.number(i, valueKey) });
      continue;
    }
    const isUntimed = phase === PH.metadata && events.name[i] === untimedName;
    if (phase !== PH.complete && phase !== PH.instant && !isUntimed) continue;
    const table = events.argText(i, tableKey) as TableName | undefined;
    const time = table !== undefined && Object.hasOwn(TIMED_TABLES, table) ? TIMED_TABLES[table] : undefined;
    if (!table || !time) continue;
    const row: Record<string, number> = {};
    plainColumns(table).forEach((name, c) => (row[name] = events.number(i, columnKeys[c] as number)));
    row[time.start] = isUntimed ? NaN : startNs;
    if (time.end !== null) row[time.end] = isUntimed ? NaN : startNs + (events.durationNs[i] as number);
    writers[table].push(row);
  }
}
