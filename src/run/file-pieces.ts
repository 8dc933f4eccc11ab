/** A file in pieces: Node reads none above 2 GiB at once, and one of trace events need not be in memory as a whole. */
import { closeSync, openSync, readSync } from 'node:fs';

const PIECE_BYTES = 1 << 22;

/** The pieces share their memory: each is done with when the next is asked for. @throws as `node:fs` does. */
export function* filePieces(file: string): Iterable<Uint8Array> {
  const descriptor = openSync(file, 'r');
  try {
    const piece = new Uint8Array(PIECE_BYTES);
    for (;;) {
      const read = readSync(descriptor, piece);
      if (read === 0) return;
      yield piece.subarray(0, read);
    }
  } finally {
    closeSync(descriptor);
  }
}
