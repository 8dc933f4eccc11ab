/** A part of a trace in time: rows outside are left out, chunk by chunk, so that a file larger than the memory can be opened by range. */
import { TraceBuilder } from './builder.ts';
import type { Frame } from './frames.ts';
import { CATALOG_NAMES, FLOW_ENDS, TABLES, TABLE_NAMES } from './model.ts';
import type { TableName, Trace } from './model.ts';
import type { AnyTable, ElementType, Elements } from './table.ts';
import { column, newElements } from './table.ts';

/** Nanoseconds of the trace's axis, which does not move: what is left keeps its times. */
export interface TimeRange {
  readonly fromNs: number;
  readonly toNs: number;
}

/** Times of these are looked up by other rows. Buffers live on whatever part is looked at. */
const KEPT_WHOLE: ReadonlySet<TableName> = new Set<TableName>(['deaths', 'buffers']);

export class RangeFilter {
  readonly #range: TimeRange;
  /** New row of each old one, -1 for one left out, of the tables that flows point into. */
  readonly #moved = new Map<TableName, { rows: Int32Array; length: number; kept: number }>();

  constructor(range: TimeRange) {
    this.#range = range;
  }

  /** A frame without the rows that lie outside. */
  frame(frame: Frame): Frame {
    if (frame.kind !== 'rows') return frame;
    return { ...frame, rows: this.rows(frame.table, frame.rows) };
  }

  /** The next rows of a table, in order. */
  rows(table: TableName, rows: AnyTable): AnyTable {
    if (table === 'flows') return this.#flows(rows);
    const { start, end } = timesOf(table, rows);
    if (!start || !end) return rows;
    const { fromNs, toNs } = this.#range;
    const kept: number[] = [];
    const moved = this.#movedOf(table, rows.length);
    for (let i = 0; i < rows.length; i++) {
      const inside = (start[i] as number) <= toNs && (end[i] as number) >= fromNs;
      if (moved) moved.rows[moved.length++] = inside ? moved.kept++ : -1;
      if (inside) kept.push(i);
    }
    return kept.length === rows.length ? rows : picked(table, rows, kept);
  }

  /** Arrows whose two ends are left, with the rows that these are now. */
  #flows(rows: AnyTable): AnyTable {
    const kept: number[] = [];
    const from: number[] = [];
    const to: number[] = [];
    const now = (end: number, row: number): number =>
      this.#moved.get(FLOW_ENDS[end] as TableName)?.rows[row] ?? -1;
    for (let i = 0; i < rows.length; i++) {
      const begin = now(column(rows, 'fromEnd')[i] as number, column(rows, 'from')[i] as number);
      const target = now(column(rows, 'toEnd')[i] as number, column(rows, 'to')[i] as number);
      if (begin < 0 || target < 0) continue;
      kept.push(i);
      from.push(begin);
      to.push(target);
    }
    return {
      ...picked('flows', rows, kept),
      from: Uint32Array.from(from),
      to: Uint32Array.from(to),
    } as AnyTable;
  }

  #movedOf(table: TableName, more: number): { rows: Int32Array; length: number; kept: number } | null {
    if (!(FLOW_ENDS as readonly string[]).includes(table)) return null;
    let moved = this.#moved.get(table);
    if (!moved) this.#moved.set(table, (moved = { rows: new Int32Array(0), length: 0, kept: 0 }));
    if (moved.length + more > moved.rows.length) {
      const larger = new Int32Array(Math.max(moved.rows.length * 2, moved.length + more));
      larger.set(moved.rows);
      moved.rows = larger;
    }
    return moved;
  }
}

export function cutTrace(trace: Trace, range: TimeRange): Trace {
  const filter = new RangeFilter(range);
  const builder = new TraceBuilder();
  builder.setMeta({ ...trace.meta, notes: [...trace.meta.notes, rangeNote(range)] });
  for (const name of CATALOG_NAMES) builder.frame({ kind: 'catalog', patch: { [name]: trace[name] } });
  for (const table of TABLE_NAMES) {
    const added = builder.rows(table, filter.rows(table, trace.tables[table]));
    if (!added.ok) throw new Error(added.error);
  }
  return builder.build();
}

export function rangeNote({ fromNs, toNs }: TimeRange): string {
  const seconds = (ns: number): string => (Number.isFinite(ns) ? `${ns / 1e9} s` : 'the end');
  return `Only what happened from ${seconds(fromNs)} to ${seconds(toNs)} was read.`;
}

function timesOf(table: TableName, rows: AnyTable): { start?: Elements; end?: Elements } {
  const schema: Readonly<Record<string, ElementType>> = TABLES[table];
  if (KEPT_WHOLE.has(table)) return {};
  if ('startNs' in schema) return { start: column(rows, 'startNs'), end: column(rows, 'endNs') };
  return 'atNs' in schema ? { start: column(rows, 'atNs'), end: column(rows, 'atNs') } : {};
}

function picked(table: TableName, rows: AnyTable, kept: readonly number[]): AnyTable {
  const schema: Readonly<Record<string, ElementType>> = TABLES[table];
  const columns = Object.entries(schema).map(([name, type]) => {
    const from = column(rows, name);
    const into = newElements(type, kept.length);
    kept.forEach((row, i) => (into[i] = from[row] as number));
    return [name, into] as const;
  });
  return { length: kept.length, ...Object.fromEntries(columns) };
}
