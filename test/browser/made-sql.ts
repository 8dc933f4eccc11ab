/** A database as a shell tells of it, with an answer to one query on the made trace. */
import { FLAT_TABLES, FLAT_WORDS, flatTable } from '../../src/export/index.ts';
import type { Trace } from '../../src/trace/model.ts';
import type { SqlRows, SqlStatus } from '../../src/wire/sql-messages.ts';

export function madeStatus(trace: Trace, title: string): Extract<SqlStatus, { phase: 'open' }> {
  const tables = FLAT_TABLES.map((name) => ({
    name,
    about: FLAT_WORDS[name].about,
    rows: trace.tables[name].length,
    columns: flatTable(trace, name, title).columns.map((column) => ({
      name: column.name,
      type: column.type,
      about: FLAT_WORDS[name].columns[column.name] ?? '',
    })),
  }));
  return { phase: 'open', tables, sources: [title], limitSeconds: 60 };
}

/** What "calls by kernel" gives, slowest last. */
export function madeRows(trace: Trace): SqlRows {
  const names = [...new Set(trace.kernels.map(({ name }) => name))];
  return {
    kind: 'rows',
    columns: [
      { name: 'kernel', numeric: false },
      { name: 'calls', numeric: true },
      { name: 'ms', numeric: true },
    ],
    rows: names.map((name, i) => [name, 1000 + i, i === 0 ? null : i * 1.25]),
    total: names.length,
    complete: true,
    ms: 12.5,
  };
}
