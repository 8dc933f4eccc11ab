/**
 * The only way to make a Trace. Rows and catalog entries are appended (one by one by importers, frame by frame by a
 * run or a file) and checked on the way in: an id that points at nothing is refused with its place.
 */
import type { Result } from '../base/result.ts';
import { err, ok } from '../base/result.ts';
import type { Frame } from './frames.ts';
import { CATALOG_NAMES, DEATHS, EMPTY_META, TABLES, TABLE_NAMES, TRACE_VERSION } from './model.ts';
import type { CatalogName, Catalogs, TableName, Trace, TraceMeta } from './model.ts';
import type { AnyTable, Row, Schema } from './table.ts';
import { TableWriter, column } from './table.ts';
import { checkMeta, checkRows, checkEntry } from './validate.ts';

type MutableCatalogs = { [N in CatalogName]: Catalogs[N][number][] };

export class TraceBuilder {
  #meta: TraceMeta = EMPTY_META;
  readonly #catalogs = Object.fromEntries(
    CATALOG_NAMES.map((name) => [name, []]),
  ) as unknown as MutableCatalogs;
  readonly #tables = Object.fromEntries(
    TABLE_NAMES.map((name) => [name, new TableWriter<Schema>(TABLES[name])]),
  ) as Record<TableName, TableWriter<Schema>>;
  readonly #stringIds = new Map<string, number>();

  get meta(): TraceMeta {
    return this.#meta;
  }

  /** Rows so far in a table. */
  count(table: TableName): number {
    return this.#tables[table].length;
  }

  setMeta(patch: Partial<TraceMeta>): void {
    const problem = checkMeta(patch);
    if (problem) throw new TypeError(problem);
    this.#meta = { ...this.#meta, ...patch };
  }

  /** Appends a catalog entry and returns its id. */
  add<N extends CatalogName>(catalog: N, entry: Catalogs[N][number]): number {
    const problem = checkEntry(catalog, entry, this.#catalogs);
    if (problem) throw new TypeError(problem);
    const list = this.#catalogs[catalog] as unknown[];
    list.push(entry);
    return list.length - 1;
  }

  /** The id of a string, added on first sight. */
  string(text: string): number {
    let id = this.#stringIds.get(text);
    if (id === undefined) {
      id = this.add('strings', text);
      this.#stringIds.set(text, id);
    }
    return id;
  }

  /** Appends one row and returns its index. */
  row<N extends TableName>(table: N, row: Row<(typeof TABLES)[N]>): number {
    const index = this.#tables[table].push(row as Row<Schema>);
    if (table === 'deaths') this.#bury(this.#tables.deaths.table(), index);
    return index;
  }

  /** Appends a chunk of rows; an error leaves the trace as it was. */
  rows(table: TableName, rows: AnyTable): Result<void, string> {
    const problem = checkRows(table, rows, this);
    if (problem) return err(problem);
    this.#tables[table].append(rows);
    if (table === 'deaths') for (let i = 0; i < rows.length; i++) this.#bury(rows, i);
    return ok(undefined);
  }

  /** Takes one frame of a run or a file. */
  frame(frame: Frame): Result<void, string> {
    if (frame.kind === 'rows') return this.rows(frame.table, frame.rows);
    try {
      if (frame.kind === 'meta') this.setMeta(frame.meta);
      else
        for (const name of CATALOG_NAMES)
          for (const entry of frame.patch[name] ?? []) {
            if (name === 'strings') this.#stringIds.set(entry as string, this.#catalogs.strings.length);
            this.add(name, entry);
          }
      return ok(undefined);
    } catch (error) {
      return err((error as Error).message);
    }
  }

  catalogSize(name: CatalogName): number {
    return this.#catalogs[name].length;
  }

  /** A view of everything so far. Cheap (no copying), so a live picture may ask at every frame. */
  build(): Trace {
    const tables = Object.fromEntries(TABLE_NAMES.map((name) => [name, this.#tables[name].table()]));
    return {
      version: TRACE_VERSION,
      meta: this.#meta,
      ...this.#catalogs,
      tables: tables as unknown as Trace['tables'],
    };
  }

  #bury(deaths: AnyTable, i: number): void {
    const buffer = column(deaths, 'buffer')[i] as number;
    if (buffer >= this.#tables.buffers.length) return;
    this.#tables.buffers.set(buffer, 'diedNs', column(deaths, 'atNs')[i] as number);
    this.#tables.buffers.set(
      buffer,
      'death',
      Math.min(column(deaths, 'death')[i] as number, DEATHS.length - 1),
    );
  }
}
