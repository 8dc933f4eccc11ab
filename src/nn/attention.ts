/** Attention, by PyTorch's formulas and parameter names. */
import { tensorError, shapeText } from '../tensor/errors.ts';
import { noGrad } from '../tensor/grad-mode.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { attentionWeights, linear, scaledDotProductAttention } from './functional.ts';
import { constantParameter, xavierUniformParameter } from './init.ts';
import { Linear } from './linear.ts';
import { Module } from './module.ts';
import type { Parameter } from './parameter.ts';

/** Options of `MultiheadAttention`. */
export interface MultiheadAttentionOptions {
  /** Dropout of the attention weights. Default 0. */
  readonly dropout?: number;
  /** Default true. */
  readonly bias?: boolean;
  /** `[batch, time, features]` instead of `[time, batch, features]`. Default false, as in PyTorch. */
  readonly batchFirst?: boolean;
}

/** Options of a call of `MultiheadAttention`. */
export interface AttentionOptions {
  /** Added to the scores; `-Infinity` forbids. `[target, source]`, or with `[batch, heads]` in front. */
  readonly attnMask?: Tensor;
  /** Each position sees itself and what came before. */
  readonly isCausal?: boolean;
  /** Return the attention weights too, averaged over the heads. Default true, as in PyTorch; without it less is computed. */
  readonly needWeights?: boolean;
}

/** Attention by several heads in parallel, with learned projections of query, key, value and result. */
export class MultiheadAttention extends Module {
  readonly embedDim: number;
  readonly numHeads: number;
  readonly dropout: number;
  readonly batchFirst: boolean;
  /** `[3 embedDim, embedDim]`: query, key and value on top of each other. */
  readonly inProjWeight: Parameter;
  readonly inProjBias: Parameter | null;
  readonly outProj: Linear;

  constructor(embedDim: number, numHeads: number, options: MultiheadAttentionOptions = {}) {
    super();
    const { dropout: rate = 0, bias = true, batchFirst = false } = options;
    if (embedDim % numHeads !== 0)
      throw tensorError(`embedDim ${embedDim} is not divisible by ${numHeads} heads`);
    this.embedDim = embedDim;
    this.numHeads = numHeads;
    this.dropout = rate;
    this.batchFirst = batchFirst;
    this.inProjWeight = xavierUniformParameter([3 * embedDim, embedDim], embedDim, 3 * embedDim);
    this.inProjBias = bias ? constantParameter([3 * embedDim], 0) : null;
    this.outProj = new Linear(embedDim, embedDim, { bias });
    if (this.outProj.bias) this.outProj.bias.fill_(0);
  }

  /**
   * `[batch, target, embedDim]` for queries and `[batch, source, embedDim]` for keys and values (with `batchFirst`).
   * @returns the result, and the weights `[batch, target, source]` unless `needWeights` is false.
   */
  override forward(
    query: Tensor,
    key: Tensor = query,
    value: Tensor = key,
    options: AttentionOptions = {},
  ): [output: Tensor, weights: Tensor | null] {
    for (const x of [query, key, value])
      if (x.ndim !== 3 || x.size(2) !== this.embedDim)
        throw tensorError(
          `the input has shape ${shapeText(x.shape)}; expected ${this.batchFirst ? '[batch, time' : '[time, batch'}, ${this.embedDim}]`,
        );
    const batchFirst = (x: Tensor): Tensor => (this.batchFirst ? x : x.transpose(0, 1));
    const [q, k, v] = this.#project(
      batchFirst(query),
      key === query ? null : batchFirst(key),
      value === key ? null : batchFirst(value),
    );
    const { needWeights = true, ...wanted } = options;
    const dropoutP = this.training ? this.dropout : 0;
    const mixed = scaledDotProductAttention(q, k, v, { ...wanted, dropoutP });
    const weights = needWeights ? noGrad(() => attentionWeights(q, k, wanted).mean(1)) : null;
    return [batchFirst(this.outProj.forward(mixed.transpose(1, 2).flatten(2))), weights];
  }

  protected override describe(): string {
    return `${this.embedDim}, ${this.numHeads}`;
  }

  /** Query, key and value as `[batch, heads, time, embedDim / heads]`; null means the same tensor as before. */
  #project(query: Tensor, key: Tensor | null, value: Tensor | null): [Tensor, Tensor, Tensor] {
    const heads = (x: Tensor): Tensor => x.unflatten(2, [this.numHeads, -1]).transpose(1, 2);
    const { inProjWeight: weight, inProjBias: bias, embedDim } = this;
    if (!key && !value) {
      const all = linear(query, weight, bias).split(embedDim, 2) as [Tensor, Tensor, Tensor];
      return [heads(all[0]), heads(all[1]), heads(all[2])];
    }
    const part = (x: Tensor, i: number): Tensor =>
      heads(
        linear(
          x,
          weight.narrow(0, i * embedDim, embedDim),
          bias ? bias.narrow(0, i * embedDim, embedDim) : null,
        ),
      );
    const keys = key ?? query;
    return [part(query, 0), part(keys, 1), part(value ?? keys, 2)];
  }
}
