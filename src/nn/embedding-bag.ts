/** Bags of embeddings folded into one vector each, as PyTorch's. */
import { arange, ones, tensor, zeros } from '../tensor/creation.ts';
import { shapeText, tensorError } from '../tensor/errors.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { Embedding, type EmbeddingOptions } from './embedding.ts';

/** Options of `EmbeddingBag`. */
export interface EmbeddingBagOptions extends EmbeddingOptions {
  /** How the vectors of a bag become one. Default 'mean'. `paddingIdx` has no part in it. */
  readonly mode?: 'sum' | 'mean' | 'max';
}

/**
 * The vectors of several numbers folded into one: bags of equal sizes `[bags, numbers]`, or of any sizes one after the other
 * `[numbers]` with the place at which each begins. An empty bag gives zeros.
 */
export class EmbeddingBag extends Embedding {
  readonly mode: 'sum' | 'mean' | 'max';

  constructor(numEmbeddings: number, embeddingDim: number, options: EmbeddingBagOptions = {}) {
    super(numEmbeddings, embeddingDim, options);
    this.mode = options.mode ?? 'mean';
  }

  /** @param offsets Where each bag begins (i32 or u32), for bags in one row. */
  override forward(indices: Tensor, offsets?: Tensor | readonly number[]): Tensor {
    if (indices.ndim === 2 && !offsets) return this.#ofEqualSizes(indices);
    if (indices.ndim !== 1 || !offsets)
      throw tensorError(
        `EmbeddingBag takes bags of equal sizes [bags, numbers], or [numbers] with offsets, not ${shapeText(indices.shape)} ${offsets ? 'with' : 'without'} offsets`,
      );
    const starts = 'shape' in offsets ? offsets : tensor(Int32Array.from(offsets));
    return this.#oneAfterTheOther(indices, starts);
  }

  #ofEqualSizes(indices: Tensor): Tensor {
    const vectors = super.forward(indices);
    const counted = this.#counted(indices);
    if (this.mode === 'max')
      return (counted ? vectors.where(counted.unsqueeze(-1), -Infinity) : vectors).max(1);
    const sum = (counted ? vectors.mul(counted.unsqueeze(-1)) : vectors).sum(1);
    if (this.mode === 'sum') return sum;
    return counted ? sum.div(counted.sum(1, true).clamp(1)) : sum.div(indices.size(1));
  }

  #oneAfterTheOther(indices: Tensor, offsets: Tensor): Tensor {
    if (this.mode === 'max')
      throw tensorError("EmbeddingBag: the mode 'max' takes bags of equal sizes [bags, numbers]");
    const bags = offsets.size(0);
    // As many bags begin up to a place as the number of its bag, counted from 1.
    const bag = arange(indices.size(0)).unsqueeze(1).ge(offsets.unsqueeze(0)).sum(1).sub(1).int(); // prettier-ignore
    const counted = (this.#counted(indices)?.float() ?? ones(indices.shape)).unsqueeze(1);
    const fold = (rows: Tensor): Tensor => zeros([bags, rows.size(1)]).indexAdd(0, bag, rows);
    const sum = fold(super.forward(indices).mul(counted));
    return this.mode === 'sum' ? sum : sum.div(fold(counted).clamp(1));
  }

  /** Which numbers have a part; null where all do. */
  #counted(indices: Tensor): Tensor | null {
    return this.paddingIdx === null ? null : indices.ne(this.paddingIdx);
  }
}
