/** The transformer of Vaswani et al. (2017): an encoder of the source and a decoder of the target. */
import { tensor } from '../tensor/creation.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { xavierUniform_ } from './initialization.ts';
import { Module } from './module.ts';
import { LayerNorm } from './norms.ts';
import {
  TransformerDecoder,
  TransformerDecoderLayer,
  type DecoderCallOptions,
} from './transformer-decoder.ts';
import {
  TransformerEncoder,
  TransformerEncoderLayer,
  type EncoderCallOptions,
  type TransformerOptions,
} from './transformer.ts';

/** Options of `Transformer`. */
export interface TransformerModelOptions extends TransformerOptions {
  /** Features of source and target. Default 512. */
  readonly dModel?: number;
  /** Heads of each attention. Default 8. */
  readonly nhead?: number;
  /** Default 6. */
  readonly numEncoderLayers?: number;
  /** Default 6. */
  readonly numDecoderLayers?: number;
}

/** Options of a call of `Transformer`. */
export type TransformerCallOptions = DecoderCallOptions & EncoderCallOptions;

export class Transformer extends Module {
  readonly encoder: TransformerEncoder;
  readonly decoder: TransformerDecoder;

  constructor(options: TransformerModelOptions = {}) {
    super();
    const { dModel = 512, nhead = 8, numEncoderLayers = 6, numDecoderLayers = 6, ...layer } = options;
    const { layerNormEps: eps = 1e-5, bias = true } = layer;
    this.encoder = new TransformerEncoder(
      () => new TransformerEncoderLayer(dModel, nhead, layer),
      numEncoderLayers,
      new LayerNorm(dModel, { eps, bias }),
    );
    this.decoder = new TransformerDecoder(
      () => new TransformerDecoderLayer(dModel, nhead, layer),
      numDecoderLayers,
      new LayerNorm(dModel, { eps, bias }),
    );
    for (const parameter of this.parameters()) if (parameter.ndim > 1) xavierUniform_(parameter);
  }

  /** `src` and `tgt` are `[batch, time, dModel]` with `batchFirst`, else the time first. The padding of the memory is not that of the source by itself, as in PyTorch. */
  override forward(src: Tensor, tgt: Tensor, options: TransformerCallOptions = {}): Tensor {
    const { srcMask, srcKeyPaddingMask, isCausal = false, ...rest } = options;
    const memory = this.encoder.forward(src, { mask: srcMask, srcKeyPaddingMask, isCausal });
    return this.decoder.forward(tgt, memory, rest);
  }

  /** A mask `[size, size]` with which each position sees itself and what came before: `-Infinity` above the diagonal, else 0. */
  static generateSquareSubsequentMask(size: number): Tensor {
    const values = Float32Array.from({ length: size * size }, (_, at) =>
      at % size > Math.floor(at / size) ? -Infinity : 0,
    );
    return tensor(values, { shape: [size, size] });
  }
}
