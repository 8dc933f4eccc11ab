import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { FLAT_TABLES, flatTable, flatValue } from '../../src/export/index.ts';
import { openSql } from '../../src/sql/duckdb.ts';
import { writeParquet } from '../../src/sql/parquet-folder.ts';
import { SqlSession } from '../../src/sql/session.ts';
import { writeTraceFile } from '../../src/trace/codec.ts';
import { MOST_SQL_ROWS } from '../../src/wire/sql-messages.ts';
import type { SqlOutcome, SqlRows } from '../../src/wire/sql-messages.ts';
import { READY_QUERIES } from '../../webview/views/sql.layout.ts';
import { sampleTrace } from '../support/sample-trace.ts';

const trace = sampleTrace({ steps: 4, timedEvery: 2 });
const folder = mkdtempSync(path.join(tmpdir(), 'kernelscope-sql-test-'));
const programs = path.resolve('dist');
const ENDLESS = 'select count(*) from range(1000000000000) a where a.range % 7 = 3';
const hasDuckDb = await openSql().then(
  (sql) => (sql.close(), true),
  () => false,
);

function session(others: readonly string[] = [], packages = ''): SqlSession {
  return new SqlSession({ programs, packages, trace: writeTraceFile(trace), title: 'shown', others });
}

function rows(outcome: SqlOutcome): SqlRows {
  assert.equal(outcome.kind, 'rows', JSON.stringify(outcome));
  return outcome as SqlRows;
}

before(() => execFileSync(process.execPath, ['build.mjs', 'sql-process']));
after(() => rmSync(folder, { recursive: true, force: true }));

