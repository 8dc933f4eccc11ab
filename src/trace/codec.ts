/** The .kscope file: eight bytes of header, then frames. A file cut short reads as a trace of what came before. */
import type { Result } from '../base/result.ts';
import { err, ok } from '../base/result.ts';
import { TraceBuilder } from './builder.ts';
import { FrameReader, encodeCatalog, encodeMeta, encodeRows } from './frames.ts';
import { CATALOG_NAMES, TABLES, TABLE_NAMES, TRACE_VERSION } from './model.ts';
import type { TableName, Trace } from './model.ts';
import type { AnyTable } from './table.ts';
import { column } from './table.ts';
import { RangeFilter, rangeNote } from './time-range.ts';
import type { TimeRange } from './time-range.ts';

/** "KSCOPE", then the version as u16. */
const MAGIC = [0x4b, 0x53, 0x43, 0x4f, 0x50, 0x45] as const;
export const FILE_HEADER_BYTES = 8;

/** Rows of one frame: small enough that a file cut short loses little, large enough to deflate well. */
const CHUNK_ROWS = 65536;

export function fileHeader(): Uint8Array {
  return Uint8Array.from([...MAGIC, TRACE_VERSION & 255, TRACE_VERSION >> 8]);
}

export function isTraceFile(bytes: Uint8Array): boolean {
  return bytes.length >= FILE_HEADER_BYTES && MAGIC.every((byte, i) => bytes[i] === byte);
}

export interface TraceFileError {
  readonly offset: number;
  readonly message: string;
}

/**
 * Reads a whole file. Broken or missing frames at the end cost only themselves: the trace then carries a note that
 * says at which byte it stopped. An error is returned only where there is no trace at all.
 */
export function readTraceFile(bytes: Uint8Array): Result<Trace, TraceFileError> {
  const reader = new TraceFileReader();
  reader.push(bytes);
  return reader.end();
}

/** The same from pieces, and by range: then only rows within it are ever in memory. */
export class TraceFileReader {
  readonly #frames = new FrameReader();
  readonly #builder = new TraceBuilder();
  readonly #range: TimeRange | null;
  readonly #filter: RangeFilter | null;
  #header: Uint8Array = new Uint8Array(0);
  #error: TraceFileError | null = null;
  #problem: string | null = null;

  constructor(range?: TimeRange) {
    this.#range = range ?? null;
    this.#filter = range ? new RangeFilter(range) : null;
  }

  push(bytes: Uint8Array): void {
    if (this.#error || this.#problem) return;
    const missing = FILE_HEADER_BYTES - this.#header.length;
    if (missing > 0) {
      this.#header = Uint8Array.from([...this.#header, ...bytes.subarray(0, missing)]);
      if (this.#header.length < FILE_HEADER_BYTES) return;
      this.#error = headerError(this.#header);
      if (this.#error) return;
    }
    const read = this.#frames.push(missing > 0 ? bytes.subarray(missing) : bytes);
    for (const frame of read.ok ? read.value : read.error.frames) {
      const added = this.#builder.frame(this.#filter ? this.#filter.frame(frame) : frame);
      if (added.ok) continue;
      this.#problem = added.error;
      return;
    }
    if (!read.ok) this.#problem = `byte ${FILE_HEADER_BYTES + read.error.offset}: ${read.error.message}`;
  }

  end(): Result<Trace, TraceFileError> {
    const error = this.#error ?? (this.#header.length < FILE_HEADER_BYTES ? headerError(this.#header) : null);
    if (error) return err(error);
    const { pendingBytes } = this.#frames;
    if (!this.#problem && pendingBytes > 0)
      this.#problem = `the last ${pendingBytes} bytes are an incomplete frame`;
    const notes = [
      ...(this.#problem ? [`The file is damaged; what came before is shown. ${this.#problem}`] : []),
      ...(this.#range ? [rangeNote(this.#range)] : []),
    ];
    if (notes.length > 0) this.#builder.setMeta({ notes: [...this.#builder.meta.notes, ...notes] });
    return ok(this.#builder.build());
  }
}

function headerError(header: Uint8Array): TraceFileError | null {
  if (!isTraceFile(header))
    return { offset: 0, message: 'not a Kernelscope trace (it does not start with KSCOPE)' };
  const version = (header[6] as number) | ((header[7] as number) << 8);
  if (version === TRACE_VERSION) return null;
  return {
    offset: 6,
    message: `trace version ${version}; this Kernelscope reads version ${TRACE_VERSION}. Update Kernelscope to open it`,
  };
}

/** The file of a finished trace. */
export function writeTraceFile(trace: Trace): Uint8Array {
  const options = { deflate: true };
  const parts: Uint8Array[] = [fileHeader(), encodeMeta(trace.meta, options)];
  for (const name of CATALOG_NAMES)
    if (trace[name].length > 0) parts.push(encodeCatalog({ [name]: trace[name] }, options));
  for (const name of TABLE_NAMES) {
    const table: AnyTable = trace.tables[name];
    for (let at = 0; at < table.length; at += CHUNK_ROWS)
      parts.push(encodeRows(name, slice(name, table, at, at + CHUNK_ROWS), options));
  }
  const bytes = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function slice(name: TableName, table: AnyTable, from: number, to: number): AnyTable {
  const rows: Record<string, unknown> = { length: Math.min(to, table.length) - from };
  for (const columnName of Object.keys(TABLES[name]))
    rows[columnName] = column(table, columnName).subarray(from, to);
  return rows as unknown as AnyTable;
}
