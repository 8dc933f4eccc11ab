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

abstract class Pool<Size extends Pair, Options> extends Module {
  readonly kernelSize: Size;
  protected readonly options: Options;

  constructor(kernelSize: Size, options: Options) {
    super();
    this.kernelSize = kernelSize;
    this.options = options;
  }

  abstract override forward(x: Tensor): Tensor;

  protected override describe(): string {
    return String(this.kernelSize);
  }
}

/** The largest value of each window of images `[batch, channels, rows, columns]`. */
export class MaxPool2d extends Pool<Pair, MaxPool2dOptions> {
  constructor(kernelSize: Pair, options: MaxPool2dOptions = {}) {
    super(kernelSize, options);
  }

  override forward(x: Tensor): Tensor {
    return maxPool2d(x, this.kernelSize, this.options);
  }
}

/** The mean of each window of images `[batch, channels, rows, columns]`. */
export class AvgPool2d extends Pool<Pair, AvgPool2dOptions> {
  constructor(kernelSize: Pair, options: AvgPool2dOptions = {}) {
    super(kernelSize, options);
  }

  override forward(x: Tensor): Tensor {
    return avgPool2d(x, this.kernelSize, this.options);
  }
}

/** The largest value of each window of sequences `[batch, channels, length]`. */
export class MaxPool1d extends Pool<number, MaxPool1dOptions> {
  constructor(kernelSize: number, options: MaxPool1dOptions = {}) {
    super(kernelSize, options);
  }

  override forward(x: Tensor): Tensor {
    return maxPool1d(x, this.kernelSize, this.options);
  }
}

/** The mean of each window of sequences `[batch, channels, length]`. */
export class AvgPool1d extends Pool<number, AvgPool1dOptions> {
  constructor(kernelSize: number, options: AvgPool1dOptions = {}) {
    super(kernelSize, options);
  }

  override forward(x: Tensor): Tensor {
    return avgPool1d(x, this.kernelSize, this.options);
  }
}

abstract class AdaptivePool<Size extends Pair> extends Module {
  readonly outputSize: Size;
  readonly layout: Layout;

  constructor(outputSize: Size, options: AdaptiveOptions = {}) {
    super();
    this.outputSize = outputSize;
    this.layout = options.layout ?? 'nchw';
  }

  abstract override forward(x: Tensor): Tensor;

  protected override describe(): string {
    return String(this.outputSize);
  }
}

/** The mean of windows chosen so that the output has the given size. */
export class AdaptiveAvgPool2d extends AdaptivePool<Pair> {
  override forward(x: Tensor): Tensor {
    return adaptiveAvgPool2d(x, this.outputSize, this);
  }
}

/** The largest value of windows chosen so that the output has the given size. */
export class AdaptiveMaxPool2d extends AdaptivePool<Pair> {
  override forward(x: Tensor): Tensor {
    return adaptiveMaxPool2d(x, this.outputSize, this);
  }
}

/** The mean of windows of sequences, chosen so that the output has the given length. */
export class AdaptiveAvgPool1d extends AdaptivePool<number> {
  override forward(x: Tensor): Tensor {
    return adaptiveAvgPool1d(x, this.outputSize, this);
  }
}

/** The largest value of windows of sequences, chosen so that the output has the given length. */
export class AdaptiveMaxPool1d extends AdaptivePool<number> {
  override forward(x: Tensor): Tensor {
    return adaptiveMaxPool1d(x, this.outputSize, this);
  }
}
