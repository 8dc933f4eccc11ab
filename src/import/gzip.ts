/** Unpacks gzip in pieces, with limits: a file of a few kilobytes must not fill the memory. */
import { Gunzip } from 'fflate';
import type { ReadOptions } from './importer.ts';

/** Traces deflate 10 to 40 times. Past this ratio and this size a file is taken for a bomb. */
const MAX_RATIO = 250;
const RATIO_APPLIES_FROM_BYTES = 1 << 24;
/** Bytes fed at a time: small enough that a stop is prompt and the pieces stay small. */
const PIECE_BYTES = 1 << 18;

export function isGzip(bytes: Uint8Array): boolean {
  return bytes.length > 2 && bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** The first bytes of the unpacked text; all that can be had from a broken file. */
export function unpackedHead(bytes: Uint8Array, size: number): Uint8Array {
  if (!isGzip(bytes)) return bytes.subarray(0, size);
  const head = new Uint8Array(size);
  let length = 0;
  const gunzip = new Gunzip((piece) => {
    head.set(piece.subarray(0, size - length), length);
    length = Math.min(size, length + piece.length);
  });
  try {
    for (let at = 0; at < bytes.length && length < size; at += 1 << 12)
      gunzip.push(bytes.subarray(at, at + (1 << 12)), false);
  } catch {
    // What was unpacked before the damage is all there is to look at.
  }
  return head.subarray(0, length);
}

/**
 * Hands the unpacked text to `take`, in pieces, in order. Returns null, or one line that says why the text is
 * incomplete. A file that is not packed is handed over whole, without copying.
 */
export function unpack(
  bytes: Uint8Array,
  take: (piece: Uint8Array) => void,
  options: ReadOptions = {},
): string | null {
  if (!isGzip(bytes)) {
    take(bytes);
    return null;
  }
  return unpackPieces(piecesOf(bytes), bytes.length, take, options);
}

function* piecesOf(bytes: Uint8Array): Iterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES);
}

/** The same for a packed file that comes in pieces itself; `sizeBytes` is what all of them add up to. */
export function unpackPieces(
  pieces: Iterable<Uint8Array>,
  sizeBytes: number,
  take: (piece: Uint8Array) => void,
  options: ReadOptions = {},
): string | null {
  let unpacked = 0;
  let packed = 0;
  const gunzip = new Gunzip((piece) => {
    unpacked += piece.length;
    if (piece.length > 0) take(piece);
  });
  try {
    for (const piece of pieces) {
      packed += piece.length;
      gunzip.push(piece, packed >= sizeBytes);
      if (unpacked > RATIO_APPLIES_FROM_BYTES && unpacked > packed * MAX_RATIO)
        return `the file unpacks to more than ${MAX_RATIO} times its size; reading stopped at ${unpacked} bytes`;
      if (options.progress?.(packed / sizeBytes) === false) return 'reading was stopped';
    }
  } catch (error) {
    return `the packed file is damaged near its byte ${packed}: ${(error as Error).message}`;
  }
  return null;
}

/** All of the unpacked text in one piece, for formats that need it whole. */
export function unpackWhole(
  bytes: Uint8Array,
  options: ReadOptions = {},
): { readonly text: Uint8Array; readonly problem: string | null } {
  const pieces: Uint8Array[] = [];
  const problem = unpack(bytes, (piece) => pieces.push(piece), options);
  if (pieces.length === 1) return { text: pieces[0] as Uint8Array, problem };
  const text = new Uint8Array(pieces.reduce((size, piece) => size + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    text.set(piece, at);
    at += piece.length;
  }
  return { text, problem };
}

/** The first of some pieces, and all of them still to be read: what a file is decides how its pieces are. */
export function peeked(pieces: Iterable<Uint8Array>): {
  readonly head: Uint8Array;
  readonly all: Iterable<Uint8Array>;
} {
  const source = pieces[Symbol.iterator]();
  const first = source.next();
  const head = first.done ? new Uint8Array(0) : first.value;
  const all: Iterable<Uint8Array> = {
    *[Symbol.iterator]() {
      yield head;
      for (let next = source.next(); !next.done; next = source.next()) yield next.value;
    },
  };
  return { head, all };
}

/** Hands over what the pieces of a file hold, packed or not; returns null or why it is incomplete. Pieces may share their memory. */
export function takePieces(
  pieces: Iterable<Uint8Array>,
  isPacked: boolean,
  sizeBytes: number,
  take: (piece: Uint8Array) => void,
  options: ReadOptions = {},
): string | null {
  if (isPacked) return unpackPieces(copies(pieces), sizeBytes, take, options);
  let read = 0;
  for (const piece of pieces) {
    take(piece);
    read += piece.length;
    if (options.progress?.(read / sizeBytes) === false) return 'reading was stopped';
  }
  return null;
}

/** Unpacking may look back at what it was given. */
function* copies(pieces: Iterable<Uint8Array>): Iterable<Uint8Array> {
  for (const piece of pieces) yield piece.slice();
}
