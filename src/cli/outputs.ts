/** The forms in which a command gives its trace: text on stdout, JSON, HTML, trace file. */
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { htmlReport, report, textReport } from '../export/index.ts';
import type { Suggestion } from '../suggest/suggestion.ts';
import { writeTraceFile } from '../trace/codec.ts';
import type { Note } from '../trace/notes.ts';
import type { Trace } from '../trace/model.ts';
import { webviewFiles, writeOutput } from './files.ts';
import { print, say } from './terminal.ts';

export interface Outputs {
  /** File for the JSON report; `-` is stdout, which then carries nothing else. */
  readonly json?: string | undefined;
  readonly html?: string | undefined;
  readonly trace?: string | undefined;
}

export const OUTPUT_OPTIONS = {
  json: { type: 'string' },
  html: { type: 'string' },
} as const;

export const OUTPUT_USAGE = `  --json FILE|-       write the report as JSON (kernelscope.report/1); - is stdout
  --html FILE         write the report as one self-contained page`;

export interface PageOptions {
  /** Default: the script's name. */
  readonly title?: string;
  readonly notes?: readonly Note[];
  /** What the trace is compared with; the page then opens on the comparison. */
  readonly baseline?: { readonly title: string; readonly trace: Trace };
}

export function htmlOf(
  trace: Trace,
  suggestions: readonly Suggestion[],
  { title = path.basename(trace.meta.script) || 'trace', notes = [], baseline }: PageOptions = {},
): string {
  const webview = webviewFiles();
  return htmlReport({
    title,
    trace: writeTraceFile(trace),
    suggestions,
    notes,
    baseline: baseline && { title: baseline.title, trace: writeTraceFile(baseline.trace) },
    webviewScript: webview.script,
    webviewStyle: webview.style,
    nonce: randomBytes(16).toString('hex'),
  });
}

/** Writes the page and says so. */
export function writePage(file: string, ...page: Parameters<typeof htmlOf>): void {
  writeOutput(file, htmlOf(...page));
  say(`wrote ${file}`);
}

export function writeOutputs(
  trace: Trace,
  suggestions: readonly Suggestion[],
  outputs: Outputs,
  notes: readonly Note[] = [],
): void {
  const facts = report(trace, suggestions);
  if (outputs.json !== '-') print(textReport(facts, { base: process.cwd() }));
  if (outputs.json !== undefined) writeOutput(outputs.json, `${JSON.stringify(facts, null, 2)}\n`);
  if (outputs.html !== undefined) writeOutput(outputs.html, htmlOf(trace, suggestions, { notes }));
  if (outputs.trace !== undefined) writeOutput(outputs.trace, writeTraceFile(trace));
  for (const file of [outputs.json, outputs.html, outputs.trace])
    if (file !== undefined && file !== '-') say(`wrote ${file}`);
}
