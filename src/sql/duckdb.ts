/** DuckDB, for SQL over traces. It is an optional package: everything else works without it. */
import { createRequire } from 'node:module';
import path from 'node:path';
import type * as DuckDb from '@duckdb/node-api';
import { MOST_SQL_ROWS } from '../wire/sql-messages.ts';
import type { SqlCell, SqlOutcome } from '../wire/sql-messages.ts';
import { placeIn } from './error-place.ts';
import { refusal } from './refusals.ts';

export interface SqlResult {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
}

export interface SqlColumn {
  readonly name: string;
  readonly type: 'text' | 'integer' | 'number' | 'boolean';
  readonly values: ArrayLike<string | number | boolean | null>;
}

export interface Sql {
  /** All rows. @throws SqlError */
  run(text: string): Promise<SqlResult>;
  /** Makes a table with these columns, without rows. @throws SqlError */
  create(table: string, columns: readonly Omit<SqlColumn, 'values'>[]): Promise<void>;
  /** Puts rows behind those of a table; all columns are equally long. @throws SqlError */
  append(table: string, columns: readonly SqlColumn[]): Promise<void>;
  /** Only reads, and returns at most `MOST_SQL_ROWS`. Never rejects. */
  read(text: string): Promise<SqlOutcome>;
  /** Why no further query will run, in the database's words; null while it is sound. A query can break a database for good. */
  broken(): Promise<string | null>;
  /** From now on no file but those of `readable` can be opened, and no setting changed. */
  lock(readable: readonly string[]): Promise<void>;
  /** Ends the query that runs. */
  interrupt(): void;
  close(): void;
}

/** Rows of a chunk of DuckDB. */
const CHUNK_ROWS = 2048;

/** Rows are counted no further: counting billions takes as long as making them. */
const MOST_COUNTED = 1_000_000;

/** The message is the database's, in one line. */
export class SqlError extends Error {}

export class DuckDbMissing extends Error {
  constructor() {
    super('SQL needs the package @duckdb/node-api; install it with: npm install @duckdb/node-api');
  }
}

export interface SqlOptions {
  /** A folder whose node_modules may hold the package, where it is not beside this program. */
  readonly packages?: string | undefined;
  /** Settings of the database, such as `memory_limit`. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** @throws DuckDbMissing */
export async function openSql({ packages, settings = {} }: SqlOptions = {}): Promise<Sql> {
  const { BOOLEAN, DOUBLE, DuckDBDataChunk, DuckDBInstance, INTEGER, JsonDuckDBValueConverter, VARCHAR } = await load(packages); // prettier-ignore
  const TYPES = { text: VARCHAR, integer: INTEGER, number: DOUBLE, boolean: BOOLEAN } as const;
  const instance = await DuckDBInstance.create(':memory:', { ...settings });
  const connection = await instance.connect();

  async function read(text: string): Promise<SqlOutcome> {
    const start = performance.now();
    const problem = await refusal(connection, text);
    if (problem) return { kind: 'error', message: problem, place: null };
    await connection.run('begin transaction read only');
    // Chunk by chunk: a result that is held as a whole does not count against the database's limit of memory.
    const result = await connection.stream(text);
    const numeric = result.columnTypes().map((type) => NUMERIC.test(String(type)));
    const rows: SqlCell[][] = [];
    let total = 0;
    let complete = false;
    while (!complete && total < MOST_COUNTED) {
      const chunk = await result.fetchChunk();
      const count = chunk?.rowCount ?? 0;
      complete = count === 0;
      if (chunk && rows.length < MOST_SQL_ROWS)
        for (const row of chunk.convertRows(JsonDuckDBValueConverter).slice(0, MOST_SQL_ROWS - rows.length))
          rows.push(row.map((value, c) => cell(value, numeric[c] ?? false)));
      total += count;
    }
    const columns = result.columnNames().map((name, c) => ({ name, numeric: numeric[c] ?? false }));
    return { kind: 'rows', columns, rows, total, complete, ms: performance.now() - start };
  }

  async function run(text: string): Promise<SqlResult> {
    try {
      const reader = await connection.runAndReadAll(text);
      return { columns: reader.columnNames(), rows: reader.getRowsJson() };
    } catch (error) {
      throw new SqlError(`SQL: ${(error as Error).message.split('\n').slice(0, 3).join(' ')}`);
    }
  }

  return {
    run,
    async create(table, columns) {
      await run(`create table ${table} (${columns.map(({ name, type }) => `"${name}" ${TYPES[type]}`).join()})`); // prettier-ignore
    },
    async append(table, columns) {
      const types = columns.map(({ type }) => TYPES[type]);
      const length = columns[0]?.values.length ?? 0;
      try {
        const appender = await connection.createAppender(table);
        for (let from = 0; from < length; from += CHUNK_ROWS) {
          const count = Math.min(CHUNK_ROWS, length - from);
          const chunk = DuckDBDataChunk.create(types, count);
          columns.forEach(({ values }, c) => {
            const part: SqlCell[] = [];
            for (let i = 0; i < count; i++) part.push(values[from + i] ?? null);
            chunk.setColumnValues(c, part);
          });
          appender.appendDataChunk(chunk);
        }
        appender.closeSync();
      } catch (error) {
        throw new SqlError(`SQL: ${(error as Error).message.split('\n')[0]}`);
      }
    },
    async read(text) {
      try {
        return await read(text);
      } catch (error) {
        const message = (error as Error).message.replace(/^Failed to extract statements: /, '');
        return { kind: 'error', message, place: placeIn(message, text) };
      } finally {
        // Nothing of a query stays, a temporary table neither. Where none began there is nothing to end.
        await connection.run('rollback').catch(() => undefined);
      }
    },
    async broken() {
      try {
        await connection.run('begin transaction read only');
        await connection.run('select 1');
        await connection.run('rollback');
        return null;
      } catch (error) {
        return (error as Error).message.split('\n')[0] ?? '';
      }
    },
    async lock(readable) {
      const list = readable.map(quoted).join();
      await connection.run(`set allowed_paths = [${list}]`);
      await connection.run('set enable_external_access = false');
      await connection.run('set lock_configuration = true');
    },
    interrupt: () => connection.interrupt(),
    close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

/** A text in SQL. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

async function load(packages: string | undefined): Promise<typeof DuckDb> {
  try {
    return await import('@duckdb/node-api');
  } catch {
    if (packages === undefined) throw new DuckDbMissing();
  }
  try {
    const require = createRequire(path.join(packages, 'package.json'));
    return require('@duckdb/node-api') as typeof DuckDb;
  } catch {
    throw new DuckDbMissing();
  }
}

const NUMERIC = /^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL.*)$/;

function cell(value: unknown, numeric: boolean): SqlCell {
  if (value === null || value === undefined) return null;
  if (typeof value === 'object') return JSON.stringify(value);
  // Whole numbers of 64 bits come as text; those that a number holds exactly become one.
  if (numeric && typeof value === 'string' && value !== '') {
    const number = Number(value);
    return Math.abs(number) <= Number.MAX_SAFE_INTEGER ? number : value;
  }
  return value as SqlCell;
}
