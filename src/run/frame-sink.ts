/** Takes the bytes of a run: into the trace being built, the file being written, the picture being shown. */
import { createWriteStream, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import type { WriteStream } from 'node:fs';
import path from 'node:path';
import { TraceBuilder } from '../trace/builder.ts';
import { fileHeader, writeTraceFile } from '../trace/codec.ts';
import type { Frame } from '../trace/frames.ts';
import { FRAME_HEADER_BYTES, FrameReader, encodeMeta } from '../trace/frames.ts';
import type { TableName, Trace, TraceMeta } from '../trace/model.ts';

/** Beyond this a file stays as it was written while running: compacting it would take too much memory. */
const COMPACT_LIMIT_BYTES = 256e6;
/** Rows of a table held in memory. A run may make any number of these; the file takes them all. */
const KEEP_ROWS = 4e6;
const ENDLESS: ReadonlySet<TableName> = new Set<TableName>(['dispatches', 'transfers', 'submits']);

export class FrameSink {
  readonly #builder = new TraceBuilder();
  readonly #reader = new FrameReader();
  readonly #file: string | null;
  readonly #stream: WriteStream | null;
  readonly #onFrames: ((bytes: Uint8Array) => void) | undefined;
  #tail: Uint8Array = new Uint8Array(0);
  readonly #keepRows: number;
  #bytes = 0;
  #broken = false;
  /** Dispatches that only the file has. */
  #notKept = 0;

  constructor(
    file: string | null,
    onFrames: ((bytes: Uint8Array) => void) | undefined,
    keepRows = KEEP_ROWS,
  ) {
    this.#file = file;
    this.#keepRows = keepRows;
    this.#onFrames = onFrames;
    if (file) mkdirSync(path.dirname(file), { recursive: true });
    this.#stream = file ? createWriteStream(file) : null;
    this.#stream?.on('error', () => (this.#broken = true));
    this.#stream?.write(fileHeader());
  }

  get meta(): TraceMeta {
    return this.#builder.meta;
  }

  /** Bytes in any pieces. Only whole frames go on: a process killed while writing leaves half of one. */
  push(bytes: Uint8Array): void {
    const all = this.#tail.length === 0 ? bytes : Buffer.concat([this.#tail, bytes]);
    const whole = wholeFrames(all);
    this.#tail = all.slice(whole);
    if (whole > 0) this.#take(all.subarray(0, whole));
  }

  /** How it ended, after all that the process sent. */
  conclude(end: Partial<TraceMeta>): void {
    this.#tail = new Uint8Array(0);
    this.#builder.setMeta(end);
    if (this.#notKept > 0) {
      const kept = this.#builder.count('dispatches');
      const rest = this.#file ? 'the trace file has all of them' : 'a trace file would have them all';
      const note = `The first ${kept} of ${kept + this.#notKept} dispatches were kept in memory and are what is shown; ${rest}`;
      this.#builder.setMeta({ notes: [...this.meta.notes, note] });
    }
    const frame = encodeMeta(end);
    this.#stream?.write(frame);
    this.#onFrames?.(frame);
  }

  /** After bytes that make no sense nothing more is taken; the trace says so. */
  #take(bytes: Uint8Array): void {
    if (this.#broken) return;
    this.#bytes += bytes.length;
    const read = this.#reader.push(bytes);
    let problem = read.ok ? null : read.error.message;
    for (const frame of read.ok ? read.value : read.error.frames) {
      if (this.#isBeyond(frame)) continue;
      const added = this.#builder.frame(frame);
      if (!added.ok) problem ??= added.error;
      if (!added.ok) break;
    }
    if (problem !== null) {
      this.#broken = true;
      this.#builder.setMeta({
        notes: [...this.meta.notes, `What the process sent could not be read to its end: ${problem}`],
      });
    }
    this.#stream?.write(bytes);
    this.#onFrames?.(bytes);
  }

  #isBeyond(frame: Frame): boolean {
    if (frame.kind !== 'rows' || !ENDLESS.has(frame.table)) return false;
    if (this.#builder.count(frame.table) < this.#keepRows) return false;
    if (frame.table === 'dispatches') this.#notKept += frame.rows.length;
    return true;
  }

  build(): Trace {
    return this.#builder.build();
  }

  /** Finishes the file: compact, and under its name only when complete. */
  async close(): Promise<void> {
    const stream = this.#stream;
    if (!stream || !this.#file) return;
    await new Promise<void>((resolve) => stream.end(resolve));
    if (this.#bytes > COMPACT_LIMIT_BYTES || this.#notKept > 0) return;
    const part = `${this.#file}.part`;
    writeFileSync(part, writeTraceFile(this.build()));
    renameSync(part, this.#file);
  }
}

/** Bytes of the complete frames at the start. */
function wholeFrames(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  while (at + FRAME_HEADER_BYTES <= bytes.length) {
    const next = at + FRAME_HEADER_BYTES + view.getUint32(at, true);
    if (next > bytes.length) break;
    at = next;
  }
  return at;
}
