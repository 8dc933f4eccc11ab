/**
 * How a trace stands in a Chrome trace events file of ours, for the exporter and the importer alike: rows that have a
 * time are events (whose other columns are kept in `args.columns`), everything else stands in the member `kernelscope`.
 */
import { TABLES, TABLE_NAMES } from './model.ts';
import type { TableName } from './model.ts';

export const EVENT_FORM_VERSION = 1;
/** Member of the file's object that holds what has no time. */
export const EVENT_FORM_MEMBER = 'kernelscope';
/** Name of the metadata events that carry rows without a time (untimed dispatches): viewers pass over them. */
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

/** Columns of a table that go into `args.columns`, in this order. */
export function plainColumns(table: TableName): string[] {
  const time = TIMED_TABLES[table];
  return Object.keys(TABLES[table]).filter((name) => name !== time?.start && name !== time?.end);
}

export const UNTIMED_TABLES: readonly TableName[] = TABLE_NAMES.filter((name) => !TIMED_TABLES[name]);
