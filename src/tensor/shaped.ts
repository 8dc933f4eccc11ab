/** Methods that arrange elements anew. */
import { cast } from '../ops/cast.ts';
import { clone } from '../ops/clone.ts';
import { expand } from '../ops/expand.ts';
import { permute } from '../ops/permute.ts';
import { slice } from '../ops/slice.ts';
import { theEngine } from './engine.ts';
import { tensorError } from './errors.ts';
import { ReducedTensor } from './reduced.ts';
import { reshape, resolveShape } from './reshape.ts';
import { split } from './split.ts';
import { apply, apply1 } from './tape.ts';
import type { Tensor } from './tensor.ts';
import type { TensorDtype } from './truth.ts';
import { Value } from './value.ts';

/** How bytes become numbers: `scale * byte + shift`. */
export interface ByteOptions {
  readonly scale?: number;
  readonly shift?: number;
}

export abstract class ShapedTensor extends ReducedTensor {
  /** The same elements in another shape; one size may be -1. No copy is made. */
  override reshape(...shape: readonly number[] | readonly [readonly number[]]): Tensor {
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

  /** Two dimensions swapped; the elements are laid out anew. */
  override transpose(dim0: number, dim1: number): Tensor {
    const [a, b] = [this.axis(dim0, 'transpose'), this.axis(dim1, 'transpose')];
    return this.permute(...this.shape.map((_, i) => (i === a ? b : i === b ? a : i)));
  }

  /** The matrix transposed. */
  get T(): Tensor {
    return this.permute(...this.shape.map((_, i) => this.ndim - 1 - i));
  }

  /** The matrix transposed, as a call; a vector stays one. */
  t(): Tensor {
    if (this.ndim > 2)
      throw tensorError(
        `t() transposes a matrix, not shape [${this.shape.join(', ')}]; use transpose() or permute()`,
      );
    return this.T;
  }

  /** Dimension i of the result is dimension `order[i]` of this tensor; the elements are laid out anew. */
  permute(...order: readonly number[]): Tensor {
    return this.wrap(apply1(permute, [this.value], { order: order.map((dim) => this.axis(dim, 'permute')) }));
  }

  /** Repeated along dimensions of size 1 and new ones in front; -1 leaves a size as it is. */
  expand(...shape: readonly number[]): Tensor {
    const lead = shape.length - this.ndim;
    return this.wrap(
      apply1(expand, [this.value], {
        shape: shape.map((size, i) => (size === -1 ? (this.shape[i - lead] ?? -1) : size)),
      }),
    );
  }

  /**
   * Elements `start` to `end` (exclusive) along `dim`; negative positions count from the end, as in Python's
   * `x[start:end:step]`.
   */
  slice(dim: number, start = 0, end = Infinity, step = 1): Tensor {
    const at = this.axis(dim, 'slice');
    const size = this.shape[at] as number;
    const from = Math.min(size, Math.max(0, start < 0 ? start + size : start));
    const to = Math.min(size, end < 0 ? end + size : end);
    const length = Math.max(0, Math.ceil((to - from) / step));
    return this.wrap(apply1(slice, [this.value], { dim: at, start: from, length, step, size }));
  }

  /** `length` elements along `dim` from `start`. */
  narrow(dim: number, start: number, length: number): Tensor {
    return this.slice(dim, start, start + length);
  }

  /** The part at `index` along `dim`, without that dimension. */
  select(dim: number, index: number): Tensor {
    const at = this.axis(dim, 'select');
    const size = this.shape[at] as number;
    const from = index < 0 ? index + size : index;
    if (!Number.isInteger(index) || from < 0 || from >= size)
      throw tensorError(
        `select: position ${index} along dimension ${dim} of shape [${this.shape.join(', ')}]`,
      );
    return this.slice(at, from, from + 1).reshape(this.shape.filter((_, i) => i !== at));
  }

  /** Parts of `size` elements along `dim` (the last may be smaller), or of the sizes given. */
  split(size: number | readonly number[], dim = 0): Tensor[] {
    const total = this.size(dim);
    const sizes =
      typeof size === 'number'
        ? Array.from({ length: Math.ceil(total / size) }, (_, i) => Math.min(size, total - i * size))
        : size;
    if (sizes.reduce((sum, each) => sum + each, 0) !== total)
      throw tensorError(
        `split: parts of ${sizes.join(', ')} do not make up the ${total} elements of dimension ${dim}`,
      );
    const at = this.axis(dim, 'split');
    const parts = apply(split, [this.value], { dim: at, sizes, shape: this.shape });
    return parts.map((part) => this.wrap(part));
  }

  /** `chunks` parts along `dim`, as equal as can be. */
  chunk(chunks: number, dim = 0): Tensor[] {
    return this.split(Math.ceil(this.size(dim) / chunks), dim);
  }

  /** The parts along `dim`, without that dimension. */
  unbind(dim = 0): Tensor[] {
    return this.split(1, dim).map((part) => part.squeeze(dim));
  }

  /** Dimension `from` moved to the place `to`. */
  movedim(from: number, to: number): Tensor {
    const order = [...this.shape.keys()];
    const [moved] = order.splice(this.axis(from, 'movedim'), 1) as [number];
    return this.permute(...order.toSpliced(this.axis(to, 'movedim'), 0, moved));
  }

  /** Repeated to the shape of another tensor. */
  expandAs(other: ShapedTensor): Tensor {
    return this.expand(...other.shape);
  }

  /** In the shape of another tensor. */
  viewAs(other: ShapedTensor): Tensor {
    return this.reshape(other.shape);
  }

  /** This tensor: elements always lie row by row without gaps. */
  contiguous(): Tensor {
    return this.itself();
  }

  /** A copy with memory of its own, through which gradients flow. */
  clone(): Tensor {
    return this.wrap(apply1(clone, [this.value], {}));
  }

  /**
   * The same values in another type. Whole numbers become exact floats up to 2^24, and numbers truth values by whether
   * they are not 0; bytes can be turned into `scale * value + shift` on the way.
   */
  override to(dtype: TensorDtype, options: ByteOptions = {}): Tensor {
    if (dtype === this.dtype) return this.itself();
    if (dtype === 'bool') return this.ne(0);
    // Truth values are f32 numbers already.
    if (this.value.truth && dtype === 'f32') return this.wrap(new Value(theEngine().view(this.value.array, this.shape))); // prettier-ignore
    const from = this.value.dtype;
    // Bytes are widened to floats first.
    if (from === 'u8' && dtype !== 'f32' && dtype !== 'f16') return this.to('f32', options).to(dtype);
    return this.wrap(apply1(cast, [this.value], { dtype, from, ...options }));
  }

  /** As `to('f32')`. */
  float(): Tensor {
    return this.to('f32');
  }

  /** As `to('f16')`. */
  half(): Tensor {
    return this.to('f16');
  }

  /** As `to('i32')`: rounded towards 0. */
  int(): Tensor {
    return this.to('i32');
  }

  /** As `to('bool')`. */
  bool(): Tensor {
    return this.to('bool');
  }

  #reshaped(to: readonly number[]): Tensor {
    return this.wrap(apply1(reshape, [this.value], { from: this.shape, to }));
  }
}
