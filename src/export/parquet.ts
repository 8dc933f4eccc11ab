/** Flat tables of a trace as Parquet, which DuckDB, Spark, Trino and BigQuery read, one or thousands of files at a time. */
import { parquetWriteBuffer } from 'hyparquet-writer';
import type { Trace } from '../trace/model.ts';
import { flatTable, flatValue } from './flat-tables.ts';
import type { FlatColumn, FlatTableName } from './flat-tables.ts';

const TYPES = { text: 'STRING', integer: 'INT32', number: 'DOUBLE', boolean: 'BOOLEAN' } as const;

/** Columns keep their type whatever their values, so that files of different traces have one schema. */
export function parquetTable(trace: Trace, name: FlatTableName, source = trace.meta.script): Uint8Array {
  const { length, columns } = flatTable(trace, name, source);
  const columnData = columns.map((column: FlatColumn) => ({
    name: column.name,
    data: Array.from({ length }, (_, row) => flatValue(column, row)) as never[],
    type: TYPES[column.type],
    nullable: true,
  }));
  return new Uint8Array(parquetWriteBuffer({ columnData }));
}
