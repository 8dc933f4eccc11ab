/** From the bytes of a file, packed or not, to the columns of its events. */
import type { ReadOptions } from '../importer.ts';
import { isGzip, peeked, takePieces, unpack } from '../gzip.ts';
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
  const { head, all } = peeked(pieces);
  const packed = isGzip(head);
  const reader = new EventReader(packed ? sizeBytes * TYPICAL_RATIO : sizeBytes);
  return reader.end(takePieces(all, packed, sizeBytes, (piece) => reader.push(piece), options));
}
