/** Transformer layers, by PyTorch's formulas and parameter names. */
import { tensorError } from '../tensor/errors.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { MultiheadAttention } from './attention.ts';
import { ModuleList } from './containers.ts';
import { Dropout } from './dropout.ts';
import { Linear } from './linear.ts';
import { Module } from './module.ts';
import { LayerNorm } from './norms.ts';

/** What lies between the two linear layers: by name, or any function of a tensor. */
export type Activation = 'relu' | 'gelu' | ((x: Tensor) => Tensor);

/** Options of a call of `TransformerEncoderLayer`. */
export interface EncoderCallOptions {
  /** As `attnMask` of `MultiheadAttention`. */
  readonly srcMask?: Tensor | undefined;
  /** As `keyPaddingMask` of `MultiheadAttention`. */
  readonly srcKeyPaddingMask?: Tensor | undefined;
  /** Each position sees itself and what came before. */
  readonly isCausal?: boolean;
}

/** Options of the transformer layers. */
export interface TransformerOptions {
  /** Features between the two linear layers. Default 2048. */
  readonly dimFeedforward?: number;
  /** Default 0.1. */
  readonly dropout?: number;
  /** Default 'relu'. */
  readonly activation?: Activation;
  /** Biases of the linear layers and normalizations. Default true. */
  readonly bias?: boolean;
  /** Default 1e-5. */
  readonly layerNormEps?: number;
  /** `[batch, time, features]` instead of `[time, batch, features]`. Default false, as in PyTorch. */
  readonly batchFirst?: boolean;
  /** Normalize before attention and feed-forward instead of after. Default false. */
  readonly normFirst?: boolean;
}

/** @internal */
export const withDefaults = ({
  dimFeedforward = 2048,
  dropout = 0.1,
  activation = 'relu',
  layerNormEps: eps = 1e-5,
  batchFirst = false,
  normFirst = false,
  bias = true,
}: TransformerOptions) => ({ dimFeedforward, dropout, activation, eps, batchFirst, normFirst, bias });

/** @internal The feed-forward network of a layer. */
export function feedForward(
  x: Tensor,
  {
    linear1,
    linear2,
    dropout,
    activation,
  }: Pick<TransformerEncoderLayer, 'linear1' | 'linear2' | 'dropout' | 'activation'>,
): Tensor {
  const wide = linear1.forward(x);
  const active =
    typeof activation === 'function' ? activation(wide) : activation === 'relu' ? wide.relu() : wide.gelu();
  return dropout.forward(linear2.forward(dropout.forward(active)));
}

/** Self-attention and a feed-forward network, each with a residual connection and a normalization. */
export class TransformerEncoderLayer extends Module {
  readonly selfAttn: MultiheadAttention;
  readonly linear1: Linear;
  readonly linear2: Linear;
  readonly norm1: LayerNorm;
  readonly norm2: LayerNorm;
  readonly dropout: Dropout;
  readonly activation: Activation;
  readonly normFirst: boolean;

  constructor(dModel: number, nhead: number, options?: TransformerOptions);
  constructor(dModel: number, nhead: number, dimFeedforward?: number, options?: TransformerOptions);
  constructor(
    dModel: number,
    nhead: number,
    third: number | TransformerOptions = {},
    fourth: TransformerOptions = {},
  ) {
    super();
    const options = typeof third === 'number' ? { dimFeedforward: third, ...fourth } : third;
    const { dimFeedforward, dropout, activation, eps, batchFirst, normFirst, bias } = withDefaults(options);
    this.selfAttn = new MultiheadAttention(dModel, nhead, { dropout, batchFirst, bias });
    this.linear1 = new Linear(dModel, dimFeedforward, { bias });
    this.linear2 = new Linear(dimFeedforward, dModel, { bias });
    this.norm1 = new LayerNorm(dModel, { eps, bias });
    this.norm2 = new LayerNorm(dModel, { eps, bias });
    this.dropout = new Dropout(dropout);
    this.activation = activation;
    this.normFirst = normFirst;
  }

  override forward(x: Tensor, options: EncoderCallOptions = {}): Tensor {
    if (this.normFirst) {
      const attended = x.add(this.#attention(this.norm1.forward(x), options));
      return attended.add(feedForward(this.norm2.forward(attended), this));
    }
    const attended = this.norm1.forward(x.add(this.#attention(x, options)));
    return this.norm2.forward(attended.add(feedForward(attended, this)));
  }

  #attention(x: Tensor, { srcMask, srcKeyPaddingMask, isCausal = false }: EncoderCallOptions): Tensor {
    const masks = { attnMask: srcMask, keyPaddingMask: srcKeyPaddingMask, isCausal };
    const [mixed] = this.selfAttn.forward(x, x, x, { ...masks, needWeights: false });
    return this.dropout.forward(mixed);
  }
}

/** @internal Layers that `makeLayer` makes. */
export function layersOf<T extends Module>(
  stack: string,
  makeLayer: () => T,
  numLayers: number,
): ModuleList<T> {
  if (typeof makeLayer !== 'function')
    throw tensorError(
      `${stack} takes a function that makes a layer, for each has parameters of its own: new ${stack}(() => new ${stack}Layer(...), ${numLayers})`,
    );
  return new ModuleList(Array.from({ length: numLayers }, makeLayer));
}

/** Encoder layers on top of each other, with an optional last normalization. */
export class TransformerEncoder extends Module {
  readonly layers: ModuleList<TransformerEncoderLayer>;
  readonly norm: LayerNorm | null;

  /** @param makeLayer Makes each layer, for each has parameters of its own. */
  constructor(makeLayer: () => TransformerEncoderLayer, numLayers: number, norm: LayerNorm | null = null) {
    super();
    this.layers = layersOf('TransformerEncoder', makeLayer, numLayers);
    this.norm = norm;
  }

  override forward(
    x: Tensor,
    { mask, ...options }: Omit<EncoderCallOptions, 'srcMask'> & { readonly mask?: Tensor | undefined } = {},
  ): Tensor {
    let current = x;
    for (const layer of this.layers) current = layer.forward(current, { srcMask: mask, ...options });
    return this.norm ? this.norm.forward(current) : current;
  }
}
