/** Two tensors element by element. */
import { binary } from '../ops/binary.ts';
import type { BinaryName } from '../ops/binary-kinds.ts';
import { apply1 } from './tape.ts';
import type { Value } from './value.ts';

/** `kind` of a and b, with NumPy's broadcasting. */
export const combined = (kind: BinaryName, a: Value, b: Value): Value =>
  apply1(binary, [a, b], { kind, shapes: [a.shape, b.shape] });
