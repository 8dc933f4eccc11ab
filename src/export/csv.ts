/** Tables of a trace as CSV (RFC 4180), ids written as what they mean, and all of them packed into one zip. */
import { zipSync } from 'fflate';
import { CODES_OF } from './csv-codes.ts';
import { TABLES, TABLE_NAMES } from '../trace/model.ts';
import type { TableName, Trace } from '../trace/model.ts';
import { column } from '../trace/table.ts';
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
      return meaning ? field(meaning(value)) : Number.isNaN(value) ? '' : String(value);
    });
    out.add(`${cells.join()}\r\n`);
  }
  return out.bytes();
}

/** Every dispatch with what its launch and kernel know: the table to open in a spreadsheet. */
export function dispatchesCsv(trace: Trace): Uint8Array {
  const { dispatches, launches } = trace.tables;
  const out = new TextBytes();
  const header = [
    'kernel',
    'family',
    'operator',
    'layer',
    'phase',
    'step',
    'queue',
    'startNs',
    'endNs',
    'durationNs',
    'launchedNs',
    'workgroupsX',
    'workgroupsY',
    'workgroupsZ',
    'workgroupSize',
    'workgroupBytes',
    'registersPerThread',
    'flops',
    'bytesMoved',
  ];
  out.add(`${header.join()}\r\n`);
  const phase = CODES_OF['phase']?.(trace);
  const number = (value: number | null | undefined): string =>
    value === null || value === undefined || Number.isNaN(value) ? '' : String(value);
  for (let i = 0; i < dispatches.length; i++) {
    const launch = dispatches.launch[i] as number;
    const kernel = trace.kernels[launches.kernel[launch] as number];
    const start = dispatches.startNs[i] as number;
    const end = dispatches.endNs[i] as number;
    const cells = [
      field(kernel?.name ?? ''),
      kernel?.family ?? '',
      field(trace.strings[launches.op[launch] as number] ?? ''),
      field(trace.layers[launches.layer[launch] as number]?.path ?? ''),
      phase?.(launches.phase[launch] as number) ?? '',
      number(dispatches.step[i]),
      number(dispatches.queue[i]),
      number(start),
      number(end),
      number(end - start),
      number(dispatches.cpuNs[i]),
      number(launches.workgroupsX[launch]),
      number(launches.workgroupsY[launch]),
      number(launches.workgroupsZ[launch]),
      (kernel?.workgroupSize ?? []).join('x'),
      number(kernel?.workgroupBytes),
      number(kernel?.registersPerThread),
      number(launches.flops[launch]),
      number(launches.bytesMoved[launch]),
    ];
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

/**
 * A field in quotes where it needs them. A leading = + - @ would make a spreadsheet calculate what a trace's file says;
 * a tab before it keeps it text.
 */
function field(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `\t${text}` : text;
  return /[",\r\n\t]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
