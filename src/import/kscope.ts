/** Our own file, whatever its version. */
import { err } from '../base/result.ts';
import { isTraceFile, readTraceFile } from '../trace/codec.ts';
import { unpackWhole } from './gzip.ts';
import type { Importer } from './importer.ts';

export const kscope: Importer = {
  id: 'kscope',
  label: 'Kernelscope trace',
  extensions: ['.kscope', '.kscope.gz'],
  sniff: isTraceFile,
  read(bytes, options) {
    const { text } = unpackWhole(bytes, options);
    const read = readTraceFile(text);
    return read.ok ? read : err({ at: read.error.offset, message: read.error.message });
  },
};
