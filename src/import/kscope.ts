/** Our own file, whatever its version. */
import { err } from '../base/result.ts';
import type { Result } from '../base/result.ts';
import { TraceFileReader, isTraceFile } from '../trace/codec.ts';
import type { Trace } from '../trace/model.ts';
import { isGzip, peeked, takePieces, unpack } from './gzip.ts';
import type { ImportError, Importer } from './importer.ts';

export const kscope: Importer = {
  id: 'kscope',
  label: 'Kernelscope trace',
  extensions: ['.kscope', '.kscope.gz'],
  sniff: isTraceFile,
  read(bytes, options = {}) {
    const reader = new TraceFileReader(options.range);
    unpack(bytes, (piece) => reader.push(piece), options);
    return ended(reader);
  },
  readPieces(pieces, sizeBytes, options = {}) {
    const reader = new TraceFileReader(options.range);
    const { head, all } = peeked(pieces);
    takePieces(all, isGzip(head), sizeBytes, (piece) => reader.push(piece), options);
    return ended(reader);
  },
};

function ended(reader: TraceFileReader): Result<Trace, ImportError> {
  const read = reader.end();
  return read.ok ? read : err({ at: read.error.offset, message: read.error.message });
}
