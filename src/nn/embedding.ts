import { embedding } from '../ops/embedding.ts';
import { shapeText, tensorError } from '../tensor/errors.ts';
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

/** Options of `Embedding.fromPretrained`. */
export interface PretrainedOptions extends EmbeddingOptions {
  /** Do not train the table. Default true. */
  readonly freeze?: boolean;
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

  /** A table with these vectors `[numEmbeddings, embeddingDim]`. */
  static fromPretrained(embeddings: Tensor, options: PretrainedOptions = {}): Embedding {
    if (embeddings.ndim !== 2)
      throw tensorError(
        `fromPretrained takes a table [rows, features], not shape ${shapeText(embeddings.shape)}`,
      );
    const { freeze = true, ...rest } = options;
    const made = new Embedding(embeddings.size(0), embeddings.size(1), rest);
    made.weight.copy_(embeddings.detach());
    made.weight.requiresGrad_(!freeze);
    return made;
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
