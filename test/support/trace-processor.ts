/** Perfetto's trace_processor_shell, where KERNELSCOPE_TRACE_PROCESSOR names one: docs/formats.md says how to get it. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const VARIABLE = 'KERNELSCOPE_TRACE_PROCESSOR';

/** Why a test that needs it is skipped; false where it is there. */
export const noTraceProcessor: string | false = process.env[VARIABLE]
  ? false
  : `${VARIABLE} does not name Perfetto's trace_processor_shell`;

export interface PerfettoAnswer {
  /** Cells as text; null for NULL. */
  readonly rows: readonly (readonly (string | null)[])[];
  /** Its own measure of reading the file, seconds. */
  readonly loadSeconds: number;
}

/** `v57.2-...` as the program itself says it. */
export function traceProcessorVersion(): string {
  const said = execFileSync(process.env[VARIABLE] ?? '', ['--version'], { encoding: 'utf8' });
  return said.split('\n')[0]?.trim() ?? '';
}

/**
 * Reads a trace file and asks one question of it. Texts of the query must stand in `hex(...)`: the program prints quotes and line
 * breaks within a text as they are. They come back as text.
 */
export function askPerfetto(file: string, sql: string): PerfettoAnswer {
  const folder = mkdtempSync(path.join(tmpdir(), 'kernelscope-perfetto-'));
  try {
    const question = path.join(folder, 'question.sql');
    const times = path.join(folder, 'times');
    writeFileSync(question, sql);
    const printed = execFileSync(process.env[VARIABLE] ?? '', ['-q', question, '-p', times, file], {
      encoding: 'utf8',
      maxBuffer: 1 << 30,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [load = ''] = readFileSync(times, 'utf8').split(',');
    const lines = printed.split('\n').slice(1, -1);
    return { rows: lines.map((line) => line.split(',').map(cell)), loadSeconds: Number(load) / 1e9 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function cell(text: string): string | null {
  if (text === '"[NULL]"' || text === '[NULL]') return null;
  return text.startsWith('"') ? Buffer.from(text.slice(1, -1), 'hex').toString('utf8') : text;
}
