import { embedding } from '../ops/embedding.ts';
import { apply1 } from '../tensor/tape.ts';
import { normalValues } from '../tensor/random.ts';
import { Tensor } from '../tensor/tensor.ts';
import { parameterOf } from './init.ts';
import { Module } from './module.ts';
import type { Parameter } from './parameter.ts';

/** Options of `Embedding`. */
export interface EmbeddingOptions {
  /** The row that starts as zeros and gets no gradient. */
  readonly paddingIdx?: number;
}

/** A table of vectors looked up by number: indices `[...]` (i32 or u32) to `[..., embeddingDim]`. */
export class Embedding extends Module {
  readonly numEmbeddings: number;
  readonly embeddingDim: number;
  readonly paddingIdx: number | null;
  /** `[numEmbeddings, embeddingDim]` */
  readonly weight: Parameter;

  constructor(numEmbeddings: number, embeddingDim: number, options: EmbeddingOptions = {}) {
    super();
    this.numEmbeddings = numEmbeddings;
    this.embeddingDim = embeddingDim;
    this.paddingIdx = options.paddingIdx ?? null;
    const values = normalValues(numEmbeddings * embeddingDim, 0, 1);
    if (this.paddingIdx !== null)
      values.fill(0, this.paddingIdx * embeddingDim, (this.paddingIdx + 1) * embeddingDim);
    this.weight = parameterOf(values, [numEmbeddings, embeddingDim]);
  }

  override forward(indices: Tensor): Tensor {
    const { weight, paddingIdx } = this;
    const padding = paddingIdx === null ? {} : { paddingIndex: paddingIdx };
    return new Tensor(
      apply1(embedding, [weight.value, indices.value], { ...padding, tableShape: weight.shape }),
    );
  }

  protected override describe(): string {
    return `${this.numEmbeddings}, ${this.embeddingDim}`;
  }
}
