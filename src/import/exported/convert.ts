/** Reads back what our own export to Chrome trace events wrote: row for row the trace it came from. */
import type { Result } from '../../base/result.ts';
import { err, ok } from '../../base/result.ts';
import { TraceBuilder } from '../../trace/builder.ts';
import { EVENT_FORM_MEMBER, EVENT_FORM_VERSION, UNTIMED_TABLES } from '../../trace/event-form.ts';
import type { CatalogPatch } from '../../trace/frames.ts';
import { CATALOG_NAMES, TABLES, TABLE_NAMES } from '../../trace/model.ts';
import type { TableName, Trace, TraceMeta } from '../../trace/model.ts';
import type { EventFile } from '../events/reader.ts';
import type { ImportError } from '../importer.ts';
import { ExportedRows, readRows, readRowsOfVersion1 } from './rows.ts';

/** Our own files say so in a member of their object. */
export function looksExported(header: ReadonlyMap<string, string>): boolean {
  return header.has(EVENT_FORM_MEMBER);
}

export function convertExported(file: EventFile): Result<Trace, ImportError> {
  const untimed = parseUntimed(file.header.get(EVENT_FORM_MEMBER) ?? '');
  if (!untimed.ok) return err({ at: 0, message: `member "${EVENT_FORM_MEMBER}": ${untimed.error}` });
  const { version, meta, catalogs, tables } = untimed.value;
  const rows = new ExportedRows();
  const builder = new TraceBuilder();
  for (const name of CATALOG_NAMES) {
    const added = builder.frame({
      kind: 'catalog',
      patch: { [name]: Array.isArray(catalogs[name]) ? catalogs[name] : [] } as CatalogPatch,
    });
    if (!added.ok) return err({ at: 0, message: added.error });
  }
  for (const name of UNTIMED_TABLES) readColumns(name, tables[name], rows);
  if (version === 1) readRowsOfVersion1(file.events, rows);
  else readRows(file.events, rows);
  for (const name of TABLE_NAMES) {
    const added = builder.rows(name, rows.table(name));
    if (!added.ok) return err({ at: 0, message: added.error });
  }
  const described = builder.frame({ kind: 'meta', meta: { ...(meta as Partial<TraceMeta>) } });
  if (!described.ok) return err({ at: 0, message: described.error });
  builder.setMeta({ notes: [...builder.meta.notes, ...file.notes] });
  return ok(builder.build());
}

type Members = Readonly<Record<string, unknown>>;

interface Untimed {
  readonly version: number;
  readonly meta: Members;
  readonly catalogs: Members;
  readonly tables: Members;
}

function parseUntimed(text: string): Result<Untimed, string> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return err('not JSON');
  }
  const { version, meta, catalogs, tables } = members(json);
  if (version !== 1 && version !== EVENT_FORM_VERSION)
    return err(`version ${String(version)}; this Kernelscope reads versions up to ${EVENT_FORM_VERSION}`);
  return ok({ version, meta: members(meta), catalogs: members(catalogs), tables: members(tables) });
}

function members(value: unknown): Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : {};
}

function readColumns(table: TableName, value: unknown, rows: ExportedRows): void {
  const columns = members(value);
  const names = Object.keys(TABLES[table]);
  const lists = names.map((name) => (Array.isArray(columns[name]) ? (columns[name] as unknown[]) : []));
  const length = Math.min(...lists.map((list) => list.length));
  for (let i = 0; i < length; i++)
    rows.push(table, i, Object.fromEntries(names.map((name, c) => [name, numberOf(lists[c]?.[i])])));
}

function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : NaN;
}
