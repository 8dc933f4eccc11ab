/** From the bytes of a file, packed or not, to the columns of its events. */
import type { ReadOptions } from '../importer.ts';
import { isGzip, unpack, unpackPieces } from '../gzip.ts';
import { EventReader } from './reader.ts';
import type { EventFile } from './reader.ts';

/** How many times a packed trace is larger unpacked: only a guess for the first size of columns. */
const TYPICAL_RATIO = 16;

export function readEvents(bytes: Uint8Array, options: ReadOptions = {}): EventFile {
  // A packed file tells its progress by the packed bytes consumed, a plain one by the position reached.
  const { progress } = options;
  const tell =
    progress && !isGzip(bytes)
      ? (position: number) => progress(position / bytes.length) !== false
      : undefined;
  const reader = new EventReader(isGzip(bytes) ? bytes.length * TYPICAL_RATIO : bytes.length, tell);
  if (!isGzip(bytes)) {
    reader.whole(bytes);
    return reader.end();
  }
  return reader.end(unpack(bytes, (piece) => reader.push(piece), options));
}

/** The same for a file too large to hold: its pieces are read once, in order, and may share their memory. */
export function readEventPieces(
  pieces: Iterable<Uint8Array>,
  sizeBytes: number,
  options: ReadOptions = {},
): EventFile {
  const source = pieces[Symbol.iterator]();
  const first = source.next();
  const head = first.done ? new Uint8Array(0) : first.value;
  const all: Iterable<Uint8Array> = {
    *[Symbol.iterator]() {
      yield head;
      for (let next = source.next(); !next.done; next = source.next()) yield next.value;
    },
  };
  const packed = isGzip(head);
  const reader = new EventReader(packed ? sizeBytes * TYPICAL_RATIO : sizeBytes);
  if (packed) return reader.end(unpackPieces(copies(all), sizeBytes, (piece) => reader.push(piece), options));
  let read = 0;
  for (const piece of all) {
    reader.push(piece);
    read += piece.length;
    if (options.progress?.(read / sizeBytes) === false) return reader.end('reading was stopped');
  }
  return reader.end();
}

/** Unpacking may look back at what it was given. */
function* copies(pieces: Iterable<Uint8Array>): Iterable<Uint8Array> {
  for (const piece of pieces) yield piece.slice();
}
