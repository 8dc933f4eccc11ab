/** A folder of Parquet: one folder a table, one file a trace in it, as `convert` writes and `query` reads. */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { FLAT_TABLES, parquetTable } from '../export/index.ts';
import type { FlatTableName } from '../export/index.ts';
import type { Trace } from '../trace/model.ts';

export function writeParquet(folder: string, trace: Trace, source: string): void {
  for (const table of FLAT_TABLES) {
    if (trace.tables[table].length === 0) continue;
    const target = path.join(folder, table, `${source.replaceAll(/[/\\]/g, '-')}.parquet`);
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, parquetTable(trace, table, source));
  }
}

export function isParquetFolder(folder: string): boolean {
  return tablesIn(folder).length > 0;
}

/** Tables of which the folder has at least one file. */
export function tablesIn(folder: string): FlatTableName[] {
  return FLAT_TABLES.filter((table) => {
    const inside = path.join(folder, table);
    return existsSync(inside) && readdirSync(inside).some((name) => name.endsWith('.parquet'));
  });
}