describe(
  'SQL on the trace that is shown',
  { skip: hasDuckDb ? false : '@duckdb/node-api is missing' },
  () => {
    let sql: SqlSession;
    before(async () => {
      sql = session();
      const opened = await sql.opened;
      assert.equal(opened.type, 'opened', JSON.stringify(opened));
    });
    after(() => sql?.dispose());

    test('lists its tables with their rows, and what each column means', async () => {
      const opened = await sql.opened;
      assert.ok(opened.type === 'opened');
      const dispatches = opened.tables.find(({ name }) => name === 'dispatches');
      assert.equal(dispatches?.rows, trace.tables.dispatches.length);
      assert.ok(opened.tables.every(({ columns }) => columns.every(({ about }) => about !== '')));
      assert.deepEqual(opened.sources, ['shown']);
    });

    test('every value of every table is that of the flat tables', async () => {
      for (const name of FLAT_TABLES) {
        const { length, columns } = flatTable(trace, name, 'shown');
        const wanted = Array.from({ length }, (_, row) => JSON.stringify(columns.map((column) => flatValue(column, row)))); // prettier-ignore
        const found = rows(await sql.run(`select * from ${name}`, 30));
        assert.deepEqual(found.columns.map((column) => column.name), columns.map((column) => column.name)); // prettier-ignore
        assert.deepEqual(found.rows.map((row) => JSON.stringify(row)).sort(), wanted.sort(), name);
      }
    });

    test('every query that is offered runs, and finds rows where the trace has what it asks for', async () => {
      for (const { title, text } of READY_QUERIES) {
        const { rows: found } = rows(await sql.run(text, 30));
        assert.ok(found.length > 0 || trace.tables.transfers.length === 0, title);
      }
    });

    test('numbers come as numbers, what is unknown as null, and the rest as text', async () => {
      const { columns, rows: found } = rows(
        await sql.run(
          "select count(*) n, 9007199254740993::bigint big, 1.5::decimal(4,2) d, null x, [1, 2] l, true b, 't' t",
          30,
        ),
      );
      assert.deepEqual(
        columns.map(({ numeric }) => numeric),
        [true, true, true, true, false, false, false],
      );
      assert.deepEqual(found, [[1, '9007199254740993', 1.5, null, '[1,2]', true, 't']]);
    });

    test('more rows than a page can show are counted and cut', async () => {
      const outcome = rows(await sql.run(`select * from range(${MOST_SQL_ROWS + 2345})`, 30));
      assert.equal(outcome.total, MOST_SQL_ROWS + 2345);
      assert.equal(outcome.rows.length, MOST_SQL_ROWS);
    });

    test("a mistake is told in the database's words, with its place in the text", async () => {
      const outcome = await sql.run('select kernel,\n  nope\nfrom dispatches', 30);
      assert.ok(outcome.kind === 'error');
      assert.match(outcome.message, /Binder Error: Referenced column "nope" not found/);
      assert.deepEqual(outcome.place, { line: 2, column: 3 });
      const long = await sql.run(`select ${"'x', ".repeat(60)} nope, ${"'y', ".repeat(60)} 1 from steps`, 30);
      assert.ok(long.kind === 'error');
      assert.deepEqual(long.place, { line: 1, column: 7 + 60 * 5 + 2 });
    });

    const target = path.join(folder, 'written');
    const CHANGES = /would change how the queries after it run/;
    for (const [what, text, answer] of [
      ['write a file', `copy steps to '${target}.csv'`, /disabled by configuration|read-only/],
      ['write a database', `attach '${target}.db' as other`, /disabled by configuration/],
      [
        'write where it explains',
        `explain analyze copy steps to '${target}.csv'`,
        /disabled by configuration/,
      ],
      ['write a log', `select * from enable_logging(storage='file', storage_path='${target}')`, CHANGES],
      [
        'write a log under a quoted name',
        `from "enable_logging" (storage='file', storage_path='${target}')`,
        CHANGES,
      ],
      ['log what runs after it', 'call enable_logging()', CHANGES],
      ['have a query within it log', "from query('from enable_logging()')", CHANGES],
      ['profile what runs after it', 'pragma enable_profiling', CHANGES],
      ['profile where it explains', 'explain analyze pragma enable_profiling', CHANGES],
      ['leave a variable', 'set variable x = 1', CHANGES],
      ['leave a prepared statement', 'prepare mine as select 1', CHANGES],
      ['write out memory', 'checkpoint', CHANGES],
      ['read a file', "select * from read_text('package.json')", /disabled by configuration/],
      ['list a folder', "select * from glob('*')", /disabled by configuration/],
      ['load an extension', 'install httpfs', /disabled by configuration/],
      ['change a setting', 'set enable_external_access = true', CHANGES],
      ['change a table', 'delete from held_steps', /read-only/],
      ['leave its transaction', 'commit', /transaction of its own/],
      ['smuggle a second statement', 'commit; delete from held_steps', /One statement/],
      ['be empty', ' -- nothing\n', /no query/],
    ] as const)
      // prettier-ignore
      test(`a query cannot ${what}`, async () => {
      const first = await sql.run(text, 30);
      // Some of what is refused is refused when it is first used.
      const outcome = first.kind === 'error' ? first : await sql.run('select 1', 30);
      assert.ok(outcome.kind === 'error', JSON.stringify(outcome));
      assert.match(outcome.message, answer);
      assert.deepEqual(readdirSync(folder), []);
      rows(await sql.run('select 1', 30));
    });

    test('what tells of settings and tables is no change of them', async () => {
      for (const text of ["pragma table_info('steps')", 'pragma database_size', 'describe steps', 'summarize steps', 'show tables', "select current_setting('threads')", 'explain analyze select 1', "select 'enable_logging' as name"])
        rows(await sql.run(text, 30));
    }); // prettier-ignore

    test('a query that breaks its database says so, and ends the session: a new one runs', async () => {
      const own = session();
      try {
        await own.opened;
        // A name that is put together within the query is not seen before it runs.
        const outcome = await own.run(`from query('from enable_' || 'logging(storage=''file'', storage_path=''${target}'')')`, 30); // prettier-ignore
        assert.ok(outcome.kind === 'error', JSON.stringify(outcome));
        assert.match(outcome.message, /This query broke the database: .*disabled by configuration.*\. The database is started again/); // prettier-ignore
        assert.ok(own.over);
      } finally {
        own.dispose();
      }
      assert.deepEqual(readdirSync(folder), []);
      const next = session();
      assert.equal((await next.opened).type, 'opened');
      rows(await next.run('select 1', 30));
      next.dispose();
    });

    test('a process that dies during a query says so', async () => {
      const own = session();
      await own.opened;
      const running = own.run(ENDLESS, 30);
      setTimeout(() => own.dispose(), 100);
      const outcome = await running;
      assert.ok(outcome.kind === 'error' && own.over, JSON.stringify(outcome));
      assert.match(outcome.message, /the database ended with SIGKILL during this query\. The database is started again/); // prettier-ignore
    });

    test('a temporary table does not outlive its query', async () => {
      await sql.run('create temp table mine as select 1 a', 30);
      assert.equal((await sql.run('select * from mine', 30)).kind, 'error');
    });

    test('a pivot, which the database takes for two statements, runs', async () => {
      const { columns } = rows(await sql.run('pivot dispatches on phase using count(*) group by kernel', 30));
      assert.ok(columns.some(({ name }) => name === 'forward'), JSON.stringify(columns)); // prettier-ignore
    });

    test('a query that takes too long ends at its limit, and the next one runs', async () => {
      const start = performance.now();
      assert.deepEqual(await sql.run(ENDLESS, 0.3), { kind: 'stopped', why: 'time-limit', seconds: 0.3 });
      assert.ok(performance.now() - start < 5000);
      rows(await sql.run('select 1', 30));
    });

    test('a query that is cancelled, or whose place another takes, says so', async () => {
      const first = sql.run(ENDLESS, 30);
      setTimeout(() => sql.cancel(), 100);
      assert.deepEqual(await first, { kind: 'stopped', why: 'cancelled', seconds: 30 });
      const second = sql.run(ENDLESS, 30);
      const third = sql.run('select 3', 30);
      assert.equal((await second).kind, 'stopped');
      assert.deepEqual(rows(await third).rows, [[3]]);
    });

    test('a result of billions of rows is counted so far, and one that needs too much memory is an error', async () => {
      const small = new SqlSession({ programs, packages: '', trace: writeTraceFile(trace), title: 'shown', others: [], memoryBytes: 200e6 }); // prettier-ignore
      try {
        await small.opened;
        const huge = rows(
          await small.run('select a.range, b.range from range(100000) a, range(100000) b', 30),
        );
        assert.deepEqual([huge.complete, huge.rows.length], [false, MOST_SQL_ROWS]);
        assert.ok(huge.total >= 1_000_000 && huge.total < 1_100_000, String(huge.total));
        const sorted = await small.run(
          'select r.range a, hash(r.range) b from range(100000000) r order by b',
          30,
        );
        assert.ok(sorted.kind === 'error', JSON.stringify(sorted).slice(0, 200));
        assert.match(sorted.message, /Out of Memory Error/);
        rows(await small.run('select 1', 30));
      } finally {
        small.dispose();
      }
    });
  },
);

