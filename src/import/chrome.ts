/** Chrome's trace event format, from whatever program: arrays and objects of events. */
import type { Importer } from './importer.ts';
import { readDialect } from './events/dialect.ts';

const MARKS = /"traceEvents"\s*:|^[\s\uFEFF]*\[\s*(\{[^{}]*"ph"\s*:|\]|$)/;

export const chrome: Importer = {
  id: 'chrome',
  label: 'Chrome trace events',
  extensions: ['.trace.json', '.trace.json.gz', '.json', '.json.gz'],
  sniff: (head) => MARKS.test(new TextDecoder().decode(head)),
  read: (bytes, options) => readDialect(bytes, options),
};
