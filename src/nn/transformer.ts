/** Transformer layers, by PyTorch's formulas and parameter names. */
import { tensor } from '../tensor/creation.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { MultiheadAttention, type AttentionOptions } from './attention.ts';
import { ModuleList } from './containers.ts';
import { Dropout } from './dropout.ts';
import { Linear } from './linear.ts';
import { Module } from './module.ts';
import { LayerNorm } from './norms.ts';
import { Buffer } from './parameter.ts';

/** Options of `TransformerEncoderLayer`. */
export interface TransformerOptions {
  /** Default 0.1. */
  readonly dropout?: number;
  /** Default 'relu'. */
  readonly activation?: 'relu' | 'gelu';
  /** Default 1e-5. */
  readonly layerNormEps?: number;
  /** `[batch, time, features]` instead of `[time, batch, features]`. Default false, as in PyTorch. */
  readonly batchFirst?: boolean;
  /** Normalize before attention and feed-forward instead of after. Default false. */
  readonly normFirst?: boolean;
}

/** Self-attention and a feed-forward network, each with a residual connection and a normalization. */
export class TransformerEncoderLayer extends Module {
  readonly selfAttn: MultiheadAttention;
  readonly linear1: Linear;
  readonly linear2: Linear;
  readonly norm1: LayerNorm;
  readonly norm2: LayerNorm;
  readonly dropout: Dropout;
  readonly activation: 'relu' | 'gelu';
  readonly normFirst: boolean;

  constructor(dModel: number, nhead: number, dimFeedforward = 2048, options: TransformerOptions = {}) {
    super();
    const {
      dropout = 0.1,
      activation = 'relu',
      layerNormEps: eps = 1e-5,
      batchFirst = false,
      normFirst = false,
    } = options;
    this.selfAttn = new MultiheadAttention(dModel, nhead, { dropout, batchFirst });
    this.linear1 = new Linear(dModel, dimFeedforward);
    this.linear2 = new Linear(dimFeedforward, dModel);
    this.norm1 = new LayerNorm(dModel, { eps });
    this.norm2 = new LayerNorm(dModel, { eps });
    this.dropout = new Dropout(dropout);
    this.activation = activation;
    this.normFirst = normFirst;
  }

  override forward(x: Tensor, options: AttentionOptions = {}): Tensor {
    if (this.normFirst) {
      const attended = x.add(this.#attention(this.norm1.forward(x), options));
      return attended.add(this.#feedForward(this.norm2.forward(attended)));
    }
    const attended = this.norm1.forward(x.add(this.#attention(x, options)));
    return this.norm2.forward(attended.add(this.#feedForward(attended)));
  }

  #attention(x: Tensor, options: AttentionOptions): Tensor {
    const [mixed] = this.selfAttn.forward(x, x, x, { ...options, needWeights: false });
    return this.dropout.forward(mixed);
  }

  #feedForward(x: Tensor): Tensor {
    const hidden = this.linear1.forward(x);
    const active = this.activation === 'relu' ? hidden.relu() : hidden.gelu();
    return this.dropout.forward(this.linear2.forward(this.dropout.forward(active)));
  }
}

/** Encoder layers on top of each other, with an optional last normalization. */
export class TransformerEncoder extends Module {
  readonly layers: ModuleList<TransformerEncoderLayer>;
  readonly norm: LayerNorm | null;

  /** @param makeLayer Makes each layer, for each has parameters of its own. */
  constructor(makeLayer: () => TransformerEncoderLayer, numLayers: number, norm: LayerNorm | null = null) {
    super();
    this.layers = new ModuleList(Array.from({ length: numLayers }, makeLayer));
    this.norm = norm;
  }

  override forward(x: Tensor, options: AttentionOptions = {}): Tensor {
    let current = x;
    for (const layer of this.layers) current = layer.forward(current, options);
    return this.norm ? this.norm.forward(current) : current;
  }
}

/** Adds sines and cosines of growing wavelengths to `[batch, time, features]`, so that positions can be told apart. */
export class PositionalEncoding extends Module {
  readonly dropout: Dropout;
  /** `[maxLength, dModel]` */
  readonly encoding: Buffer;

  constructor(dModel: number, options: { readonly dropout?: number; readonly maxLength?: number } = {}) {
    super();
    const { dropout = 0.1, maxLength = 5000 } = options;
    this.dropout = new Dropout(dropout);
    const values = Float32Array.from({ length: maxLength * dModel }, (_, at) => {
      const [position, feature] = [Math.floor(at / dModel), at % dModel];
      const angle = position / 10000 ** ((feature - (feature % 2)) / dModel);
      return feature % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
    });
    this.encoding = new Buffer(tensor(values, { shape: [maxLength, dModel] }));
  }

  override forward(x: Tensor): Tensor {
    return this.dropout.forward(x.add(this.encoding.slice(0, 0, x.size(1))));
  }
}
