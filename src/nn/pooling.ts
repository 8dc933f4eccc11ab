/** Pooling as modules. */
import type { Layout, Pair } from '../ops/conv-shape.ts';
import type { Tensor } from '../tensor/tensor.ts';
import {
  adaptiveAvgPool1d,
  adaptiveAvgPool2d,
  adaptiveMaxPool1d,
  adaptiveMaxPool2d,
  avgPool1d,
  avgPool2d,
  maxPool1d,
  maxPool2d,
  type AdaptiveOptions,
  type AvgPool1dOptions,
  type AvgPool2dOptions,
  type MaxPool1dOptions,
  type MaxPool2dOptions,
} from './functional/pooling.ts';
import { Module } from './module.ts';

/** Pooling of windows of a given size. */
abstract class Pool<Size extends Pair, Options> extends Module {
  readonly kernelSize: Size;
  readonly #options: Options;

  constructor(kernelSize: Size, options: Options = {} as Options) {
    super();
    this.kernelSize = kernelSize;
    this.#options = options;
  }

  protected abstract readonly compute: (x: Tensor, kernelSize: Size, options: Options) => Tensor;

  override forward(x: Tensor): Tensor {
    return this.compute(x, this.kernelSize, this.#options);
  }

  protected override describe(): string {
    return String(this.kernelSize);
  }
}

/** The largest value of each window of images `[batch, channels, rows, columns]`. */
export class MaxPool2d extends Pool<Pair, MaxPool2dOptions> {
  protected override readonly compute = maxPool2d;
}

/** The mean of each window of images `[batch, channels, rows, columns]`. */
export class AvgPool2d extends Pool<Pair, AvgPool2dOptions> {
  protected override readonly compute = avgPool2d;
}

/** The largest value of each window of sequences `[batch, channels, length]`. */
export class MaxPool1d extends Pool<number, MaxPool1dOptions> {
  protected override readonly compute = maxPool1d;
}

/** The mean of each window of sequences `[batch, channels, length]`. */
export class AvgPool1d extends Pool<number, AvgPool1dOptions> {
  protected override readonly compute = avgPool1d;
}

/** Pooling to a given size. */
abstract class AdaptivePool<Size extends Pair> extends Module {
  readonly outputSize: Size;
  readonly layout: Layout;

  constructor(outputSize: Size, options: AdaptiveOptions = {}) {
    super();
    this.outputSize = outputSize;
    this.layout = options.layout ?? 'nchw';
  }

  protected abstract readonly compute: (x: Tensor, outputSize: Size, options: AdaptiveOptions) => Tensor;

  override forward(x: Tensor): Tensor {
    return this.compute(x, this.outputSize, { layout: this.layout });
  }

  protected override describe(): string {
    return String(this.outputSize);
  }
}

/** The mean of windows chosen so that the output has the given size. */
export class AdaptiveAvgPool2d extends AdaptivePool<Pair> {
  protected override readonly compute = adaptiveAvgPool2d;
}

/** The largest value of windows chosen so that the output has the given size. */
export class AdaptiveMaxPool2d extends AdaptivePool<Pair> {
  protected override readonly compute = adaptiveMaxPool2d;
}

/** The mean of windows of sequences, chosen so that the output has the given length. */
export class AdaptiveAvgPool1d extends AdaptivePool<number> {
  protected override readonly compute = adaptiveAvgPool1d;
}

/** The largest value of windows of sequences, chosen so that the output has the given length. */
export class AdaptiveMaxPool1d extends AdaptivePool<number> {
  protected override readonly compute = adaptiveMaxPool1d;
}
