/**
 * The flat tables of traces as tables of the database. A dispatch's kernel, layer and grid hang on its launch, of which there are few:
 * rows hold what is their own and a code, a small table for each kind of code holds the rest, and one select joins them. So a trace of
 * a million rows is there in the time that its numbers take, and a thousand traces are the same few tables.
 */
import { FLAT_TABLES, flatTable } from '../export/index.ts';
import type { FlatColumn, FlatTableName } from '../export/index.ts';
import { TraceBuilder } from '../trace/builder.ts';
import type { Trace } from '../trace/model.ts';
import type { Sql, SqlColumn } from './duckdb.ts';

export class HeldTables {
  readonly #sql: Sql;
  /** Codes that each table of codes has so far. */
  readonly #codes = new Map<string, number>();

  private constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** Makes the tables, without rows. @throws SqlError */
  static async create(sql: Sql): Promise<HeldTables> {
    const held = new HeldTables(sql);
    const nothing = new TraceBuilder().build();
    for (const name of FLAT_TABLES)
      for (const [table, columns] of held.#split(nothing, name, '')) await sql.create(table, columns);
    return held;
  }

  /** Puts the rows of a trace behind those that are there. @throws SqlError */
  async add(trace: Trace, source: string): Promise<void> {
    for (const name of FLAT_TABLES) {
      if (trace.tables[name].length === 0) continue;
      for (const [table, columns] of this.#split(trace, name, source)) await this.#sql.append(table, columns);
    }
  }

  /** A select with the columns of `flatTable` in their order. */
  select(name: FlatTableName): string {
    const { columns } = flatTable(new TraceBuilder().build(), name, '');
    const kinds = kindsOf(columns);
    const selected = columns.map((column) => {
      const kind = column.codes ? kinds.indexOf(column.codes) : -1;
      return `${codedBy(name, kind)}."${column.name}"`;
    });
    const joins = kinds.map((_, kind) => {
      const table = codedBy(name, kind);
      return `left join ${table} on ${table}.code = ${codedBy(name, -1)}.code${kind}`;
    });
    return `select ${selected.join()} from ${codedBy(name, -1)} ${joins.join(' ')}`;
  }

  /** Tables of the database with what this trace adds to them; codes go on where those of the trace before ended. */
  #split(trace: Trace, name: FlatTableName, source: string): [string, SqlColumn[]][] {
    const { columns } = flatTable(trace, name, source);
    const own: SqlColumn[] = columns.filter(({ codes }) => !codes);
    const tables: [string, SqlColumn[]][] = [[codedBy(name, -1), own]];
    for (const [kind, codes] of kindsOf(columns).entries()) {
      const table = codedBy(name, kind);
      const values = columns.filter((column) => column.codes === codes);
      const count = values[0]?.values.length ?? 0;
      const first = this.#codes.get(table) ?? 0;
      this.#codes.set(table, first + count);
      const all = Array.from({ length: count }, (_, code) => first + code);
      tables.push([table, [{ name: 'code', type: 'integer', values: all }, ...values]]);
      own.push({ name: `code${kind}`, type: 'integer', values: Array.from(codes, (code) => all[code] ?? null) }); // prettier-ignore
    }
    return tables;
  }
}

/** What columns hang on, in the order of the columns. */
function kindsOf(columns: readonly FlatColumn[]): ArrayLike<number>[] {
  return [...new Set(columns.map(({ codes }) => codes))].filter((codes) => codes !== null);
}

/** The table of what hangs on a kind of code; that of the rows themselves for -1. */
function codedBy(name: FlatTableName, kind: number): string {
  return kind < 0 ? `held_${name}` : `held_${name}_${kind}`;
}
