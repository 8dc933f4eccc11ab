/** DuckDB, for SQL over traces. It is an optional package: everything else works without it. */
import { CliError } from './command.ts';

export interface SqlResult {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
}

export interface Sql {
  run(text: string): Promise<SqlResult>;
  close(): void;
}

export async function openSql(): Promise<Sql> {
  const { DuckDBInstance } = await import('@duckdb/node-api').catch(() => {
    throw new CliError(
      'SQL needs the package @duckdb/node-api; install it with: npm install @duckdb/node-api',
    );
  });
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  return {
    async run(text) {
      try {
        const reader = await connection.runAndReadAll(text);
        return { columns: reader.columnNames(), rows: reader.getRowsJson() };
      } catch (error) {
        throw new CliError(`SQL: ${(error as Error).message.split('\n').slice(0, 3).join(' ')}`);
      }
    },
    close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}
