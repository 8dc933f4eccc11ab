/**
 * Frames: the unit in which a trace travels and is stored. A run sends frames over a pipe, a file is a header
 * followed by the same frames, and a view is fed the same frames, so a live run and a saved trace are one thing.
 *
 * Frame: u32 byte length of the payload, u8 kind, u8 table id, u16 flags, payload. Little endian.
 *   kind 1 meta     JSON, merged over what came before
 *   kind 2 catalog  JSON {"name": [...entries appended]}
 *   kind 3 rows     u32 row count, u32 zero, then each column's elements, in schema order, each padded to 8 bytes
 * flags bit 0: payload is deflated (raw), preceded by its u32 inflated length.
 */
import { deflateSync, inflateSync } from 'fflate';
import type { Result } from '../base/result.ts';
import { err, ok } from '../base/result.ts';
import { CATALOG_NAMES, TABLES, TABLE_NAMES } from './model.ts';
import type { CatalogName, Catalogs, TableName, TraceMeta } from './model.ts';
import type { AnyTable, ElementType } from './table.ts';
import { ELEMENT_BYTES, column, newElements } from './table.ts';

export const FRAME_HEADER_BYTES = 8;
const KIND = { meta: 1, catalog: 2, rows: 3 } as const;
const DEFLATED = 1;
/** No chunk of ours is near this; a file that claims more is broken or hostile. */
const MAX_PAYLOAD_BYTES = 1 << 28;
const MAX_INFLATE_RATIO = 1100; // deflate's own limit is 1032:1

export type CatalogPatch = { readonly [N in CatalogName]?: Catalogs[N] };

export type Frame =
  | { readonly kind: 'meta'; readonly meta: Partial<TraceMeta> }
  | { readonly kind: 'catalog'; readonly patch: CatalogPatch }
  | { readonly kind: 'rows'; readonly table: TableName; readonly rows: AnyTable };

export interface EncodeOptions {
  /** Deflate payloads larger than 256 bytes. Files do; the pipe does not (the child shares its cores with the driver). */
  readonly deflate?: boolean;
}

export function encodeMeta(meta: Partial<TraceMeta>, options: EncodeOptions = {}): Uint8Array {
  return wrap(KIND.meta, 0, new TextEncoder().encode(JSON.stringify(meta)), options);
}

export function encodeCatalog(patch: CatalogPatch, options: EncodeOptions = {}): Uint8Array {
  return wrap(KIND.catalog, 0, new TextEncoder().encode(JSON.stringify(patch)), options);
}

export function encodeRows(table: TableName, rows: AnyTable, options: EncodeOptions = {}): Uint8Array {
  const columns = Object.entries(TABLES[table]) as [string, ElementType][];
  let size = 8;
  for (const [, type] of columns) size += padded(rows.length * ELEMENT_BYTES[type]);
  const payload = new Uint8Array(size);
  new DataView(payload.buffer).setUint32(0, rows.length, true);
  let at = 8;
  for (const [name, type] of columns) {
    const elements = column(rows, name);
    const bytes = rows.length * ELEMENT_BYTES[type];
    payload.set(new Uint8Array(elements.buffer, elements.byteOffset, bytes), at);
    at += padded(bytes);
  }
  return wrap(KIND.rows, TABLE_NAMES.indexOf(table), payload, options);
}

/** Where frames stop making sense, for the one line shown to a person. */
export interface FrameError {
  readonly offset: number;
  readonly message: string;
}

/** Reads frames from bytes that arrive in any pieces. */
export class FrameReader {
  #pending: Uint8Array = new Uint8Array(0);
  #offset = 0;

  /** Bytes not yet part of a complete frame. */
  get pendingBytes(): number {
    return this.#pending.length;
  }

