/** Methods that pick elements by other tensors or by their place, and put them there. */
import { cast } from '../ops/cast.ts';
import { embedding } from '../ops/embedding.ts';
import { gather, scatter } from '../ops/gather.ts';
import { where } from '../ops/where.ts';
import { constant } from './constants.ts';
import { number, type Operand } from './core.ts';
import { shapeText, tensorError } from './errors.ts';
import { MatrixTensor } from './matrix.ts';
import { apply1 } from './tape.ts';
import type { Tensor } from './tensor.ts';

/** What `at` takes for a dimension: one place, `[start, end, step]` (each may be left out), or places (one dimension, i32). */
export type Place = number | readonly (number | undefined)[] | SelectingTensor;

export abstract class SelectingTensor extends MatrixTensor {
  /** This tensor's elements where the condition is true, else those of `other`, with broadcasting. */
  where(condition: SelectingTensor, other: Operand): Tensor {
    const { dtype } = this.value;
    const chosen = condition.value.dtype === dtype ? condition : condition.to(dtype);
    const rest = typeof other === 'number' ? this.wrap(number(other)) : other;
    const inputs = [chosen, this, rest.value.dtype === dtype ? rest : rest.to(dtype)];
    return this.wrap(apply1(where, inputs.map(({ value }) => value), {})); // prettier-ignore
  }

  /** `value` where the mask is true, else this tensor's elements. */
  maskedFill(mask: SelectingTensor, value: number): Tensor {
    return this.where(mask.logicalNot(), value);
  }

  /** Zeros above the diagonal `diagonal` (0 is the main one, positive ones lie above it) of the last two dimensions. */
  tril(diagonal = 0): Tensor {
    return this.#triangle(`tril ${diagonal}`, (row, column) => column <= row + diagonal);
  }

  /** Zeros below the diagonal `diagonal` of the last two dimensions. */
  triu(diagonal = 0): Tensor {
    return this.#triangle(`triu ${diagonal}`, (row, column) => column >= row + diagonal);
  }

  /**
   * A part of the tensor, with one place for each dimension from the first; the rest stay whole. A number picks and
   * drops the dimension, `[start, end, step]` slices it, a tensor of places selects: Python's `x[0, :, 2:5]` is
   * `x.at(0, [], [2, 5])`.
   */
  at(...places: readonly Place[]): Tensor {
    if (places.length > this.ndim)
      throw tensorError(`at: ${places.length} places for a tensor of shape ${shapeText(this.shape)}`);
    let part = this.itself();
    // From the last on, so that dropped dimensions do not move those still to come.
    for (const [dim, place] of [...places.entries()].toReversed()) {
      if (typeof place === 'number') part = part.select(dim, place);
      else if (place instanceof SelectingTensor) part = part.indexSelect(dim, place);
      else if (place.length > 0) part = part.slice(dim, place[0] ?? 0, place[1] ?? Infinity, place[2] ?? 1);
    }
    return part;
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

  /** The elements at the places `index` (i32 or u32) of the flattened tensor, in the index's shape, as `torch.take`. */
  take(index: SelectingTensor): Tensor {
    return this.reshape(-1, 1).#rows(index).reshape(index.shape);
  }

  /**
   * `out[i][j][k] = this[index[i][j][k]][j][k]` for `dim` 0, and so on for the others, as `torch.gather`; 0 where a place
   * lies outside.
   */
  gather(dim: number, index: SelectingTensor): Tensor {
    const at = this.axis(dim, 'gather');
    if (index.ndim !== this.ndim || index.shape.some((n, i) => i !== at && n > this.size(i)))
      throw tensorError(
        `gather: places of shape ${shapeText(index.shape)} along dimension ${dim} of ${shapeText(this.shape)}`,
      );
    const x = this.#cutTo(index.shape, at);
    return this.wrap(apply1(gather, [x.value, index.value], { dim: at, shape: x.shape }));
  }

  /**
   * A copy with the elements of `source` (or that number) put at the places `index` along `dim`, as `torch.scatter`; where
   * two have one place, the last counts.
   */
  scatter(dim: number, index: SelectingTensor, source: SelectingTensor | number): Tensor {
    return this.#put(dim, index, source, false);
  }

  /** A copy with the elements of `source` added at the places `index` along `dim`, as `torch.scatter_add`. */
  scatterAdd(dim: number, index: SelectingTensor, source: SelectingTensor): Tensor {
    return this.#put(dim, index, source, true);
  }

  /** A copy with the parts of `source` added at the places `index` (one dimension) along `dim`, as `torch.index_add`. */
  indexAdd(dim: number, index: SelectingTensor, source: SelectingTensor): Tensor {
    const at = this.axis(dim, 'indexAdd');
    const along = index.reshape(source.shape.map((_, d) => (d === at ? -1 : 1)));
    return this.#put(at, along.expand(...source.shape), source, true);
  }

  #put(dim: number, index: SelectingTensor, source: SelectingTensor | number, add: boolean): Tensor {
    const at = this.axis(dim, 'scatter');
    const from = typeof source === 'number' ? this.wrap(number(source)).to(this.value.dtype).expand(...index.shape) : source; // prettier-ignore
    return this.wrap(apply1(scatter, [this.value, index.value, from.value], { dim: at, add }));
  }

  /** The part with the first elements of each dimension but one, as many as the index has. */
  #cutTo(shape: readonly number[], but: number): Tensor {
    let part = this.itself();
    for (const [d, size] of shape.entries())
      if (d !== but && size < part.size(d)) part = part.narrow(d, 0, size);
    return part;
  }

  #triangle(name: string, kept: (row: number, column: number) => boolean): Tensor {
    if (this.ndim < 2) throw tensorError(`tril and triu take matrices, not shape ${shapeText(this.shape)}`);
    const shape = this.shape.slice(-2);
    const columns = shape[1] as number;
    const { dtype } = this.value;
    const mask = constant(name, shape, (i) => Number(kept(Math.floor(i / columns), i % columns)));
    const own = dtype === 'f32' ? mask : apply1(cast, [mask], { dtype, from: 'f32' });
    const zero = this.wrap(number(0)).to(dtype);
    return this.wrap(apply1(where, [own, this.value, zero.value], {}));
  }

  #rows(index: SelectingTensor): Tensor {
    return this.wrap(apply1(embedding, [this.value, index.value], { tableShape: this.shape }));
  }
}
