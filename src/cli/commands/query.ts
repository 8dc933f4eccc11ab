import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { textTable } from '../../export/text-table.ts';
import type { Command } from '../command.ts';
import { CliError, EXIT, parseCommand } from '../command.ts';
import type { Sql, SqlResult } from '../duckdb.ts';
import { openSql } from '../duckdb.ts';
import { readTrace } from '../files.ts';
import { isParquetFolder, tablesIn, writeParquet } from '../parquet-folder.ts';
import { print } from '../terminal.ts';
import { uniqueNames } from './convert.ts';

export const query: Command = {
  name: 'query',
  summary: 'run SQL over one trace or thousands',
  usage: `kernelscope query "select ..." <trace | folder>... [options]

  --json              print rows as JSON

Tables: dispatches, slices, transfers, steps, buffers, samples, marks; each row has a column source, the trace it is of.
A folder that kernelscope convert --format parquet wrote is read in place, whatever its size.

  kernelscope query "select kernel, count(*) calls, sum(durationNs) / 1e6 ms from dispatches group by kernel order by ms desc" run.kscope`,
  async run({ argv }) {
    const options = { json: { type: 'boolean' } } as const;
    const { values, positionals } = parseCommand(argv, options, {
      least: 2,
      most: 100_000,
      what: 'SQL and a trace',
    });
    const [text = '', ...given] = positionals;
    const sql = await openSql();
    const scratch = mkdtempSync(path.join(tmpdir(), 'kernelscope-query-'));
    try {
      await makeViews(sql, given, scratch);
      const result = await sql.run(text);
      print(
        values.json
          ? JSON.stringify(
              result.rows.map((row) => Object.fromEntries(result.columns.map((name, c) => [name, row[c]]))),
            )
          : asText(result),
      );
    } finally {
      sql.close();
      rmSync(scratch, { recursive: true, force: true });
    }
    return EXIT.done;
  },
};

/** One view a table, over the folders given and over the traces given, which are converted first. */
async function makeViews(sql: Sql, given: readonly string[], scratch: string): Promise<void> {
  const folders = given.filter(isParquetFolder);
  const traces = given.filter((name) => !isParquetFolder(name));
  const names = traces.length > 0 ? uniqueNames(traces) : [];
  for (const [i, trace] of traces.entries()) writeParquet(scratch, readTrace(trace), names[i] as string);
  const found = new Map<string, string[]>();
  for (const folder of traces.length > 0 ? [...folders, scratch] : folders)
    for (const table of tablesIn(folder))
      found.set(table, [...(found.get(table) ?? []), path.join(path.resolve(folder), table, '*.parquet')]);
  if (found.size === 0) throw new CliError('the traces have no rows');
  for (const [table, globs] of found) {
    const list = globs.map((glob) => `'${glob.replaceAll("'", "''")}'`).join();
    await sql.run(`create view ${table} as select * from read_parquet([${list}], union_by_name = true)`);
  }
}

function asText({ columns, rows }: SqlResult): string {
  const cells = rows.map((row) =>
    row.map((value) =>
      value === null || value === undefined
        ? '–'
        : typeof value === 'object'
          ? JSON.stringify(value)
          : String(value),
    ),
  );
  const numeric = columns.map(
    (_, c) =>
      rows.length > 0 &&
      rows.every(
        (row) => row[c] === null || typeof row[c] === 'number' || /^-?\d+(\.\d+)?$/.test(String(row[c])),
      ),
  );
  const table = textTable(
    columns.map((title, c) => ({
      title,
      align: numeric[c] ? ('right' as const) : ('left' as const),
      width: 60,
    })),
    cells,
  );
  return `${table.join('\n')}\n${rows.length === 1 ? '1 row' : `${rows.length} rows`}`;
}
