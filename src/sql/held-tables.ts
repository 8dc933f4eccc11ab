/**
 * The flat tables of a trace held in memory. A dispatch's kernel, layer and grid hang on its launch, of which there are few: rows hold
 * what is their own and a code, a small table for each kind of code holds the rest, and the select that is returned joins them. So a
 * trace of a million rows is there in the time that its numbers take.
 */
import { FLAT_TABLES, flatTable } from '../export/index.ts';
import type { FlatTableName } from '../export/index.ts';
import type { Trace } from '../trace/model.ts';
import { quoted } from './duckdb.ts';
import type { Sql, SqlColumn } from './duckdb.ts';

/** Fills the tables `held_<table>_<number>` and returns a select for each table that has rows, with the columns of `flatTable` in their order. */
export async function holdTrace(
  sql: Sql,
  trace: Trace,
  source: string,
  number: number,
): Promise<Map<FlatTableName, string>> {
  const selects = new Map<FlatTableName, string>();
  for (const table of FLAT_TABLES) {
    const { length, columns } = flatTable(trace, table, source);
    if (length === 0) continue;
    const name = `held_${table}_${number}`;
    const own: SqlColumn[] = [];
    const kinds = new Map<ArrayLike<number>, { readonly code: string; readonly columns: SqlColumn[] }>();
    const selected = columns.map((column) => {
      // The same in every row.
      if (column.name === 'source') return `${quoted(source)} as source`;
      if (!column.codes) {
        own.push(column);
        return `held."${column.name}"`;
      }
      let kind = kinds.get(column.codes);
      if (!kind) kinds.set(column.codes, (kind = { code: `code${kinds.size}`, columns: [] }));
      kind.columns.push(column);
      return `${kind.code}."${column.name}"`;
    });
    let from = `${name} as held`;
    for (const [codes, { code, columns: values }] of kinds) {
      const count = values[0]?.values.length ?? 0;
      own.push({ name: code, type: 'integer', values: codes });
      const every: SqlColumn = { name: 'code', type: 'integer', values: Array.from({ length: count }, (_, i) => i) }; // prettier-ignore
      await sql.fill(`${name}_${code}`, [every, ...values], count);
      from += ` left join ${name}_${code} as ${code} on ${code}.code = held.${code}`;
    }
    await sql.fill(name, own, length);
    selects.set(table, `select ${selected.join()} from ${from}`);
  }
  return selects;
}
