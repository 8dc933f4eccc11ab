/** Pooling of images, by PyTorch's formulas and defaults. */
import { pair, type Layout, type Pair } from '../ops/conv-shape.ts';
import { avgPool2d, maxPool2d } from '../ops/pool2d.ts';
import { tensor } from '../tensor/creation.ts';
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

/** The mean of windows chosen so that the output has the given size. */
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
    const wanted = pair(this.outputSize);
    const window = size.map((n, i) => n / (wanted[i] as number)) as [number, number];
    if (window.every((n) => Number.isInteger(n)))
      return new Tensor(
        apply1(avgPool2d, [x.value], { kernelSize: window, layout: this.layout, inputShape: x.shape }),
      );
    // Windows of unequal sizes: a product with the windows' weights along each side.
    const image = this.layout === 'nchw' ? x : x.permute(0, 3, 1, 2);
    const columns = image
      .reshape(-1, size[1])
      .matmul(windows(size[1], wanted[1]))
      .reshape(-1, size[0], wanted[1]);
    const rows = columns.transpose(1, 2).reshape(-1, size[0]).matmul(windows(size[0], wanted[0]));
    const pooled = rows.reshape(image.size(0), image.size(1), wanted[1], wanted[0]).transpose(2, 3);
    return this.layout === 'nchw' ? pooled : pooled.permute(0, 2, 3, 1);
  }

  protected override describe(): string {
    return String(this.outputSize);
  }
}

/** `[from, to]`: column j holds the weights of window j, which runs from floor(j from / to) to ceil((j + 1) from / to). */
function windows(from: number, to: number): Tensor {
  const values = Float32Array.from({ length: from * to }, (_, at) => {
    const [i, j] = [Math.floor(at / to), at % to];
    const [start, end] = [Math.floor((j * from) / to), Math.ceil(((j + 1) * from) / to)];
    return i >= start && i < end ? 1 / (end - start) : 0;
  });
  return tensor(values, { shape: [from, to] });
}

/** Options of the one-dimensional pooling layers. */
export interface Pool1dOptions {
  /** Default: the size of the window. */
  readonly stride?: number;
  /** Default 0. */
  readonly padding?: number;
}

/** A sequence as an image of one row. */
const row = ({ stride, padding }: Pool1dOptions, kernelSize: number) =>
  ({ kernelSize: [1, kernelSize], stride: [1, stride ?? kernelSize], padding: [0, padding ?? 0] }) as const;

/** The largest value of each window of sequences `[batch, channels, length]`. */
export class MaxPool1d extends Module {
  readonly kernelSize: number;
  readonly #options: Pool1dOptions;

  constructor(kernelSize: number, options: Pool1dOptions = {}) {
    super();
    this.kernelSize = kernelSize;
    this.#options = options;
  }

  override forward(x: Tensor): Tensor {
    const image = x.unsqueeze(2);
    return new Tensor(
      apply1(maxPool2d, [image.value], { ...row(this.#options, this.kernelSize), inputShape: image.shape }),
    ).squeeze(2);
  }
}

/** The mean of each window of sequences `[batch, channels, length]`. */
export class AvgPool1d extends Module {
  readonly kernelSize: number;
  readonly #options: Pool1dOptions;

  constructor(kernelSize: number, options: Pool1dOptions = {}) {
    super();
    this.kernelSize = kernelSize;
    this.#options = options;
  }

  override forward(x: Tensor): Tensor {
    const image = x.unsqueeze(2);
    return new Tensor(
      apply1(avgPool2d, [image.value], { ...row(this.#options, this.kernelSize), inputShape: image.shape }),
    ).squeeze(2);
  }
}
