/** What tells a transformer where in a sequence something stands. Learned positions are an `Embedding` of the places. */
import { tensor } from '../tensor/creation.ts';
import { shapeText, tensorError } from '../tensor/errors.ts';
import { stack } from '../tensor/joining.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { Dropout } from './dropout.ts';
import { Module } from './module.ts';
import { Buffer } from './parameter.ts';

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

/** Options of `RotaryPositionalEmbeddings`. */
export interface RotaryOptions {
  /** Places that can be told apart. Default 4096. */
  readonly maxSeqLen?: number;
  /** Default 10,000. */
  readonly base?: number;
}

/**
 * Rotary positions (Su et al. 2021), by torchtune's formula: neighbors 2i and 2i + 1 of `[batch, time, heads, dim]` are the
 * coordinates of a point that is turned by `time / base^(2i / dim)`. For queries and keys, before their product.
 */
export class RotaryPositionalEmbeddings extends Module {
  readonly dim: number;
  readonly maxSeqLen: number;
  readonly #angles: (at: number) => number;
  #turns: readonly [cos: Tensor, sin: Tensor] | null = null;

  constructor(dim: number, options: RotaryOptions = {}) {
    super();
    const { maxSeqLen = 4096, base = 10_000 } = options;
    if (dim % 2 !== 0) throw tensorError(`rotary positions need an even number of features, not ${dim}`);
    this.dim = dim;
    this.maxSeqLen = maxSeqLen;
    const half = dim / 2;
    this.#angles = (at) => Math.floor(at / half) / base ** ((2 * (at % half)) / dim);
  }

  override forward(x: Tensor): Tensor {
    const time = x.size(1);
    if (x.ndim !== 4 || x.size(3) !== this.dim || time > this.maxSeqLen)
      throw tensorError(
        `rotary positions of ${this.dim} features and at most ${this.maxSeqLen} places take [batch, time, heads, ${this.dim}], not ${shapeText(x.shape)}`,
      );
    const [cos, sin] = this.#made().map((each) => each.narrow(0, 0, time).unsqueeze(1)) as [Tensor, Tensor];
    const [a, b] = x.unflatten(3, [-1, 2]).unbind(4) as [Tensor, Tensor];
    return stack([a.mul(cos).sub(b.mul(sin)), b.mul(cos).add(a.mul(sin))], -1).flatten(3);
  }

  protected override describe(): string {
    return String(this.dim);
  }

  #made(): readonly [cos: Tensor, sin: Tensor] {
    const shape = [this.maxSeqLen, this.dim / 2];
    const of = (turn: (angle: number) => number): Tensor =>
      tensor(
        Float32Array.from({ length: shape[0]! * shape[1]! }, (_, at) => turn(this.#angles(at))),
        { shape },
      ).keep();
    return (this.#turns ??= [of(Math.cos), of(Math.sin)]);
  }
}
