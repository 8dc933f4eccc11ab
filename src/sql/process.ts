/**
 * The database of an SQL tab, in a process of its own: told to open a trace and run queries over the channel to its parent. It
 * ends when the parent closes the channel.
 */
import { readFileSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { FLAT_TABLES, FLAT_WORDS, flatTable } from '../export/index.ts';
import { formatImportError, importRanks, importTracePieces } from '../import/index.ts';
import { filePieces } from '../run/file-pieces.ts';
import { TraceBuilder } from '../trace/builder.ts';
import { readTraceFile } from '../trace/codec.ts';
import type { Trace } from '../trace/model.ts';
import type { FromSqlProcess, SqlTable, ToSqlProcess } from '../wire/sql-messages.ts';
import { DuckDbMissing, openSql } from './duckdb.ts';
import type { Sql } from './duckdb.ts';
import { isParquetFolder } from './parquet-folder.ts';
import { uniqueNames } from './source-names.ts';
import { makeTables } from './tables.ts';
import type { NamedTrace } from './tables.ts';

/** Between two tries to end a query: one that is only being parsed when it is told to end does not hear it. */
const INTERRUPT_MS = 50;

let sql: Sql | null = null;
/** One thing after the other: the database has one connection. */
let before: Promise<void> = Promise.resolve();

let received = 0;
/** Runs up to this one were cancelled. */
let cancelled = 0;

process.on('message', (message: ToSqlProcess) => {
  if (message.type === 'cancel') {
    cancelled = received;
    return sql?.interrupt();
  }
  if (message.type === 'run') received = message.run;
  before = before.then(() => work(message));
});
process.on('disconnect', () => process.exit(0));

function send(message: FromSqlProcess): void {
  process.send?.(message);
}

async function work(message: Exclude<ToSqlProcess, { type: 'cancel' }>): Promise<void> {
  if (message.type === 'open') return send(await opened(message));
  const { run, text } = message;
  const again = setInterval(() => run <= cancelled && sql?.interrupt(), INTERRUPT_MS);
  const outcome = run <= cancelled ? null : await sql?.read(text);
  clearInterval(again);
  send({
    type: 'outcome',
    run,
    broken: (await sql?.broken()) ?? null,
    outcome: outcome ?? { kind: 'error', message: 'the query was not run', place: null },
  });
}

async function opened(message: Extract<ToSqlProcess, { type: 'open' }>): Promise<FromSqlProcess> {
  try {
    sql = await openSql({
      packages: process.env['KERNELSCOPE_PACKAGES'],
      // Without a folder for temporary files nothing is written to disk; nothing is loaded from the network either.
      settings: {
        memory_limit: `${Math.floor(message.memoryBytes / 2 ** 20)}MiB`,
        temp_directory: '',
        autoinstall_known_extensions: 'false',
        autoload_known_extensions: 'false',
      },
    });
    const folders = message.others.filter(isParquetFolder);
    const files = message.others.filter((file) => !folders.includes(file));
    const names = files.length > 0 ? uniqueNames(files) : [];
    const sources = [message.title, ...names.map((name) => (name === message.title ? `${name} (2)` : name))];
    const readable = await makeTables(sql, traces(message.trace, files, sources), folders);
    await sql.lock(readable);
    return { type: 'opened', tables: await described(sql), sources: [...sources, ...folders.map((folder) => path.basename(folder))] }; // prettier-ignore
  } catch (error) {
    if (error instanceof DuckDbMissing) return { type: 'missing' };
    return { type: 'failed', message: error instanceof Error ? error.message : String(error) };
  }
}

function* traces(
  bytes: Uint8Array,
  files: readonly string[],
  sources: readonly string[],
): Iterable<NamedTrace> {
  const shown = readTraceFile(bytes);
  if (!shown.ok) throw new Error(shown.error.message);
  yield { trace: shown.value, source: sources[0] ?? '' };
  for (const [i, file] of files.entries()) yield { trace: readOther(file), source: sources[i + 1] ?? file };
}

/** @throws an Error that names the file. */
function readOther(file: string): Trace {
  const name = path.basename(file);
  const folder = statSync(file).isDirectory();
  const ranks = folder ? readdirSync(file).filter((each) => /\.json(\.gz)?$/.test(each)).sort() : []; // prettier-ignore
  if (folder && ranks.length === 0)
    throw new Error(`${name} holds neither Parquet of kernelscope convert nor traces of ranks`);
  const read = folder
    ? importRanks(ranks.map((each) => ({ name: each, bytes: readFileSync(path.join(file, each)) })))
    : importTracePieces(filePieces(file), statSync(file).size, { fileName: name });
  if (!read.ok) throw new Error(`${name}: ${formatImportError(read.error)}`);
  return read.value;
}

async function described(database: Sql): Promise<SqlTable[]> {
  const nothing = new TraceBuilder().build();
  const tables: SqlTable[] = [];
  for (const name of FLAT_TABLES) {
    const counted = await database.run(`select count(*) from ${name}`);
    const { about, columns } = FLAT_WORDS[name];
    tables.push({
      name,
      about,
      rows: Number(counted.rows[0]?.[0] ?? 0),
      columns: flatTable(nothing, name, '').columns.map((column) => ({
        name: column.name,
        type: column.type,
        about: columns[column.name] ?? '',
      })),
    });
  }
  return tables;
}
