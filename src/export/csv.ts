/** Tables of a trace as CSV (RFC 4180), ids written as what they mean, and all of them packed into one zip. */
import { zipSync } from 'fflate';
import { csvField } from '../base/csv-field.ts';
import { TABLES, TABLE_NAMES } from '../trace/model.ts';
import type { TableName, Trace } from '../trace/model.ts';
import { column } from '../trace/table.ts';
import { CODES_OF } from './csv-codes.ts';
import { flatTable, flatValue } from './flat-tables.ts';
import { TextBytes } from './text-bytes.ts';

/** One table with a header line. NaN stands as an empty field, ids of catalogs as names beside their number's column. */
export function tableCsv(trace: Trace, name: TableName): Uint8Array {
  const table = trace.tables[name];
  const out = new TextBytes();
  const keys = Object.keys(TABLES[name]);
  const meanings = keys.map((key) => CODES_OF[key]?.(trace) ?? null);
  out.add(`${keys.join()}\r\n`);
  const columns = keys.map((key) => column(table, key));
  for (let row = 0; row < table.length; row++) {
    const cells = columns.map((values, c) => {
      const value = values[row] as number;
      const meaning = meanings[c];
      return meaning ? csvField(meaning(value)) : Number.isNaN(value) ? '' : String(value);
    });
    out.add(`${cells.join()}\r\n`);
  }
  return out.bytes();
}

/** Every dispatch with what its launch and kernel know: the table to open in a spreadsheet. */
export function dispatchesCsv(trace: Trace): Uint8Array {
  const { length, columns } = flatTable(trace, 'dispatches', trace.meta.script);
  const out = new TextBytes();
  out.add(`${columns.map(({ name }) => name).join()}\r\n`);
  for (let row = 0; row < length; row++) {
    const cells = columns.map((column) => {
      const value = flatValue(column, row);
      return value === null ? '' : typeof value === 'string' ? csvField(value) : String(value);
    });
    out.add(`${cells.join()}\r\n`);
  }
  return out.bytes();
}

/** A zip with one CSV for each table that has rows. */
export function csvZip(trace: Trace): Uint8Array {
  const files: Record<string, Uint8Array> = {};
  for (const name of TABLE_NAMES)
    if (trace.tables[name].length > 0) files[`${name}.csv`] = tableCsv(trace, name);
  return zipSync(files, { level: 6 });
}
