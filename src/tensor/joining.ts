/** Several tensors in one. */
import { concat } from '../ops/concat.ts';
import { number, type Operand } from './core.ts';
import { tensorError } from './errors.ts';
import { apply1 } from './tape.ts';
import { Tensor } from './tensor.ts';

/** `a` where the condition is not 0, else `b`, with broadcasting. */
export function where(condition: Tensor, a: Operand, b: Operand): Tensor {
  return (typeof a === 'number' ? new Tensor(number(a)) : a.itself()).where(condition, b);
}

/** The tensors one after the other along `dim`; all other sizes are equal. */
export function cat(tensors: readonly Tensor[], dim = 0): Tensor {
  const values = tensors.map(({ value }) => value);
  return new Tensor(apply1(concat, values, { dim, sizes: tensors.map((each) => each.size(dim)) }));
}

/** Tensors of one shape along a new dimension at `dim`. */
export function stack(tensors: readonly Tensor[], dim = 0): Tensor {
  const [first] = tensors;
  if (!first) throw tensorError('stack: there is nothing to stack');
  const at = dim < 0 ? dim + first.ndim + 1 : dim;
  return cat(tensors.map((each) => each.unsqueeze(at)), at); // prettier-ignore
}

/** The p-norm of the difference of each row of `a` `[..., n, features]` and each row of `b` `[..., m, features]`: `[..., n, m]`. */
export const cdist = (a: Tensor, b: Tensor, p = 2): Tensor =>
  a.unsqueeze(-2).sub(b.unsqueeze(-3)).norm(p, -1);
