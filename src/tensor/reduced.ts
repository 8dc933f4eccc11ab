/** Methods that fold dimensions into one number each. */
import { tensorError } from './errors.ts';
import { ElementwiseTensor } from './elementwise.ts';

export abstract class ReducedTensor extends ElementwiseTensor {
  /** @internal The dimension's index; negative counts from the end. */
  protected axis(dim: number, operation: string): number {
    const at = dim < 0 ? dim + this.ndim : dim;
    if (!Number.isInteger(dim) || at < 0 || at >= this.ndim)
      throw tensorError(`${operation}: dimension ${dim} of a tensor with ${this.ndim} dimensions`);
    return at;
  }
}
