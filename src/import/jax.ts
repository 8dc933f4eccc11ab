/** JAX and XProf: `*.trace.json.gz` of a profiler session. */
import type { Importer } from './importer.ts';
import { readDialect, readDialectPieces } from './events/dialect.ts';

export const jax: Importer = {
  id: 'jax',
  label: 'JAX / XProf trace',
  extensions: ['.trace.json.gz', '.trace.json'],
  sniff: (head) => /"name"\s*:\s*"\/(device|host):/.test(new TextDecoder().decode(head)),
  read: readDialect,
  readPieces: readDialectPieces,
};
