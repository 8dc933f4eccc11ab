/** One reader for all files of trace events: what wrote them is seen in the events, not in the name of the file. */
import type { Result } from '../../base/result.ts';
import { err, ok } from '../../base/result.ts';
import type { Trace } from '../../trace/model.ts';
import { convertChrome } from '../chrome/convert.ts';
import { convertExported, looksExported } from '../exported/convert.ts';
import type { ImportError, ReadOptions } from '../importer.ts';
import { convertJax, looksLikeJax } from '../jax/convert.ts';
import { convertKineto } from '../kineto/convert.ts';
import { looksLikeKineto } from '../kineto/categories.ts';
import { readEventPieces, readEvents } from './read.ts';
import type { EventFile } from './reader.ts';

export function readDialect(bytes: Uint8Array, options: ReadOptions = {}): Result<Trace, ImportError> {
  return convertEvents(readEvents(bytes, options));
}

/** The same for a file too large to hold. */
export function readDialectPieces(
  pieces: Iterable<Uint8Array>,
  sizeBytes: number,
  options: ReadOptions = {},
): Result<Trace, ImportError> {
  return convertEvents(readEventPieces(pieces, sizeBytes, options));
}

/** What wrote the events decides what they become. */
function convertEvents(file: EventFile): Result<Trace, ImportError> {
  if (!file.sawEvents) return err(file.stoppedAt ?? { at: 0, message: 'the file has no traceEvents' });
  if (file.events.length === 0 && file.stoppedAt) return err(file.stoppedAt);
  if (looksExported(file.header)) return convertExported(file);
  if (looksLikeKineto(file.events, file.header)) return ok(convertKineto(file));
  return ok(looksLikeJax(file.events) ? convertJax(file) : convertChrome(file));
}
