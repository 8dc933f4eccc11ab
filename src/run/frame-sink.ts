/** Takes the bytes of a run: into the trace being built, the file being written, the picture being shown. */
import { createWriteStream, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import type { WriteStream } from 'node:fs';
import path from 'node:path';
import { TraceBuilder } from '../trace/builder.ts';
import { fileHeader, writeTraceFile } from '../trace/codec.ts';
import { FRAME_HEADER_BYTES, FrameReader, encodeMeta } from '../trace/frames.ts';
import type { Trace, TraceMeta } from '../trace/model.ts';

/** Beyond this a file stays as it was written while running: compacting it would take too much memory. */
const COMPACT_LIMIT_BYTES = 256e6;

export class FrameSink {
  readonly #builder = new TraceBuilder();
  readonly #reader = new FrameReader();
  readonly #file: string | null;
  readonly #stream: WriteStream | null;
  readonly #onFrames: ((bytes: Uint8Array) => void) | undefined;
  #tail: Uint8Array = new Uint8Array(0);
  #bytes = 0;
  #broken = false;

  constructor(file: string | null, onFrames: ((bytes: Uint8Array) => void) | undefined) {
    this.#file = file;
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

  build(): Trace {
    return this.#builder.build();
  }

  /** Finishes the file: compact, and under its name only when complete. */
  async close(): Promise<void> {
    const stream = this.#stream;
    if (!stream || !this.#file) return;
    await new Promise<void>((resolve) => stream.end(resolve));
    if (this.#bytes > COMPACT_LIMIT_BYTES) return;
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
