/** Methods that pick elements by other tensors, or by their place. */
import { embedding } from '../ops/embedding.ts';
import { matmul } from '../ops/matmul.ts';
import { where } from '../ops/where.ts';
import { combined } from './combined.ts';
import { constant } from './constants.ts';
import { number, type Operand } from './core.ts';
import { shapeText, tensorError } from './errors.ts';
import { MatrixTensor } from './matrix.ts';
import { apply1 } from './tape.ts';
import type { Tensor } from './tensor.ts';

/** Beyond this a place is no longer exact in f32. */
const MOST_PLACES = 2 ** 24;

export abstract class SelectingTensor extends MatrixTensor {
  /** This tensor's elements where the condition is not 0, else those of `other`, with broadcasting. */
  where(condition: SelectingTensor, other: Operand): Tensor {
    const inputs = [
      condition.to('f32').value,
      this.value,
      typeof other === 'number' ? number(other) : other.value,
    ];
    return this.wrap(apply1(where, inputs, {}));
  }

  /** `value` where the mask is not 0, else this tensor's elements. */
  maskedFill(mask: SelectingTensor, value: number): Tensor {
    return this.where(mask.eq(0), value);
  }

  /** The parts at the places `index` (one dimension, i32 or u32) along `dim`, in that order. */
  indexSelect(dim: number, index: SelectingTensor): Tensor {
    const at = this.axis(dim, 'indexSelect');
    if (index.ndim !== 1)
      throw tensorError(`indexSelect takes the places as one dimension, not ${shapeText(index.shape)}`);
    if (at !== 0) return this.transpose(0, at).indexSelect(0, index).transpose(0, at);
    return this.reshape(this.size(0), -1)
      .#rows(index)
      .reshape(index.numel(), ...this.shape.slice(1));
  }

  /** `out[i][j][k] = this[index[i][j][k]][j][k]` for `dim` 0, and so on for the others, as `torch.gather`. */
  gather(dim: number, index: SelectingTensor): Tensor {
    const at = this.axis(dim, 'gather');
    if (index.ndim !== this.ndim || index.shape.some((n, i) => i !== at && n > this.size(i)))
      throw tensorError(
        `gather: places of shape ${shapeText(index.shape)} along dimension ${dim} of ${shapeText(this.shape)}`,
      );
    if (this.numel() > MOST_PLACES)
      throw tensorError(`gather: a tensor of more than ${MOST_PLACES} elements; use indexSelect on rows`);
    const strides = this.shape.map((_, i) => this.shape.slice(i + 1).reduce((product, n) => product * n, 1));
    const offset = constant(`gather ${at} ${this.shape.join()}`, index.shape, (i) =>
      placeWithout(at, i, index.shape, strides),
    );
    const along = index.mul(strides[at] as number);
    const places = this.wrap(combined('add', along.value, offset)).to('i32');
    return this.reshape(-1, 1).#rows(places.reshape(-1)).reshape(index.shape);
  }

  /** Sums of all elements up to each along `dim`. */
  cumsum(dim: number): Tensor {
    const at = this.axis(dim, 'cumsum');
    if (at !== this.ndim - 1) return this.transpose(at, -1).cumsum(-1).transpose(at, -1);
    // A product with a triangle of ones.
    const n = this.size(at);
    const triangle = constant('triangle', [n, n], (i) => (Math.floor(i / n) <= i % n ? 1 : 0));
    return this.reshape(-1, n).#product(triangle).reshape(this.shape);
  }

  #product(matrix: ReturnType<typeof constant>): Tensor {
    return this.wrap(apply1(matmul, [this.value, matrix], {}));
  }

  #rows(index: SelectingTensor): Tensor {
    return this.wrap(apply1(embedding, [this.value, index.value], { tableShape: this.shape }));
  }
}

/** The place in a tensor with the given strides of element `i` of `shape`, leaving out dimension `without`. */
function placeWithout(
  without: number,
  i: number,
  shape: readonly number[],
  strides: readonly number[],
): number {
  let rest = i;
  let place = 0;
  for (let d = shape.length - 1; d >= 0; d--) {
    const size = shape[d] as number;
    if (d !== without) place += (rest % size) * (strides[d] as number);
    rest = Math.floor(rest / size);
  }
  return place;
}
