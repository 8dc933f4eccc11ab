/** Pooling of images, by PyTorch's formulas and defaults. */
import type { Layout, Pair } from '../ops/conv-shape.ts';
import { avgPool2d, maxPool2d } from '../ops/pool2d.ts';
import { tensorError, shapeText } from '../tensor/errors.ts';
import { apply1 } from '../tensor/tape.ts';
import { Tensor } from '../tensor/tensor.ts';
import { Module } from './module.ts';

/** Options of the pooling layers; a pair is `[rows, columns]`. */
export interface Pool2dOptions {
  /** Default: the size of the window. */
  readonly stride?: Pair;
  /** Default 0. */
  readonly padding?: Pair;
  /** How images lie in memory. Default 'nchw'. */
  readonly layout?: Layout;
}

/** Options of `AvgPool2d`. */
export interface AvgPool2dOptions extends Pool2dOptions {
  /** Divide by the whole window at the edges too. Default true. */
  readonly countIncludePad?: boolean;
}

/** The largest value of each window. */
export class MaxPool2d extends Module {
  readonly kernelSize: Pair;
  readonly #options: Pool2dOptions & { readonly dilation?: Pair };

  constructor(kernelSize: Pair, options: Pool2dOptions & { readonly dilation?: Pair } = {}) {
    super();
    this.kernelSize = kernelSize;
    this.#options = options;
  }

  override forward(x: Tensor): Tensor {
    const { kernelSize } = this;
    return new Tensor(apply1(maxPool2d, [x.value], { kernelSize, ...this.#options, inputShape: x.shape }));
  }

  protected override describe(): string {
    return String(this.kernelSize);
  }
}

/** The mean of each window. */
export class AvgPool2d extends Module {
  readonly kernelSize: Pair;
  readonly #options: AvgPool2dOptions;

  constructor(kernelSize: Pair, options: AvgPool2dOptions = {}) {
    super();
    this.kernelSize = kernelSize;
    this.#options = options;
  }

  override forward(x: Tensor): Tensor {
    const { kernelSize } = this;
    return new Tensor(apply1(avgPool2d, [x.value], { kernelSize, ...this.#options, inputShape: x.shape }));
  }

  protected override describe(): string {
    return String(this.kernelSize);
  }
}

/** The mean of windows chosen so that the output has the given size, which must divide the image's. */
export class AdaptiveAvgPool2d extends Module {
  readonly outputSize: Pair;
  readonly layout: Layout;

  constructor(outputSize: Pair, options: { readonly layout?: Layout } = {}) {
    super();
    this.outputSize = outputSize;
    this.layout = options.layout ?? 'nchw';
  }

  override forward(x: Tensor): Tensor {
    const [first, second] = this.layout === 'nchw' ? [2, 3] : [1, 2];
    const size = [x.size(first), x.size(second)] as const;
    const wanted = typeof this.outputSize === 'number' ? [this.outputSize, this.outputSize] : this.outputSize;
    const window = size.map((n, i) => n / (wanted[i] as number)) as [number, number];
    if (window.some((n) => !Number.isInteger(n)))
      throw tensorError(
        `AdaptiveAvgPool2d: an image of ${size.join(' x ')} cannot be divided into ${wanted.join(' x ')} equal windows; shape ${shapeText(x.shape)}`,
      );
    return new Tensor(
      apply1(avgPool2d, [x.value], { kernelSize: window, layout: this.layout, inputShape: x.shape }),
    );
  }

  protected override describe(): string {
    return String(this.outputSize);
  }
}
