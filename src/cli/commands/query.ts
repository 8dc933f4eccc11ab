import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { textTable } from '../../export/text-table.ts';
import { DuckDbMissing, SqlError, openSql } from '../../sql/duckdb.ts';
import type { SqlResult } from '../../sql/duckdb.ts';
import { isParquetFolder } from '../../sql/parquet-folder.ts';
import { uniqueNames } from '../../sql/source-names.ts';
import { makeTables } from '../../sql/tables.ts';
import type { NamedTrace } from '../../sql/tables.ts';
import type { Command } from '../command.ts';
import { CliError, EXIT, parseCommand } from '../command.ts';
import { readTrace } from '../files.ts';
import { print } from '../terminal.ts';

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
    // Thousands of traces need not fit in memory: what does not goes into the scratch folder.
    const scratch = mkdtempSync(path.join(tmpdir(), 'kernelscope-query-'));
    try {
      const result = await answer(text, given, scratch);
      print(values.json ? JSON.stringify(asObjects(result)) : asText(result));
    } catch (error) {
      // What the database or its absence is about is for the person, not a fault of ours.
      throw error instanceof SqlError || error instanceof DuckDbMissing ? new CliError(error.message) : error;
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
    return EXIT.done;
  },
};

async function answer(text: string, given: readonly string[], scratch: string): Promise<SqlResult> {
  const sql = await openSql({ settings: { temp_directory: scratch } });
  try {
    const traces = given.filter((name) => !isParquetFolder(name));
    await makeTables(sql, read(traces), given.filter(isParquetFolder));
    return await sql.run(text);
  } finally {
    sql.close();
  }
}

function* read(traces: readonly string[]): Iterable<NamedTrace> {
  const names = traces.length > 0 ? uniqueNames(traces) : [];
  for (const [i, trace] of traces.entries()) yield { trace: readTrace(trace), source: names[i] as string };
}

function asObjects({ columns, rows }: SqlResult): object[] {
  return rows.map((row) => Object.fromEntries(columns.map((name, c) => [name, row[c]])));
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
