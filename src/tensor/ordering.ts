/** Methods that put elements into an order, run over them in theirs, or repeat them. */
import { argsort } from '../ops/argsort.ts';
import { concat } from '../ops/concat.ts';
import { flip } from '../ops/flip.ts';
import { pad } from '../ops/pad.ts';
import { cumprod, cumsum } from '../ops/scan.ts';
import { tensorError } from './errors.ts';
import { floating } from './functions.ts';
import { SelectingTensor } from './selecting.ts';
import { apply1 } from './tape.ts';
import type { Tensor } from './tensor.ts';

/** Options of the sorting methods. */
export interface SortOptions {
  /** From the largest to the smallest. Default false. */
  readonly descending?: boolean;
}

export abstract class OrderedTensor extends SelectingTensor {
  /** The places (i32) of the elements along `dim` in order; equal ones stay in theirs, a NaN is the largest. */
  argsort(dim = -1, options: SortOptions = {}): Tensor {
    const at = this.axis(dim, 'argsort');
    const last = this.ndim - 1;
    if (at !== last) return this.detach().transpose(at, last).argsort(-1, options).transpose(at, last);
    return this.wrap(apply1(argsort, [this.value], { descending: options.descending ?? false }));
  }

  /** The elements along `dim` in order, and their places (i32); equal ones stay in theirs, a NaN is the largest. */
  sort(dim = -1, options: SortOptions = {}): [values: Tensor, indices: Tensor] {
    const places = this.argsort(dim, options);
    return [this.gather(dim, places), places];
  }

  /** The `k` largest elements along `dim` (or smallest), the first of them first, and their places (i32). */
  topk(k: number, dim = -1, options: { readonly largest?: boolean } = {}): [values: Tensor, indices: Tensor] {
    const size = this.size(dim);
    if (!(k >= 1 && k <= size)) throw tensorError(`topk: ${k} of the ${size} elements of dimension ${dim}`);
    const places = this.argsort(dim, { descending: options.largest ?? true }).narrow(dim, 0, k);
    return [this.gather(dim, places), places];
  }

  /** The middle element along `dim`, the lower of two, and its place (i32). */
  median(dim = -1): [values: Tensor, indices: Tensor] {
    const places = this.argsort(dim).select(dim, Math.floor((this.size(dim) - 1) / 2)).unsqueeze(dim); // prettier-ignore
    return [this.gather(dim, places).squeeze(dim), places.squeeze(dim)];
  }

  /** Sums of all elements up to each along `dim`. */
  cumsum(dim: number): Tensor {
    return this.whole(this.wrap(apply1(cumsum, [floating(this)], { dim: this.axis(dim, 'cumsum') })));
  }

  /** Products of all elements up to each along `dim`. */
  cumprod(dim: number): Tensor {
    return this.whole(this.wrap(apply1(cumprod, [floating(this)], { dim: this.axis(dim, 'cumprod') })));
  }

  /** The elements along the given dimensions in reverse. */
  flip(...dims: readonly number[]): Tensor {
    return this.wrap(apply1(flip, [this.value], { dims: dims.map((dim) => this.axis(dim, 'flip')) }));
  }

  /** The elements along `dim` moved on by `shift`, the last ones coming in at the front. */
  roll(shift: number, dim: number): Tensor {
    const size = this.size(dim);
    const by = ((shift % size) + size) % size;
    if (by === 0) return this.itself();
    const [front, back] = this.split([size - by, by], dim) as [Tensor, Tensor];
    const sizes = [by, size - by];
    return this.wrap(apply1(concat, [back.value, front.value], { dim: this.axis(dim, 'roll'), sizes }));
  }

  /** The whole tensor `sizes[d]` times along each dimension; dimensions in front are added. */
  repeat(...sizes: readonly number[]): Tensor {
    const shape = [...sizes.slice(this.ndim).map(() => 1), ...this.shape];
    if (sizes.length < this.ndim)
      throw tensorError(`repeat: ${sizes.length} numbers for a tensor of ${this.ndim} dimensions`);
    return this.reshape(shape.flatMap((size) => [1, size]))
      .expand(...shape.flatMap((size, d) => [sizes[d] as number, size]))
      .reshape(shape.map((size, d) => size * (sizes[d] as number)));
  }

  /** Each element along `dim` `repeats` times in a row. */
  repeatInterleave(repeats: number, dim: number): Tensor {
    const at = this.axis(dim, 'repeatInterleave');
    const between = this.unsqueeze(at + 1);
    return between.expand(...between.shape.with(at + 1, repeats)).flatten(at, at + 1);
  }

  /**
   * With a margin of `value`; `around` lists the elements before and after for the last dimension, then for the one before
   * it, and so on, as `torch.nn.functional.pad`. Negative numbers cut.
   */
  pad(around: readonly number[], value = 0): Tensor {
    if (around.length % 2 !== 0 || around.length > 2 * this.ndim)
      throw tensorError(`pad: ${around.length} margins for a tensor of ${this.ndim} dimensions`);
    const margins = this.shape.map((_, d): readonly [number, number] => {
      const at = 2 * (this.ndim - 1 - d);
      return [around[at] ?? 0, around[at + 1] ?? 0];
    });
    return this.wrap(apply1(pad, [this.value], { around: margins, value, shape: this.shape }));
  }

  /** A vector's elements on the diagonal of a matrix, or a matrix's diagonal as a vector. */
  diag(): Tensor {
    const n = this.size(0);
    if (this.ndim === 1) return this.unsqueeze(1).pad([0, n]).reshape(-1).narrow(0, 0, n * n).reshape(n, n); // prettier-ignore
    const columns = this.size(1);
    const length = Math.min(n, columns);
    return this.reshape(-1).slice(0, 0, (length - 1) * (columns + 1) + 1, columns + 1);
  }
}
