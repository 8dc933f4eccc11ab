/** Methods that fold dimensions into one number each. */
import { argmax, type ArgmaxAttributes } from '../ops/argmax.ts';
import { fold, type FoldAttributes } from '../ops/fold.ts';
import { softmax } from '../ops/softmax.ts';
import { tensorError } from './errors.ts';
import { ElementwiseTensor } from './elementwise.ts';
import { floating } from './functions.ts';
import { apply1 } from './tape.ts';
import type { Tensor } from './tensor.ts';

/** One dimension or several; negative ones count from the end. */
export type Dims = number | readonly number[];

export abstract class ReducedTensor extends ElementwiseTensor {
  /** The sum over `dim`, or of all elements. */
  sum(dim?: Dims, keepDim = false): Tensor {
    return this.#fold('sum', dim, keepDim);
  }

  /** The mean over `dim`, or of all elements. */
  mean(dim?: Dims, keepDim = false): Tensor {
    return this.#fold('mean', dim, keepDim);
  }

  /** The largest value over `dim`, or of all elements. Equal values share the gradient. */
  max(dim?: Dims, keepDim = false): Tensor {
    return this.#fold('max', dim, keepDim);
  }

  /** The smallest value over `dim`, or of all elements. Equal values share the gradient. */
  min(dim?: Dims, keepDim = false): Tensor {
    return this.#fold('min', dim, keepDim);
  }

  /** The product over `dim`, or of all elements. */
  prod(dim?: number, keepDim = false): Tensor {
    return this.#fold('prod', dim, keepDim);
  }

  /** True where some element along `dim`, or of all, is true or not 0. */
  any(dim?: Dims, keepDim = false): Tensor {
    return this.#truth().max(dim, keepDim).gt(0);
  }

  /** True where all elements along `dim`, or all there are, are true or not 0. */
  all(dim?: Dims, keepDim = false): Tensor {
    return this.#truth().min(dim, keepDim).gt(0);
  }

  /** Where the largest value along `dim` lies, the first of equal ones (i32); of all elements without `dim`. */
  argmax(dim?: number, keepDim = false): Tensor {
    return this.#argmax('argmax', dim, keepDim);
  }

  /** Where the smallest value along `dim` lies, the first of equal ones (i32); of all elements without `dim`. */
  argmin(dim?: number, keepDim = false): Tensor {
    return this.#argmax('argmin', dim, keepDim);
  }

  /** The variance over `dim`, or of all elements; `correction` is taken from the count (1: unbiased). */
  var(dim?: Dims, options: { readonly correction?: number; readonly keepDim?: boolean } = {}): Tensor {
    const { correction = 1, keepDim = false } = options;
    const squares = (this as ReducedTensor).sub(this.mean(dim, true)).square();
    const total = squares.sum(dim, keepDim);
    return total.div(this.numel() / Math.max(1, total.numel()) - correction);
  }

  /** The standard deviation: the root of `var`. */
  std(dim?: Dims, options: { readonly correction?: number; readonly keepDim?: boolean } = {}): Tensor {
    return (this.var(dim, options) as ReducedTensor).unary('normRoot');
  }

  /** The p-norm over `dim`, or of all elements; `p` may be infinite. */
  norm(p = 2, dim?: Dims, keepDim = false): Tensor {
    if (p === 2) return (this.square().sum(dim, keepDim) as ReducedTensor).unary('normRoot');
    if (p === Infinity) return this.abs().max(dim, keepDim);
    const powers = p === 1 ? this.abs() : this.abs().pow(p);
    const total = powers.sum(dim, keepDim);
    if (p === 1) return total;
    // A norm of 0 has a slope of 0, not that of the root.
    const some = total.gt(0);
    return total.where(some, 1).pow(1 / p).where(some, 0); // prettier-ignore
  }

  /** Exponentials that sum to 1 over `dim`. */
  softmax(dim = -1): Tensor {
    return this.#alongLast(dim, 'softmax', (x) => x.wrap(apply1(softmax, [floating(x)], {})));
  }

  /** The logarithm of `softmax`, computed together. */
  logSoftmax(dim = -1): Tensor {
    return this.#alongLast(dim, 'logSoftmax', (x) => x.wrap(apply1(softmax, [x.value], { log: true })));
  }

  /** `log(sum(exp(this)))` over `dim`, without overflow. */
  logsumexp(dim: Dims, keepDim = false): Tensor {
    const most = this.max(dim, true).detach();
    // A row of -Infinity sums to -Infinity, not to the NaN of their difference.
    const largest = most.where(most.isfinite(), 0);
    const total = (this as ReducedTensor).sub(largest).exp().sum(dim, true).log().add(largest);
    if (keepDim) return total;
    const folded = new Set(
      (typeof dim === 'number' ? [dim] : dim).map((each) => this.axis(each, 'logsumexp')),
    );
    return total.reshape(this.shape.filter((_, i) => !folded.has(i)));
  }

  /** The dimension's index; negative counts from the end. */
  protected axis(dim: number, operation: string): number {
    const at = dim < 0 ? dim + this.ndim : dim;
    if (!Number.isInteger(dim) || at < 0 || at >= this.ndim)
      throw tensorError(`${operation}: dimension ${dim} of a tensor with ${this.ndim} dimensions`);
    return at;
  }

  abstract transpose(dim0: number, dim1: number): Tensor;
  abstract reshape(...shape: readonly number[] | readonly [readonly number[]]): Tensor;

  #fold(kind: FoldAttributes['kind'], dim: Dims | undefined, keepDims: boolean): Tensor {
    const dims = dim === undefined ? {} : { dims: typeof dim === 'number' ? [dim] : dim };
    const folded = this.wrap(apply1(fold, [floating(this)], { kind, ...dims, keepDims, shape: this.shape }));
    return kind === 'mean' ? folded : this.whole(folded);
  }

  /** This tensor as 1 and 0. */
  #truth(): ReducedTensor {
    return this.dtype === 'bool' ? this : this.ne(0);
  }

  #argmax(kind: ArgmaxAttributes['kind'], dim: number | undefined, keepDim: boolean): Tensor {
    const x = dim === undefined ? this.reshape(-1) : this;
    return this.wrap(apply1(argmax, [floating(x)], { kind, dim: dim ?? 0, keepDim }));
  }

  #alongLast(dim: number, name: string, run: (x: ReducedTensor) => Tensor): Tensor {
    const at = this.axis(dim, name);
    if (at === this.ndim - 1) return run(this);
    return run(this.transpose(at, this.ndim - 1)).transpose(at, this.ndim - 1);
  }
}
