import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { convert } from '../../src/cli/commands/convert.ts';
import { openSql } from '../../src/sql/duckdb.ts';
import { uniqueNames } from '../../src/sql/source-names.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'kernelscope-query-test-'));
const signal = new AbortController().signal;
const TRACES = [
  'test/golden/import/kineto-old-names.json',
  'test/golden/import/kineto-new-names-modules.json',
];
after(() => rmSync(folder, { recursive: true, force: true }));

const hasDuckDb = await openSql().then(
  (sql) => (sql.close(), true),
  () => false,
);

test(
  'traces become one folder a table, and SQL counts over all of them',
  { skip: hasDuckDb ? false : '@duckdb/node-api is not installed' },
  async () => {
    await convert.run({ argv: [...TRACES, '--format', 'parquet', '--output', folder], signal });
    assert.deepEqual(readdirSync(path.join(folder, 'dispatches')).sort(), [
      'kineto-new-names-modules.parquet',
      'kineto-old-names.parquet',
    ]);
    const sql = await openSql();
    const { columns, rows } = await sql.run(
      `select source, count(*)::int as calls, sum(durationNs) as ns from read_parquet('${path.join(folder, 'dispatches', '*.parquet')}') group by source order by source`,
    );
    sql.close();
    assert.deepEqual(columns, ['source', 'calls', 'ns']);
    assert.deepEqual(rows, [
      ['kineto-new-names-modules', 2, 51_280],
      ['kineto-old-names', 2, 250_000],
    ]);
  },
);

test(
  'a mistake in SQL is one line',
  { skip: hasDuckDb ? false : '@duckdb/node-api is not installed' },
  async () => {
    const sql = await openSql();
    await assert.rejects(sql.run('selec 1'), /^Error: SQL: Parser Error[^\n]*$/);
    sql.close();
  },
);

test('traces of one name are told apart by their folders', () => {
  assert.deepEqual(uniqueNames(['/a/run.pt.trace.json.gz', '/a/other.json']), ['run', 'other']);
  assert.deepEqual(uniqueNames(['/runs/1/t.json', '/runs/2/t.json']), ['1-t', '2-t']);
  assert.deepEqual(uniqueNames(['/x/t.json', '/x/t.json']), ['0-t', '1-t']);
});