test(
  'traces and folders of Parquet beside the shown one are queried with it',
  { skip: !hasDuckDb },
  async () => {
    const parquet = mkdtempSync(path.join(tmpdir(), 'kernelscope-sql-parquet-'));
    const file = path.join(parquet, 'second.kscope');
    writeParquet(path.join(parquet, 'runs'), trace, 'third');
    writeFileSync(file, writeTraceFile(trace));
    const sql = session([file, path.join(parquet, 'runs')]);
    try {
      const opened = await sql.opened;
      assert.ok(opened.type === 'opened', JSON.stringify(opened));
      assert.deepEqual(opened.sources, ['shown', 'second', 'runs']);
      const n = trace.tables.dispatches.length;
      const found = rows(await sql.run('select source, count(*) from dispatches group by 1 order by 1', 30));
      assert.deepEqual(found.rows, [['second', n], ['shown', n], ['third', n]]); // prettier-ignore
      const files = readdirSync(path.join(parquet, 'runs', 'dispatches'));
      const target = path.join(parquet, 'runs', 'dispatches', files[0] ?? '');
      assert.equal((await sql.run(`copy steps to '${target}' (format parquet)`, 30)).kind, 'error');
      rows(await sql.run('select * from dispatches limit 1', 30));
    } finally {
      sql.dispose();
      rmSync(parquet, { recursive: true, force: true });
    }
  },
);

test('a trace that cannot be read is named', { skip: !hasDuckDb }, async () => {
  const file = path.join(folder, 'broken.kscope');
  writeFileSync(file, 'KSCOPE?');
  const sql = session([file]);
  const opened = await sql.opened;
  sql.dispose();
  rmSync(file);
  assert.ok(opened.type === 'failed');
  assert.match(opened.message, /^broken\.kscope: /);
});

test('without the package, the session says that it is missing', async () => {
  // From a folder of its own the program finds no packages.
  const alone = mkdtempSync(path.join(tmpdir(), 'kernelscope-sql-alone-'));
  const program = path.join(alone, 'sql-process.mjs');
  execFileSync(process.execPath, ['-e', `require('fs').copyFileSync(${JSON.stringify(path.join(programs, 'sql-process.mjs'))}, ${JSON.stringify(program)})`]); // prettier-ignore
  const sql = new SqlSession({ programs: alone, packages: alone, trace: writeTraceFile(trace), title: 'shown', others: [] }); // prettier-ignore
  assert.deepEqual(await sql.opened, { type: 'missing' });
  sql.dispose();
  if (hasDuckDb) {
    // And finds it in the folder it is told of, where the button installs it.
    const found = new SqlSession({ programs: alone, packages: path.resolve('.'), trace: writeTraceFile(trace), title: 'shown', others: [] }); // prettier-ignore
    assert.equal((await found.opened).type, 'opened');
    found.dispose();
  }
  rmSync(alone, { recursive: true, force: true });
  assert.ok(!existsSync(program));
});
