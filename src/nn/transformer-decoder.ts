/** Transformer decoders, by PyTorch's formulas and parameter names. */
import type { Tensor } from '../tensor/tensor.ts';
import { MultiheadAttention } from './attention.ts';
import type { ModuleList } from './containers.ts';
import { Dropout } from './dropout.ts';
import { Linear } from './linear.ts';
import { Module } from './module.ts';
import { LayerNorm } from './norms.ts';
import {
  feedForward,
  layersOf,
  withDefaults,
  type Activation,
  type TransformerOptions,
} from './transformer.ts';

/** Options of a call of a decoder. Masks are as those of `MultiheadAttention`. */
export interface DecoderCallOptions {
  /** `attnMask` of the target with itself. */
  readonly tgtMask?: Tensor | undefined;
  /** `attnMask` of the target with the memory. */
  readonly memoryMask?: Tensor | undefined;
  /** `keyPaddingMask` of the target. */
  readonly tgtKeyPaddingMask?: Tensor | undefined;
  /** `keyPaddingMask` of the memory. */
  readonly memoryKeyPaddingMask?: Tensor | undefined;
  /** Each position of the target sees itself and what came before. */
  readonly tgtIsCausal?: boolean;
}

/**
 * Attention of the target with itself, then with the memory (what an encoder made of the source), then a feed-forward network, each
 * with a residual connection and a normalization.
 */
export class TransformerDecoderLayer extends Module {
  readonly selfAttn: MultiheadAttention;
  readonly multiheadAttn: MultiheadAttention;
  readonly linear1: Linear;
  readonly linear2: Linear;
  readonly norm1: LayerNorm;
  readonly norm2: LayerNorm;
  readonly norm3: LayerNorm;
  readonly dropout: Dropout;
  readonly activation: Activation;
  readonly normFirst: boolean;

  constructor(dModel: number, nhead: number, options: TransformerOptions = {}) {
    super();
    const { dimFeedforward, dropout, activation, eps, batchFirst, normFirst, bias } = withDefaults(options);
    this.selfAttn = new MultiheadAttention(dModel, nhead, { dropout, batchFirst, bias });
    this.multiheadAttn = new MultiheadAttention(dModel, nhead, { dropout, batchFirst, bias });
    this.linear1 = new Linear(dModel, dimFeedforward, { bias });
    this.linear2 = new Linear(dimFeedforward, dModel, { bias });
    this.norm1 = new LayerNorm(dModel, { eps, bias });
    this.norm2 = new LayerNorm(dModel, { eps, bias });
    this.norm3 = new LayerNorm(dModel, { eps, bias });
    this.dropout = new Dropout(dropout);
    this.activation = activation;
    this.normFirst = normFirst;
  }

  /** `tgt` `[batch, target, dModel]` and `memory` `[batch, source, dModel]` with `batchFirst`, else the time first. */
  override forward(tgt: Tensor, memory: Tensor, options: DecoderCallOptions = {}): Tensor {
    const parts: readonly (readonly [LayerNorm, (x: Tensor) => Tensor])[] = [
      [this.norm1, (x) => this.#ofItself(x, options)],
      [this.norm2, (x) => this.#ofMemory(x, memory, options)],
      [this.norm3, (x) => feedForward(x, this)],
    ];
    return parts.reduce(
      (x, [norm, part]) => (this.normFirst ? x.add(part(norm.forward(x))) : norm.forward(x.add(part(x)))),
      tgt,
    );
  }

  #ofItself(x: Tensor, { tgtMask, tgtKeyPaddingMask, tgtIsCausal = false }: DecoderCallOptions): Tensor {
    const masks = { attnMask: tgtMask, keyPaddingMask: tgtKeyPaddingMask, isCausal: tgtIsCausal };
    return this.dropout.forward(this.selfAttn.forward(x, x, x, { ...masks, needWeights: false })[0]);
  }

  #ofMemory(x: Tensor, memory: Tensor, { memoryMask, memoryKeyPaddingMask }: DecoderCallOptions): Tensor {
    const masks = { attnMask: memoryMask, keyPaddingMask: memoryKeyPaddingMask };
    const [mixed] = this.multiheadAttn.forward(x, memory, memory, { ...masks, needWeights: false });
    return this.dropout.forward(mixed);
  }
}

/** Decoder layers on top of each other, with an optional last normalization. */
export class TransformerDecoder extends Module {
  readonly layers: ModuleList<TransformerDecoderLayer>;
  readonly norm: LayerNorm | null;

  /** @param makeLayer Makes each layer, for each has parameters of its own. */
  constructor(makeLayer: () => TransformerDecoderLayer, numLayers: number, norm: LayerNorm | null = null) {
    super();
    this.layers = layersOf('TransformerDecoder', makeLayer, numLayers);
    this.norm = norm;
  }

  override forward(tgt: Tensor, memory: Tensor, options: DecoderCallOptions = {}): Tensor {
    let current = tgt;
    for (const layer of this.layers) current = layer.forward(current, memory, options);
    return this.norm ? this.norm.forward(current) : current;
  }
}
