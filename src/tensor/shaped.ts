/** Methods that arrange elements anew. */
import { tensorError } from './errors.ts';
import { ReducedTensor } from './reduced.ts';
import { reshape, resolveShape } from './reshape.ts';
import { apply1 } from './tape.ts';
import type { Tensor } from './tensor.ts';

export abstract class ShapedTensor extends ReducedTensor {
  /** The same elements in another shape; one size may be -1. No copy is made. */
  reshape(...shape: readonly number[] | readonly [readonly number[]]): Tensor {
    const wanted = Array.isArray(shape[0]) ? (shape[0] as readonly number[]) : (shape as readonly number[]);
    try {
      return this.#reshaped(resolveShape(this.shape, wanted));
    } catch (error) {
      throw error instanceof RangeError ? tensorError(error.message) : error;
    }
  }

  /** `reshape`, by PyTorch's other name. */
  view(...shape: readonly number[] | readonly [readonly number[]]): Tensor {
    return this.reshape(...shape);
  }

  /** Joins the dimensions from `startDim` to `endDim` into one. */
  flatten(startDim = 0, endDim = -1): Tensor {
    const start = this.axis(startDim, 'flatten');
    const end = this.axis(endDim, 'flatten');
    const joined = this.shape.slice(start, end + 1).reduce((product, n) => product * n, 1);
    return this.#reshaped([...this.shape.slice(0, start), joined, ...this.shape.slice(end + 1)]);
  }

  /** Splits dimension `dim` into `sizes`. */
  unflatten(dim: number, sizes: readonly number[]): Tensor {
    const at = this.axis(dim, 'unflatten');
    return this.reshape([...this.shape.slice(0, at), ...sizes, ...this.shape.slice(at + 1)]);
  }

  /** Adds a dimension of size 1 at `dim`. */
  unsqueeze(dim: number): Tensor {
    const at = dim < 0 ? dim + this.ndim + 1 : dim;
    if (at < 0 || at > this.ndim)
      throw tensorError(`unsqueeze: dimension ${dim} of a tensor with ${this.ndim} dimensions`);
    return this.#reshaped([...this.shape.slice(0, at), 1, ...this.shape.slice(at)]);
  }

  /** Removes the dimensions of size 1, or only `dim` where it is one. */
  squeeze(dim?: number): Tensor {
    const at = dim === undefined ? -1 : this.axis(dim, 'squeeze');
    return this.#reshaped(this.shape.filter((size, i) => size !== 1 || (dim !== undefined && i !== at)));
  }

  #reshaped(to: readonly number[]): Tensor {
    return this.make(apply1(reshape, [this.value], { from: this.shape, to }));
  }
}
