/**
 * SQL on traces: what the SQL tab, the extension and the process with the database say to each other. The page asks the
 * extension; the extension hands the query to a process of its own, since a database can take all memory or hang.
 */

/** What a table of the database holds; `about` says what a column means, with its unit. */
export interface SqlTable {
  readonly name: string;
  readonly about: string;
  readonly rows: number;
  readonly columns: readonly SqlTableColumn[];
}

export interface SqlTableColumn {
  readonly name: string;
  readonly type: 'text' | 'integer' | 'number' | 'boolean';
  readonly about: string;
}

export type SqlStatus =
  /** The shell can run SQL; the tables are read when they are asked for. */
  | { readonly phase: 'closed' }
  /** A run goes on: its tables can be read when it has ended. */
  | { readonly phase: 'live' }
  | { readonly phase: 'opening' }
  /** The package of the database is not on this machine. `command`: what a person may type instead of the button. */
  | {
      readonly phase: 'missing';
      readonly command: string;
      readonly installing: boolean;
      readonly problem: string | null;
    }
  | { readonly phase: 'failed'; readonly message: string }
  | {
      readonly phase: 'open';
      readonly tables: readonly SqlTable[];
      /** Names in the column `source`; the first is the trace that is shown. */
      readonly sources: readonly string[];
      readonly limitSeconds: number;
    };

/** Both from 1, in the text of the query. */
export interface SqlPlace {
  readonly line: number;
  readonly column: number;
}

export type SqlCell = string | number | boolean | null;

export interface SqlRows {
  readonly kind: 'rows';
  readonly columns: readonly { readonly name: string; readonly numeric: boolean }[];
  /** At most `MOST_SQL_ROWS`. */
  readonly rows: readonly (readonly SqlCell[])[];
  /** Rows of the result that were counted. */
  readonly total: number;
  /** The result has no more than those. */
  readonly complete: boolean;
  readonly ms: number;
}

export type SqlOutcome =
  | SqlRows
  /** In the database's own words. */
  | { readonly kind: 'error'; readonly message: string; readonly place: SqlPlace | null }
  | { readonly kind: 'stopped'; readonly why: 'cancelled' | 'time-limit'; readonly seconds: number };

/** More rows are counted but not sent: no person reads them, and a page would choke on millions. */
export const MOST_SQL_ROWS = 10_000;
/** Longer texts are no query a person wrote. */
export const MOST_SQL_LENGTH = 100_000;

/** To the process of the database. `trace`: the trace that is shown, as a file; `others`: traces and folders of Parquet on disk. */
export type ToSqlProcess =
  | {
      readonly type: 'open';
      readonly trace: Uint8Array;
      readonly title: string;
      readonly others: readonly string[];
      /** A query that needs more ends with an error. */
      readonly memoryBytes: number;
    }
  | { readonly type: 'run'; readonly run: number; readonly text: string }
  | { readonly type: 'cancel' };

export type FromSqlProcess =
  | { readonly type: 'missing' }
  | { readonly type: 'failed'; readonly message: string }
  | { readonly type: 'opened'; readonly tables: readonly SqlTable[]; readonly sources: readonly string[] }
  | {
      readonly type: 'outcome';
      readonly run: number;
      readonly outcome: SqlOutcome;
      /** Why the database runs no further query, or null. */
      readonly broken: string | null;
    };

/** The process is ours, but what it says rests on files of others. */
export function checkFromSqlProcess(value: unknown): FromSqlProcess | null {
  if (typeof value !== 'object' || value === null) return null;
  const m = value as Record<string, unknown>;
  switch (m['type']) {
    case 'missing':
      return { type: 'missing' };
    case 'failed':
      return typeof m['message'] === 'string' ? (value as FromSqlProcess) : null;
    case 'opened':
      return Array.isArray(m['tables']) && Array.isArray(m['sources']) ? (value as FromSqlProcess) : null;
    case 'outcome':
      return Number.isInteger(m['run']) &&
        isOutcome(m['outcome']) &&
        (m['broken'] === null || typeof m['broken'] === 'string')
        ? (value as FromSqlProcess)
        : null;
    default:
      return null;
  }
}

function isOutcome(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const m = value as Record<string, unknown>;
  if (m['kind'] === 'rows')
    return Array.isArray(m['columns']) && Array.isArray(m['rows']) && Number.isInteger(m['total']);
  return m['kind'] === 'error' ? typeof m['message'] === 'string' : m['kind'] === 'stopped';
}
