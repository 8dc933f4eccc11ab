/** Traces that hold different things become one set of tables: what a row hangs on is that of its own trace. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FLAT_TABLES, flatTable, flatValue } from '../../src/export/index.ts';
import { openSql } from '../../src/sql/duckdb.ts';
import { makeTables } from '../../src/sql/tables.ts';
import { TraceBuilder } from '../../src/trace/builder.ts';
import { sampleTrace } from '../support/sample-trace.ts';

const missing = await openSql().then((sql) => (sql.close(), false), () => '@duckdb/node-api is missing'); // prettier-ignore

/** A dispatch of which nothing is known, between those of others. */
function bare() {
  const builder = new TraceBuilder();
  builder.add('tracks', { name: 'queue', kind: 'gpu-queue', group: 'bare' });
  builder.row('dispatches', { launch: -1, step: -1, queue: 3, flags: 0, cpuNs: 1, startNs: NaN, endNs: NaN }); // prettier-ignore
  return builder.build();
}

test('rows of many traces have the values of their own flat tables', { skip: missing }, async () => {
  const traces = [sampleTrace({ steps: 3 }), bare(), sampleTrace({ network: 'cnn', steps: 2, timedEvery: 2 })].map((trace, i) => ({ trace, source: `run ${i}` })); // prettier-ignore
  const sql = await openSql();
  try {
    await makeTables(sql, traces, []);
    for (const table of FLAT_TABLES) {
      const found = await sql.run(`select * from ${table}`);
      const wanted = traces.flatMap(({ trace, source }) => {
        const { length, columns } = flatTable(trace, table, source);
        return Array.from({ length }, (_, row) => columns.map((column) => flatValue(column, row)));
      });
      const sorted = (rows: readonly (readonly unknown[])[]) => rows.map((row) => JSON.stringify(row)).sort();
      assert.deepEqual(sorted(found.rows), sorted(wanted), table);
      assert.deepEqual(found.columns, flatTable(bare(), table, '').columns.map(({ name }) => name)); // prettier-ignore
    }
  } finally {
    sql.close();
  }
});
