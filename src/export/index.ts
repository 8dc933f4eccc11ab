/** Everything a trace can be written as. `html` needs the webview's built files, so the shells call it with them. */
import type { Suggestion } from '../suggest/suggestion.ts';
import { writeTraceFile } from '../trace/codec.ts';
import type { Trace } from '../trace/model.ts';
import type { TimeRange } from '../trace/time-range.ts';
import { chromeTrace } from './chrome-trace.ts';
import { csvZip, dispatchesCsv } from './csv.ts';
import { githubAnnotations } from './github.ts';
import { markdownReport } from './markdown.ts';
import { parquetTable } from './parquet.ts';
import { report } from './report.ts';
import { timelineSvg } from './svg/timeline.ts';
import { textReport } from './text.ts';

export { githubAnnotations } from './github.ts';
export { htmlReport } from './html.ts';
export type { HtmlReportInput } from './html.ts';
export { differenceText } from './difference-text.ts';
export { FLAT_TABLES, flatTable, flatValue } from './flat-tables.ts';
export type { FlatColumn, FlatTableName } from './flat-tables.ts';
export { FLAT_WORDS } from './flat-words.ts';
export { modelText, MOST_FOR_MODELS } from './model-text.ts';
export { parquetTable } from './parquet.ts';
export { recordedText } from './recorded-text.ts';
export { report } from './report.ts';
export type { Report } from './report-model.ts';
export { sourceText } from './source-text.ts';
export { markdownTable } from './markdown.ts';
export { whatIfRows } from './what-if-rows.ts';
export { textReport } from './text.ts';
export type { TextOptions } from './text.ts';

export interface Exporter {
  readonly id: string;
  readonly title: string;
  /** File name ending, with its dot. */
  readonly extension: string;
  /**
   * `base`: folder that paths are shown relative to, where the format shows them for people. `range`: the part that the trace
   * was cut to, for formats that draw an axis.
   */
  write(
    trace: Trace,
    suggestions: readonly Suggestion[],
    base?: string,
    range?: TimeRange,
  ): string | Uint8Array;
}

export const EXPORTERS: readonly Exporter[] = [
  { id: 'trace', title: 'Kernelscope trace', extension: '.kscope', write: (trace) => writeTraceFile(trace) },
  { id: 'chrome', title: 'Chrome / Perfetto trace', extension: '.trace.json', write: chromeTrace },
  { id: 'csv', title: 'Dispatches (CSV)', extension: '.csv', write: dispatchesCsv },
  {
    id: 'parquet',
    title: 'Dispatches (Parquet)',
    extension: '.parquet',
    write: (trace) => parquetTable(trace, 'dispatches'),
  },
  { id: 'csv-tables', title: 'All tables (CSV in a zip)', extension: '.csv.zip', write: csvZip },
  {
    id: 'svg',
    title: 'Timeline and memory (SVG picture)',
    extension: '.svg',
    write: (trace, _suggestions, _base, range) => timelineSvg(trace, range),
  },
  {
    id: 'json',
    title: 'Report (JSON, kernelscope.report/1)',
    extension: '.json',
    write: (trace, suggestions) => `${JSON.stringify(report(trace, suggestions), null, 2)}\n`,
  },
  {
    id: 'text',
    title: 'Report (text)',
    extension: '.txt',
    write: (trace, suggestions, base) => textReport(report(trace, suggestions), base ? { base } : {}),
  },
  {
    id: 'markdown',
    title: 'Report (Markdown)',
    extension: '.md',
    write: (trace, suggestions) => markdownReport(report(trace, suggestions)),
  },
  {
    id: 'github',
    title: 'GitHub annotations',
    extension: '.txt',
    write: (trace, suggestions, base) => githubAnnotations(report(trace, suggestions), base),
  },
];
