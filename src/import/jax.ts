/** JAX and XProf: `*.trace.json.gz` of a profiler session. */
import type { Importer } from './importer.ts';
import { readDialect } from './events/dialect.ts';

export const jax: Importer = {
  id: 'jax',
  label: 'JAX / XProf trace',
  extensions: ['.trace.json.gz', '.trace.json'],
  sniff: (head) => /"name"\s*:\s*"\/(device|host):/.test(new TextDecoder().decode(head)),
  read: (bytes, options) => readDialect(bytes, options),
};
