import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parquetReadObjects } from 'hyparquet';
import { FLAT_TABLES, flatTable, flatValue } from '../../src/export/flat-tables.ts';
import { FLAT_WORDS } from '../../src/export/flat-words.ts';
import { parquetTable } from '../../src/export/parquet.ts';
import { TraceBuilder } from '../../src/trace/builder.ts';
import { sampleTrace } from '../support/sample-trace.ts';

async function rowsOf(bytes: Uint8Array): Promise<Record<string, unknown>[]> {
  return (await parquetReadObjects({ file: bytes.slice().buffer })) as Record<string, unknown>[];
}

test('another reader finds every value of every table', async () => {
  const trace = sampleTrace({ steps: 4, timedEvery: 2 });
  for (const name of FLAT_TABLES) {
    const { length, columns } = flatTable(trace, name, 'run 1');
    const rows = await rowsOf(parquetTable(trace, name, 'run 1'));
    assert.equal(rows.length, length, name);
    rows.forEach((row, i) => {
      for (const column of columns)
        assert.equal(row[column.name] ?? null, flatValue(column, i), `${name}[${i}].${column.name}`);
    });
  }
});

test('a table without rows is a file with its columns', async () => {
  const empty = new TraceBuilder().build();
  for (const name of FLAT_TABLES) assert.deepEqual(await rowsOf(parquetTable(empty, name, 'nothing')), []);
});

test('every column of every table has words, and no words are of a column that is gone', () => {
  const empty = new TraceBuilder().build();
  for (const name of FLAT_TABLES)
    assert.deepEqual(
      Object.keys(FLAT_WORDS[name].columns),
      flatTable(empty, name, '').columns.map((column) => column.name),
    );
});
