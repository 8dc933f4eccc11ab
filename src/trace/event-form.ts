/**
 * How a trace stands in a Chrome trace events file of ours, for the exporter and the importer alike: a row that has a time
 * is an event, and everything else stands in the member `kernelscope`. What an event's row holds beside its times is in the
 * event's member `row`, which viewers pass over: `[table, index, every column without a time ..., start, end]`. Start and end
 * (of an instant: start alone) are there only where the event's own times, whole nanoseconds, are not the row's.
 *
 * Version 1 kept the columns in `args.columns`, where viewers showed them, and had no index: rows stood in the table's order.
 */
import { TABLES, TABLE_NAMES } from './model.ts';
import type { TableName } from './model.ts';

export const EVENT_FORM_VERSION = 2;
/** Member of the file's object that holds what has no time. */
export const EVENT_FORM_MEMBER = 'kernelscope';
/** Member of an event that holds its row. */
export const EVENT_ROW = 'row';
/** Most entries of an event's row: table, index, columns and times. */
export const EVENT_ROW_SIZE = 12;
/**
 * Name of the metadata events that carry rows no viewer can draw (untimed dispatches, samples that are no number): viewers
 * pass over them.
 */
export const UNTIMED_EVENT = 'kernelscope_untimed';

/** Columns that say when. `end` null: an instant. */
export interface TimeColumns {
  readonly start: string;
  readonly end: string | null;
}

const SPAN: TimeColumns = { start: 'startNs', end: 'endNs' };
const INSTANT: TimeColumns = { start: 'atNs', end: null };

export const TIMED_TABLES: { readonly [N in TableName]?: TimeColumns } = {
  dispatches: SPAN,
  transfers: SPAN,
  compiles: SPAN,
  submits: SPAN,
  steps: SPAN,
  phases: SPAN,
  slices: SPAN,
  marks: INSTANT,
  samples: INSTANT,
};

/** Columns of a table that go into an event's row, in this order. */
export function plainColumns(table: TableName): string[] {
  const time = TIMED_TABLES[table];
  return Object.keys(TABLES[table]).filter((name) => name !== time?.start && name !== time?.end);
}

export const UNTIMED_TABLES: readonly TableName[] = TABLE_NAMES.filter((name) => !TIMED_TABLES[name]);