  /** Adds bytes and returns the frames completed by them, or the first error. After an error nothing more is read. */
  push(bytes: Uint8Array): Result<Frame[], FrameError & { readonly frames: Frame[] }> {
    this.#pending = this.#pending.length === 0 ? bytes : joined(this.#pending, bytes);
    const frames: Frame[] = [];
    let at = 0;
    while (this.#pending.length - at >= FRAME_HEADER_BYTES) {
      const view = new DataView(this.#pending.buffer, this.#pending.byteOffset + at, FRAME_HEADER_BYTES);
      const length = view.getUint32(0, true);
      if (length > MAX_PAYLOAD_BYTES) return this.#fail(at, `frame claims ${length} bytes`, frames);
      if (this.#pending.length - at < FRAME_HEADER_BYTES + length) break;
      const payload = this.#pending.subarray(at + FRAME_HEADER_BYTES, at + FRAME_HEADER_BYTES + length);
      const frame = decode(view.getUint8(4), view.getUint8(5), view.getUint16(6, true), payload);
      if (!frame.ok) return this.#fail(at, frame.error, frames);
      frames.push(frame.value);
      at += FRAME_HEADER_BYTES + length;
    }
    this.#pending = this.#pending.slice(at);
    this.#offset += at;
    return ok(frames);
  }

  #fail(
    at: number,
    message: string,
    frames: Frame[],
  ): Result<never, FrameError & { readonly frames: Frame[] }> {
    const offset = this.#offset + at;
    this.#pending = new Uint8Array(0);
    return err({ offset, message, frames });
  }
}

/** A deflated payload: where its frame begins, where its bytes are, and how many they become. */
export interface DeflatedFrame {
  readonly at: number;
  readonly from: number;
  readonly to: number;
  readonly inflatedBytes: number;
}

/** The deflated frames among whole frames that begin at `from`, as far as it makes sense: for readers that inflate them by other means. */
export function deflatedFrames(bytes: Uint8Array, from = 0): DeflatedFrame[] {
  const found: DeflatedFrame[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = from; at + FRAME_HEADER_BYTES <= bytes.length;) {
    const to = at + FRAME_HEADER_BYTES + view.getUint32(at, true);
    if (to > bytes.length) break;
    const begin = at + FRAME_HEADER_BYTES + 4;
    if (view.getUint16(at + 6, true) & DEFLATED && begin <= to) {
      const inflatedBytes = view.getUint32(begin - 4, true);
      if (inflatedBytes <= MAX_PAYLOAD_BYTES && inflatedBytes <= (to - begin + 4) * MAX_INFLATE_RATIO)
        found.push({ at, from: begin, to, inflatedBytes });
    }
    at = to;
  }
  return found;
}

/** Writes the header of a frame like the one at `at` of `bytes`, but for a payload of `length` bytes that is not deflated. */
export function plainHeader(bytes: Uint8Array, at: number, length: number, into: Uint8Array): void {
  into.set(bytes.subarray(at, at + FRAME_HEADER_BYTES));
  const view = new DataView(into.buffer, into.byteOffset, FRAME_HEADER_BYTES);
  view.setUint32(0, length, true);
  view.setUint16(6, view.getUint16(6, true) & ~DEFLATED, true);
}

function decode(kind: number, table: number, flags: number, stored: Uint8Array): Result<Frame, string> {
  let payload = stored;
  if (flags & DEFLATED) {
    if (stored.length < 4) return err('deflated frame without its length');
    const length = new DataView(stored.buffer, stored.byteOffset).getUint32(0, true);
    if (length > MAX_PAYLOAD_BYTES || length > stored.length * MAX_INFLATE_RATIO)
      return err(`frame inflates to ${length} bytes`);
    try {
      payload = inflateSync(stored.subarray(4), { out: new Uint8Array(length) });
    } catch {
      return err('frame does not inflate');
    }
    if (payload.length !== length) return err('frame inflates to another length');
  }
  if (kind === KIND.rows) return decodeRows(table, payload);
  if (kind !== KIND.meta && kind !== KIND.catalog) return err(`unknown frame kind ${kind}`);
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload));
  } catch {
    return err('frame is not JSON');
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    return err('frame is not a JSON object');
  if (kind === KIND.meta) return ok({ kind: 'meta', meta: json as Partial<TraceMeta> });
  for (const [name, entries] of Object.entries(json)) {
    if (!(CATALOG_NAMES as readonly string[]).includes(name))
      return err(`unknown catalog ${JSON.stringify(name)}`);
    if (!Array.isArray(entries)) return err(`catalog ${name} is not a list`);
  }
  return ok({ kind: 'catalog', patch: json as CatalogPatch });
}

function decodeRows(table: number, payload: Uint8Array): Result<Frame, string> {
  const name = TABLE_NAMES[table];
  if (name === undefined) return err(`unknown table ${table}`);
  if (payload.length < 8) return err('rows without a count');
  const length = new DataView(payload.buffer, payload.byteOffset).getUint32(0, true);
  const rows: Record<string, unknown> = { length };
  let at = 8;
  for (const [columnName, type] of Object.entries(TABLES[name]) as [string, ElementType][]) {
    const bytes = length * ELEMENT_BYTES[type];
    if (at + bytes > payload.length) return err(`table ${name} is cut in column ${columnName}`);
    const elements = newElements(type, length);
    new Uint8Array(elements.buffer).set(payload.subarray(at, at + bytes));
    rows[columnName] = elements;
    at += padded(bytes);
  }
  return ok({ kind: 'rows', table: name, rows: rows as unknown as AnyTable });
}

function wrap(kind: number, table: number, payload: Uint8Array, options: EncodeOptions): Uint8Array {
  let stored = payload;
  let flags = 0;
  if (options.deflate && payload.length > 256) {
    const deflated = deflateSync(payload, { level: 1 });
    stored = new Uint8Array(4 + deflated.length);
    new DataView(stored.buffer).setUint32(0, payload.length, true);
    stored.set(deflated, 4);
    flags |= DEFLATED;
  }
  const frame = new Uint8Array(FRAME_HEADER_BYTES + stored.length);
  const view = new DataView(frame.buffer);
  view.setUint32(0, stored.length, true);
  view.setUint8(4, kind);
  view.setUint8(5, table);
  view.setUint16(6, flags, true);
  frame.set(stored, FRAME_HEADER_BYTES);
  return frame;
}

function padded(bytes: number): number {
  return (bytes + 7) & ~7;
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
