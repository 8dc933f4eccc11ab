/** The tables of traces in DuckDB: those of traces in memory, and those of folders of Parquet, which are read in place. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { FLAT_TABLES } from '../export/index.ts';
import type { FlatTableName } from '../export/index.ts';
import type { Trace } from '../trace/model.ts';
import { quoted } from './duckdb.ts';
import type { Sql } from './duckdb.ts';
import { HeldTables } from './held-tables.ts';
import { tablesIn } from './parquet-folder.ts';

export interface NamedTrace {
  readonly trace: Trace;
  /** What the column `source` says. */
  readonly source: string;
}

/**
 * Makes one view a table over all that is given; a table without rows is there too. Traces are taken one at a time, and are the
 * database's from then on. Returns the files that the views read. @throws SqlError
 */
export async function makeTables(
  sql: Sql,
  traces: Iterable<NamedTrace>,
  folders: readonly string[],
): Promise<string[]> {
  const held = await HeldTables.create(sql);
  for (const { trace, source } of traces) await held.add(trace, source);
  const read: string[] = [];
  for (const table of FLAT_TABLES) {
    const files = folders.flatMap((folder) => filesOf(path.resolve(folder), table));
    const selects = [held.select(table)];
    if (files.length > 0)
      selects.push(`select * from read_parquet([${files.map(quoted).join()}], union_by_name = true)`);
    await sql.run(`create view ${table} as ${selects.join(' union all by name ')}`);
    read.push(...files);
  }
  return read;
}

function filesOf(folder: string, table: FlatTableName): string[] {
  if (!tablesIn(folder).includes(table)) return [];
  const inside = path.join(folder, table);
  return readdirSync(inside)
    .filter((name) => name.endsWith('.parquet'))
    .map((name) => path.join(inside, name))
    .sort();
}
