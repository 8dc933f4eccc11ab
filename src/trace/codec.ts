/** The .kscope file: eight bytes of header, then frames. A file cut short reads as a trace of what came before. */
import type { Result } from '../base/result.ts';
import { err, ok } from '../base/result.ts';
import { TraceBuilder } from './builder.ts';
import { FrameReader, encodeCatalog, encodeMeta, encodeRows } from './frames.ts';
import { CATALOG_NAMES, TABLES, TABLE_NAMES, TRACE_VERSION } from './model.ts';
import type { TableName, Trace } from './model.ts';
import type { AnyTable } from './table.ts';
import { column } from './table.ts';

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
  if (!isTraceFile(bytes))
    return err({ offset: 0, message: 'not a Kernelscope trace (it does not start with KSCOPE)' });
  const version = (bytes[6] as number) | ((bytes[7] as number) << 8);
  if (version !== TRACE_VERSION)
    return err({
      offset: 6,
      message: `trace version ${version}; this Kernelscope reads version ${TRACE_VERSION}. Update Kernelscope to open it`,
    });
  const reader = new FrameReader();
  const builder = new TraceBuilder();
  const read = reader.push(bytes.subarray(FILE_HEADER_BYTES));
  let problem: string | null = null;
  for (const frame of read.ok ? read.value : read.error.frames) {
    const added = builder.frame(frame);
    if (!added.ok) {
      problem = added.error;
      break;
    }
  }
  if (!problem && !read.ok) problem = `byte ${FILE_HEADER_BYTES + read.error.offset}: ${read.error.message}`;
  if (!problem && reader.pendingBytes > 0)
    problem = `the last ${reader.pendingBytes} bytes are an incomplete frame`;
  if (problem)
    builder.setMeta({
      notes: [...builder.meta.notes, `The file is damaged; what came before is shown. ${problem}`],
    });
  return ok(builder.build());
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
