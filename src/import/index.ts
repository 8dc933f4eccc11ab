/** The formats we open, most particular first: the first whose sniff says yes reads the file. */
import type { Result } from '../base/result.ts';
import { err, ok } from '../base/result.ts';
import type { Trace } from '../trace/model.ts';
import { chrome } from './chrome.ts';
import { convertEvents } from './events/dialect.ts';
import { readEventPieces } from './events/read.ts';
import { isGzip, unpackedHead } from './gzip.ts';
import type { ImportError, Importer, ReadOptions } from './importer.ts';
import { SNIFF_BYTES } from './importer.ts';
import { jax } from './jax.ts';
import { kineto } from './kineto.ts';
import { kscope } from './kscope.ts';
import { memorySnapshot } from './memory-snapshot.ts';
import { memoryTimeline } from './memory-timeline.ts';
import { nsight } from './nsight.ts';
import { tfjs } from './tfjs.ts';

export { importRanks } from './ranks.ts';
export type { ImportError, Importer, ReadOptions } from './importer.ts';

export const IMPORTERS: readonly Importer[] = [
  kscope,
  nsight,
  memorySnapshot,
  memoryTimeline,
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
  return named(importer.read(bytes, options), options);
}

/**
 * Opens a file of trace events (PyTorch, JAX, Chrome) that is too large to be in memory: its pieces are read once, in order.
 * The other formats need their whole file.
 */
export function importEventPieces(
  pieces: Iterable<Uint8Array>,
  sizeBytes: number,
  options: ReadOptions = {},
): Result<Trace, ImportError> {
  return named(convertEvents(readEventPieces(pieces, sizeBytes, options)), options);
}

/** Foreign formats do not name the script; the file's own name is what a person knows it by. */
function named(read: Result<Trace, ImportError>, { fileName }: ReadOptions): Result<Trace, ImportError> {
  if (!read.ok || read.value.meta.script !== '' || !fileName) return read;
  return ok({ ...read.value, meta: { ...read.value.meta, script: fileName } });
}

/** "not JSON (byte 17)": an import error as one line. */
export function formatImportError({ at, message }: ImportError): string {
  return `${message} (byte ${at})`;
}
