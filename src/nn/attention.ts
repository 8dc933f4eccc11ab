/** Attention, by PyTorch's formulas and parameter names. */
import { tensorError, shapeText } from '../tensor/errors.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { added, attentionWeights, scaledDotProductAttention } from './functional/attention.ts';
import { dropout, linear } from './functional/basics.ts';
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
  /** Features of the keys and of the values, where they are others than the queries'. */
  readonly kdim?: number;
  readonly vdim?: number;
}

/** Options of a call of `MultiheadAttention`. */
export interface AttentionOptions {
  /**
   * Truth values: which places may not be seen. Numbers: added to the scores, `-Infinity` forbids. `[target, source]`,
   * `[batch * heads, target, source]`, or with `[batch, heads]` in front.
   */
  readonly attnMask?: Tensor | undefined;
  /** `[batch, source]`, truth values: which keys are padding, that nobody sees. Numbers are added to the scores. */
  readonly keyPaddingMask?: Tensor | undefined;
  /** Each position sees itself and what came before. */
  readonly isCausal?: boolean;
  /** Return the attention weights too. Default true, as in PyTorch; without it less is computed. */
  readonly needWeights?: boolean;
  /** The weights' mean over the heads instead of those of each. Default true. */
  readonly averageAttnWeights?: boolean;
}

/** Attention by several heads in parallel, with learned projections of query, key, value and result. */
export class MultiheadAttention extends Module {
  readonly embedDim: number;
  readonly numHeads: number;
  readonly dropout: number;
  readonly batchFirst: boolean;
  /** `[3 embedDim, embedDim]`: query, key and value on top of each other; null where their features differ. */
  readonly inProjWeight: Parameter | null;
  /** `[embedDim, embedDim]`, `[embedDim, kdim]` and `[embedDim, vdim]`, where these differ. */
  readonly qProjWeight: Parameter | null;
  readonly kProjWeight: Parameter | null;
  readonly vProjWeight: Parameter | null;
  readonly inProjBias: Parameter | null;
  readonly outProj: Linear;
  readonly #features: readonly [query: number, key: number, value: number];

  constructor(embedDim: number, numHeads: number, options: MultiheadAttentionOptions = {}) {
    super();
    const { dropout: rate = 0, bias = true, batchFirst = false, kdim = embedDim, vdim = embedDim } = options;
    if (embedDim % numHeads !== 0)
      throw tensorError(`embedDim ${embedDim} is not divisible by ${numHeads} heads`);
    this.embedDim = embedDim;
    this.numHeads = numHeads;
    this.dropout = rate;
    this.batchFirst = batchFirst;
    this.#features = [embedDim, kdim, vdim];
    const alike = kdim === embedDim && vdim === embedDim;
    const projection = (features: number): Parameter | null =>
      alike ? null : xavierUniformParameter([embedDim, features], features, embedDim);
    this.inProjWeight = alike
      ? xavierUniformParameter([3 * embedDim, embedDim], embedDim, 3 * embedDim)
      : null;
    this.qProjWeight = projection(embedDim);
    this.kProjWeight = projection(kdim);
    this.vProjWeight = projection(vdim);
    this.inProjBias = bias ? constantParameter([3 * embedDim], 0) : null;
    this.outProj = new Linear(embedDim, embedDim, { bias });
    if (this.outProj.bias) this.outProj.bias.fill_(0);
  }

  /**
   * `[batch, target, embedDim]` for queries and `[batch, source, kdim]` and `[batch, source, vdim]` for keys and values
   * (with `batchFirst`; without a batch, two dimensions).
   * @returns the result, and unless `needWeights` is false the weights: `[batch, target, source]`, or
   * `[batch, heads, target, source]` of each head.
   */
  override forward(
    query: Tensor,
    key: Tensor = query,
    value: Tensor = key,
    options: AttentionOptions = {},
  ): [output: Tensor, weights: Tensor | null] {
    const alone = query.ndim === 2;
    const batched = [query, key, value].map((x, i) => this.#batched(x, i, alone)) as [Tensor, Tensor, Tensor];
    const [q, k, v] = this.#project(
      batched[0],
      key === query ? null : batched[1],
      value === key ? null : batched[2],
    );
    const { needWeights = true, averageAttnWeights = true, isCausal = false } = options;
    const attnMask = this.#mask(options, q.size(0));
    const dropoutP = this.training ? this.dropout : 0;
    const weights = needWeights ? dropout(attentionWeights(q, k, { attnMask, isCausal }), dropoutP) : null;
    const mixed = weights
      ? weights.matmul(v)
      : scaledDotProductAttention(q, k, v, { attnMask, isCausal, dropoutP });
    const output = this.outProj.forward(mixed.transpose(1, 2).flatten(2));
    const shown = weights && averageAttnWeights ? weights.mean(1) : weights;
    if (alone) return [output.squeeze(0), shown && shown.squeeze(0)];
    return [this.batchFirst ? output : output.transpose(0, 1), shown];
  }

  protected override describe(): string {
    return `${this.embedDim}, ${this.numHeads}`;
  }

  /** An input with the batch first. */
  #batched(x: Tensor, which: number, alone: boolean): Tensor {
    const features = this.#features[which] as number;
    if (x.ndim !== (alone ? 2 : 3) || x.size(-1) !== features)
      throw tensorError(
        `the ${['query', 'key', 'value'][which]} has shape ${shapeText(x.shape)}; expected ${alone ? '[time' : this.batchFirst ? '[batch, time' : '[time, batch'}, ${features}]`,
      );
    if (alone) return x.unsqueeze(0);
    return this.batchFirst ? x : x.transpose(0, 1);
  }

  /** Both masks as one that is added to the scores. */
  #mask({ attnMask, keyPaddingMask }: AttentionOptions, batch: number): Tensor | undefined {
    // Here, other than in scaledDotProductAttention, true means forbidden, as in PyTorch.
    const sum = (mask: Tensor): Tensor => added(mask.dtype === 'bool' ? mask.logicalNot() : mask);
    let mask = attnMask && sum(attnMask);
    if (mask?.ndim === 3) mask = mask.unflatten(0, [batch, -1]);
    if (!keyPaddingMask) return mask;
    const padding = keyPaddingMask.ndim === 1 ? keyPaddingMask.unsqueeze(0) : keyPaddingMask;
    const wide = sum(padding).unsqueeze(1).unsqueeze(1);
    return mask ? mask.add(wide) : wide;
  }

  /** Query, key and value as `[batch, heads, time, embedDim / heads]`; null means the same tensor as before. */
  #project(query: Tensor, key: Tensor | null, value: Tensor | null): [Tensor, Tensor, Tensor] {
    const heads = (x: Tensor): Tensor => x.unflatten(2, [this.numHeads, -1]).transpose(1, 2);
    const { inProjWeight, inProjBias: bias, embedDim } = this;
    if (!key && !value && inProjWeight) {
      const all = linear(query, inProjWeight, bias).split(embedDim, 2) as [Tensor, Tensor, Tensor];
      return [heads(all[0]), heads(all[1]), heads(all[2])];
    }
    const own = [this.qProjWeight, this.kProjWeight, this.vProjWeight];
    const part = (x: Tensor, i: number): Tensor =>
      heads(
        linear(
          x,
          own[i] ?? (inProjWeight as Parameter).narrow(0, i * embedDim, embedDim),
          bias ? bias.narrow(0, i * embedDim, embedDim) : null,
        ),
      );
    const keys = key ?? query;
    return [part(query, 0), part(keys, 1), part(value ?? keys, 2)];
  }
}
