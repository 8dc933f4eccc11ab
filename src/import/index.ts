/** The formats we open, most particular first: the first whose sniff says yes reads the file. */
import type { Result } from '../base/result.ts';
import { err, ok } from '../base/result.ts';
import type { Trace } from '../trace/model.ts';
import { cutTrace } from '../trace/time-range.ts';
import { chrome } from './chrome.ts';
import { isGzip, unpackedHead } from './gzip.ts';
import type { ImportError, Importer, ReadOptions } from './importer.ts';
import { SNIFF_BYTES } from './importer.ts';
import { jax } from './jax.ts';
import { kineto } from './kineto.ts';
import { kscope } from './kscope.ts';
import { memorySnapshot } from './memory-snapshot.ts';
import { memoryTimeline } from './memory-timeline.ts';
import { nsight } from './nsight.ts';
import { perfetto } from './perfetto.ts';
import { tfjs } from './tfjs.ts';

export { importRanks } from './ranks.ts';
export type { ImportError, Importer, ReadOptions } from './importer.ts';

export const IMPORTERS: readonly Importer[] = [
  kscope,
  nsight,
  memorySnapshot,
  memoryTimeline,
  perfetto,
  tfjs,
  kineto,
  jax,
  chrome,
];

/** The importer for a file, by its first bytes; by the ending of its name only among those that know no better. */
export function chooseImporter(bytes: Uint8Array): Importer | null {
  const head = unpackedHead(bytes, SNIFF_BYTES);
  return IMPORTERS.find((importer) => importer.sniff(head)) ?? null;
}

/** Opens a file of any format we know. An error is one line with the place; it never throws on bad input. */
export function importTrace(bytes: Uint8Array, options: ReadOptions = {}): Result<Trace, ImportError> {
  if (bytes.length === 0) return err({ at: 0, message: 'the file is empty' });
  const importer = chooseImporter(bytes);
  if (!importer && isGzip(bytes) && unpackedHead(bytes, 1).length === 0)
    return err({ at: 0, message: 'the packed file is damaged: nothing of it unpacks' });
  if (!importer)
    return err({
      at: 0,
      message: `not a trace we know; we open: ${IMPORTERS.map(({ label }) => label).join(', ')}`,
    });
  return finished(importer, importer.read(bytes, options), options);
}

/**
 * The same from pieces, so that a file of trace events is never in memory as a whole. Formats that need their whole file
 * get the pieces put together. Pieces may share their memory: each is done with when the next is asked for.
 */
export function importTracePieces(
  pieces: Iterable<Uint8Array>,
  sizeBytes: number,
  options: ReadOptions = {},
): Result<Trace, ImportError> {
  const source = pieces[Symbol.iterator]();
  const held: Uint8Array[] = [];
  let heldBytes = 0;
  const hold = (until: number): void => {
    while (heldBytes < until) {
      const next = source.next();
      if (next.done) return;
      held.push(next.value.slice());
      heldBytes += next.value.length;
    }
  };
  hold(SNIFF_BYTES);
  const importer = chooseImporter(joined(held));
  if (!importer?.readPieces) {
    hold(Infinity);
    return importTrace(joined(held), options);
  }
  const all: Iterable<Uint8Array> = {
    *[Symbol.iterator]() {
      for (let piece = held.shift(); piece; piece = held.shift()) yield piece;
      for (let next = source.next(); !next.done; next = source.next()) yield next.value;
    },
  };
  return finished(importer, importer.readPieces(all, sizeBytes, options), options);
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  if (pieces.length === 1) return pieces[0] as Uint8Array;
  const whole = new Uint8Array(pieces.reduce((size, piece) => size + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/**
 * Foreign formats do not name the script: the file's own name is what a person knows it by. They are read whole, and cut to
 * the range afterwards; our own file is read by range.
 */
function finished(
  importer: Importer,
  read: Result<Trace, ImportError>,
  { fileName, range }: ReadOptions,
): Result<Trace, ImportError> {
  if (!read.ok) return read;
  const trace = range && importer !== kscope ? cutTrace(read.value, range) : read.value;
  if (trace.meta.script !== '' || !fileName) return ok(trace);
  return ok({ ...trace, meta: { ...trace.meta, script: fileName } });
}

/** "not JSON (byte 17)": an import error as one line. */
export function formatImportError({ at, message }: ImportError): string {
  return `${message} (byte ${at})`;
}
