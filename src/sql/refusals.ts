/**
 * Why a query is not run. A transaction that only reads refuses what writes, and a locked configuration most of what changes settings;
 * what both let through is refused here: DuckDB has statements and functions that change how every later query runs, or break it.
 */
import type { DuckDBConnection } from '@duckdb/node-api';

/** Of DuckDB's StatementType: those that would change the session, with the word a person writes. */
const SETTING_TYPES: ReadonlyMap<number, string> = new Map([
  [6, 'PREPARE'],
  [8, 'EXECUTE'],
  [13, 'SET'],
  [17, 'PRAGMA'],
  [18, 'VACUUM or ANALYZE'],
  [19, 'CALL or CHECKPOINT'],
  [20, 'SET, RESET or USE'],
]);
const EXPLAIN = 4;
const TRANSACTION = 10;

/** Functions that change settings although they stand in a SELECT; a name may be quoted. */
const SETTING_FUNCTIONS =
  /\b((?:enable|disable)_(?:logging|profiling|peg_parser)|truncate_duckdb_logs|(?:force_)?checkpoint|json_execute_serialized_sql)"?\s*\(/i;

/** Null where it may run. */
export async function refusal(connection: DuckDBConnection, text: string): Promise<string | null> {
  const bare = withoutComments(text);
  if (bare === '') return 'There is no query.';
  const statements = await connection.extractStatements(text);
  // PIVOT is one statement to who writes it, and two to DuckDB.
  if (statements.count > 1 && !/\bpivot\b/i.test(text)) return 'One statement at a time.';
  const called = SETTING_FUNCTIONS.exec(bare)?.[1];
  if (called) return changes(`${called}()`);
  const type = await typeOf(connection, text);
  if (type === TRANSACTION) return 'Each query is a transaction of its own, which only reads.';
  const inner = type === EXPLAIN ? await typeOf(connection, bare.replace(EXPLAINED, '')) : type;
  const word = SETTING_TYPES.get(inner ?? 0);
  return word === undefined ? null : changes(word);
}

const EXPLAINED = /^explain\s+(analyze\b\s*)?(\([^)]*\)\s*)?/i;

function changes(what: string): string {
  return `${what} would change how the queries after it run. A query here only reads: SELECT, WITH, FROM, DESCRIBE, SUMMARIZE, SHOW, PIVOT, EXPLAIN.`;
}

/** Null where the text cannot be prepared: running it says why. */
async function typeOf(connection: DuckDBConnection, text: string): Promise<number | null> {
  try {
    const first = await (await connection.extractStatements(text)).prepare(0);
    const type = Number(first.statementType);
    first.destroySync();
    return type;
  } catch {
    return null;
  }
}

function withoutComments(text: string): string {
  return text.replaceAll(/--[^\n]*|\/\*[^]*?\*\//g, ' ').trim();
}
