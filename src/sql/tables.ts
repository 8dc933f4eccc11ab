/** The tables of traces in DuckDB: those of traces in memory, those of folders of Parquet read in place. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { FLAT_TABLES, parquetTable } from '../export/index.ts';
import { TraceBuilder } from '../trace/builder.ts';
import type { Trace } from '../trace/model.ts';
import { quoted } from './duckdb.ts';
import type { Sql } from './duckdb.ts';
import { tablesIn, writeParquet } from './parquet-folder.ts';

export interface NamedTrace {
  readonly trace: Trace;
  /** What the column `source` says. */
  readonly source: string;
}

/**
 * Makes one view a table over all that is given; a table without rows is there too. The traces are written to `scratch`, which
 * must last as long as the views, unless they are `held` in memory. Returns the files that the views read.
 */
export async function makeTables(
  sql: Sql,
  traces: Iterable<NamedTrace>,
  folders: readonly string[],
  scratch: string,
  held = false,
): Promise<string[]> {
  for (const { trace, source } of traces) writeParquet(scratch, trace, source);
  const nothing = new TraceBuilder().build();
  const read: string[] = [];
  for (const table of FLAT_TABLES) {
    const elsewhere = folders.flatMap((folder) => filesOf(path.resolve(folder), table));
    let own = filesOf(scratch, table);
    if (own.length + elsewhere.length === 0) {
      mkdirSync(path.join(scratch, table), { recursive: true });
      own = [path.join(scratch, table, 'no-rows.parquet')];
      writeFileSync(own[0] as string, parquetTable(nothing, table));
    }
    if (held && own.length > 0) {
      await sql.run(`create table held_${table} as ${readFiles(own)}`);
      rmSync(path.join(scratch, table), { recursive: true, force: true });
    }
    const parts = held
      ? [...(own.length > 0 ? [`from held_${table}`] : []), ...(elsewhere.length > 0 ? [readFiles(elsewhere)] : [])]
      : [readFiles([...own, ...elsewhere])]; // prettier-ignore
    await sql.run(`create view ${table} as ${parts.join(' union all by name ')}`);
    read.push(...elsewhere, ...(held ? [] : own));
  }
  return read;
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
