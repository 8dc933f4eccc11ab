/**
 * Truth values, PyTorch's bool tensors. In memory they are f32 numbers, 1 and 0, so that every operation can compute with
 * them; that they mean yes and no is known to the handle, by what made them.
 */
import type { Dtype } from '../gpu/array.ts';
import type { BinaryName } from '../ops/binary-kinds.ts';
import type { UnaryName } from '../ops/unary-kinds.ts';
import type { Value } from './value.ts';

/** Type of the elements of a tensor. */
export type TensorDtype = Dtype | 'bool';

const QUESTIONS: ReadonlySet<string> = new Set<BinaryName | UnaryName>([
  ...(['equal', 'notEqual', 'less', 'lessEqual', 'greater', 'greaterEqual', 'and', 'or', 'xor'] as const),
  ...(['equalScalar', 'notEqualScalar', 'lessScalar', 'lessEqualScalar', 'greaterScalar'] as const),
  ...(['greaterEqualScalar', 'isNan', 'isInf', 'isFinite'] as const),
]);

/** Operations that only move elements of their first input (`concat`: of all). */
const MOVES: ReadonlySet<string> = new Set([
  'reshape',
  'permute',
  'slice',
  'expand',
  'concat',
  'split',
  'flip',
  'clone',
  'gather',
  'embedding',
]);

/** Whether an operation gives truth values. `kind` is that of a family (`unary`, `binary`), else its own name. */
export function givesTruth(op: string, kind: string, inputs: readonly Value[]): boolean {
  if (op === 'concat') return inputs.every(({ truth }) => truth);
  if (MOVES.has(op)) return inputs[0]?.truth ?? false;
  return QUESTIONS.has(kind);
}
