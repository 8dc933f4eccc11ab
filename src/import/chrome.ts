/** Chrome's trace event format, from whatever program: arrays and objects of events. */
import type { Importer } from './importer.ts';
import { SNIFF_BYTES } from './importer.ts';
import { readDialect, readDialectPieces } from './events/dialect.ts';

const MARKS = /"traceEvents"\s*:|^[\s\uFEFF]*\[\s*(\{[^{}]*"ph"\s*:|\]|$)/;

export const chrome: Importer = {
  id: 'chrome',
  label: 'Chrome trace events',
  extensions: ['.trace.json', '.trace.json.gz', '.json', '.json.gz'],
  sniff(head) {
    const text = new TextDecoder().decode(head);
    // Events may follow a long header: any object that is longer than what was looked at may still be a trace.
    return MARKS.test(text) || (head.length >= SNIFF_BYTES && /^[\s\uFEFF]*\{/.test(text));
  },
  read: readDialect,
  readPieces: readDialectPieces,
};
