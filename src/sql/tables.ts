/** The tables of traces in DuckDB: those of traces in memory or written as Parquet, those of folders of Parquet read in place. */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { FLAT_TABLES, flatTable, parquetTable } from '../export/index.ts';
import { TraceBuilder } from '../trace/builder.ts';
import type { Trace } from '../trace/model.ts';
import { quoted } from './duckdb.ts';
import type { Sql } from './duckdb.ts';
import { holdTrace } from './held-tables.ts';
import { tablesIn, writeParquet } from './parquet-folder.ts';

export interface NamedTrace {
  readonly trace: Trace;
  /** What the column `source` says. */
  readonly source: string;
}

/**
 * Makes one view a table over all that is given; a table without rows is there too. The traces are written to `scratch`, which
 * must last as long as the views: a query over thousands of them must not need them all in memory.
 */
export async function makeTables(
  sql: Sql,
  traces: Iterable<NamedTrace>,
  folders: readonly string[],
  scratch: string,
): Promise<void> {
  for (const { trace, source } of traces) writeParquet(scratch, trace, source);
  const nothing = new TraceBuilder().build();
  for (const table of FLAT_TABLES) {
    const files = [scratch, ...folders].flatMap((folder) => filesOf(path.resolve(folder), table));
    if (files.length === 0) {
      mkdirSync(path.join(scratch, table), { recursive: true });
      files.push(path.join(scratch, table, 'no-rows.parquet'));
      writeFileSync(files[0] as string, parquetTable(nothing, table));
    }
    await sql.run(`create view ${table} as ${readFiles(files)}`);
  }
}

/** As `makeTables`, with the traces held in memory. Returns the files that the views read. */
export async function holdTables(
  sql: Sql,
  traces: Iterable<NamedTrace>,
  folders: readonly string[],
): Promise<string[]> {
  const parts = new Map(FLAT_TABLES.map((table) => [table, [] as string[]]));
  let number = 0;
  for (const { trace, source } of traces)
    for (const [table, select] of await holdTrace(sql, trace, source, ++number))
      parts.get(table)?.push(select);
  const read: string[] = [];
  for (const table of FLAT_TABLES) {
    const selects = parts.get(table) as string[];
    const files = folders.flatMap((folder) => filesOf(path.resolve(folder), table));
    if (files.length > 0) selects.push(readFiles(files));
    if (selects.length === 0) selects.push(await noRows(sql, table));
    await sql.run(`create view ${table} as ${selects.join(' union all by name ')}`);
    read.push(...files);
  }
  return read;
}

async function noRows(sql: Sql, table: (typeof FLAT_TABLES)[number]): Promise<string> {
  const { columns } = flatTable(new TraceBuilder().build(), table, '');
  await sql.fill(`held_${table}`, columns, 0);
  return `select * from held_${table}`;
}

function filesOf(folder: string, table: (typeof FLAT_TABLES)[number]): string[] {
  if (!tablesIn(folder).includes(table)) return [];
  const inside = path.join(folder, table);
  return readdirSync(inside)
    .filter((name) => name.endsWith('.parquet'))
    .map((name) => path.join(inside, name))
    .sort();
}

function readFiles(files: readonly string[]): string {
  return `select * from read_parquet([${files.map(quoted).join()}], union_by_name = true)`;
}
