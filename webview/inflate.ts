/**
 * A large trace is inflated by the browser's own inflater, several times as fast as one in JavaScript: its frames become
 * frames that are not deflated. What does not inflate stays as it is, and the reader of frames says what is wrong with it.
 */
import { FILE_HEADER_BYTES } from '../src/trace/codec.ts';
import { FRAME_HEADER_BYTES, deflatedFrames, plainHeader } from '../src/trace/frames.ts';

/** The trace file with its frames inflated, wherever they could be. */
export async function inflatedFile(bytes: Uint8Array): Promise<Uint8Array> {
  const deflated = deflatedFrames(bytes, FILE_HEADER_BYTES);
  const payloads = await Promise.all(
    deflated.map(({ from, to, inflatedBytes }) => inflate(bytes.subarray(from, to), inflatedBytes)),
  );
  let size = bytes.length;
  deflated.forEach(({ from, to }, i) => {
    const payload = payloads[i];
    if (payload) size += payload.length - (to - from) - 4;
  });
  const plain = new Uint8Array(size);
  let [read, written] = [0, 0];
  const copy = (end: number): void => {
    plain.set(bytes.subarray(read, end), written);
    written += end - read;
    read = end;
  };
  deflated.forEach(({ at, to }, i) => {
    const payload = payloads[i];
    if (!payload) return copy(to);
    copy(at);
    plainHeader(bytes, at, payload.length, plain.subarray(written));
    plain.set(payload, written + FRAME_HEADER_BYTES);
    written += FRAME_HEADER_BYTES + payload.length;
    read = to;
  });
  copy(bytes.length);
  return plain;
}

/** Null when the bytes do not inflate to exactly that length. */
async function inflate(deflated: Uint8Array, length: number): Promise<Uint8Array | null> {
  const stream = new DecompressionStream('deflate-raw');
  const writer = stream.writable.getWriter();
  const fed = writer.write(deflated as BufferSource).then(() => writer.close());
  fed.catch(() => undefined); // the reader below fails as well
  const payload = new Uint8Array(length);
  let filled = 0;
  try {
    for (const reader = stream.readable.getReader(); ;) {
      const { done, value } = await reader.read();
      if (done) return filled === length ? payload : null;
      const piece = value as Uint8Array;
      if (filled + piece.length > length) return null;
      payload.set(piece, filled);
      filled += piece.length;
    }
  } catch {
    return null;
  }
}
