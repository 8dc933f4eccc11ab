/** PyTorch's profiler (Kineto): `*.pt.trace.json`, plain or packed. */
import type { Importer } from './importer.ts';
import { readDialect, readDialectPieces } from './events/dialect.ts';

const MARKS =
  /"(deviceProperties|computeProperties|baseTimeNanoseconds)"|"cat"\s*:\s*"(cpu_op|Operator|cuda_runtime|cuda_driver|Kernel|kernel|gpu_memcpy|user_annotation|python_function|ac2g)"/;

export const kineto: Importer = {
  id: 'kineto',
  label: 'PyTorch profiler',
  extensions: ['.pt.trace.json', '.pt.trace.json.gz'],
  sniff: (head) => MARKS.test(new TextDecoder().decode(head)),
  read: readDialect,
  readPieces: readDialectPieces,
};
