/** Pooling as functions, by PyTorch's formulas and defaults. */
import { pair, type Layout, type Pair } from '../../ops/conv-shape.ts';
import { avgPool2d as avgPoolOp, maxPool2d as maxPoolOp } from '../../ops/pool2d.ts';
import { tensor } from '../../tensor/creation.ts';
import { cat } from '../../tensor/joining.ts';
import { apply1 } from '../../tensor/tape.ts';
import { Tensor } from '../../tensor/tensor.ts';
import { withBatch } from './batches.ts';

/** Options of the pooling layers; a pair is `[rows, columns]`. */
export interface Pool2dOptions {
  /** Default: the size of the window. */
  readonly stride?: Pair;
  /** Default 0. */
  readonly padding?: Pair;
  /** Also windows that reach beyond the edge. Default false. */
  readonly ceilMode?: boolean;
  /** How images lie in memory. Default 'nchw'. */
  readonly layout?: Layout;
}

/** Options of `maxPool2d`. */
export interface MaxPool2dOptions extends Pool2dOptions {
  /** Distance between the elements of a window. Default 1. */
  readonly dilation?: Pair;
}

/** Options of `avgPool2d`. */
export interface AvgPool2dOptions extends Pool2dOptions {
  /** Divide by the whole window at the edges too. Default true. */
  readonly countIncludePad?: boolean;
}

/** The largest value of each window. */
export const maxPool2d = (x: Tensor, kernelSize: Pair, options: MaxPool2dOptions = {}): Tensor =>
  withBatch(x, 3, (images) => {
    const attributes = { kernelSize, ...options, inputShape: images.shape };
    return new Tensor(apply1(maxPoolOp, [images.value], attributes));
  });

/** The mean of each window. */
export const avgPool2d = (x: Tensor, kernelSize: Pair, options: AvgPool2dOptions = {}): Tensor =>
  withBatch(x, 3, (images) => {
    const attributes = { kernelSize, ...options, inputShape: images.shape };
    return new Tensor(apply1(avgPoolOp, [images.value], attributes));
  });

/** Options of the one-dimensional pooling layers. */
export interface Pool1dOptions {
  /** Default: the size of the window. */
  readonly stride?: number;
  /** Default 0. */
  readonly padding?: number;
  /** Also windows that reach beyond the edge. Default false. */
  readonly ceilMode?: boolean;
  /** `'nchw'`: `[batch, channels, length]` (the default); `'nhwc'`: channels last. */
  readonly layout?: Layout;
}

/** Options of `maxPool1d`. */
export interface MaxPool1dOptions extends Pool1dOptions {
  readonly dilation?: number;
}

/** Options of `avgPool1d`. */
export interface AvgPool1dOptions extends Pool1dOptions {
  readonly countIncludePad?: boolean;
}

/** The largest value of each window of sequences. */
export function maxPool1d(x: Tensor, kernelSize: number, options: MaxPool1dOptions = {}): Tensor {
  const { dilation = 1, ...rest } = options;
  return asRow(x, rest, (row) => maxPool2d(row, [1, kernelSize], { ...inRow(rest, kernelSize), dilation: [1, dilation] })); // prettier-ignore
}

/** The mean of each window of sequences. */
export function avgPool1d(x: Tensor, kernelSize: number, options: AvgPool1dOptions = {}): Tensor {
  return asRow(x, options, (row) => avgPool2d(row, [1, kernelSize], inRow(options, kernelSize)));
}

/** A sequence as an image of one row. */
function asRow(x: Tensor, { layout = 'nchw' }: Pool1dOptions, run: (row: Tensor) => Tensor): Tensor {
  const rows = layout === 'nchw' ? 2 : 1;
  return withBatch(x, 2, (sequences) => run(sequences.unsqueeze(rows)).squeeze(rows));
}

const inRow = <Options extends Pool1dOptions>({ stride, padding, ...rest }: Options, kernelSize: number) =>
  ({ ...rest, stride: [1, stride ?? kernelSize], padding: [0, padding ?? 0] }) as const;

/** Options of the adaptive pooling functions. */
export interface AdaptiveOptions {
  /** How images lie in memory. Default 'nchw'. */
  readonly layout?: Layout;
}

/** The mean of windows chosen so that the output has the given size. */
export const adaptiveAvgPool2d = (x: Tensor, outputSize: Pair, options: AdaptiveOptions = {}): Tensor =>
  adaptive(x, outputSize, options, avgPool2d, meansAlong);

/** The largest value of windows chosen so that the output has the given size. */
export const adaptiveMaxPool2d = (x: Tensor, outputSize: Pair, options: AdaptiveOptions = {}): Tensor =>
  adaptive(x, outputSize, options, maxPool2d, largestAlong);

/** As `adaptiveAvgPool2d`, of sequences. */
export const adaptiveAvgPool1d = (x: Tensor, outputSize: number, options: AdaptiveOptions = {}): Tensor =>
  asRow(x, options, (row) => adaptiveAvgPool2d(row, [1, outputSize], options));

/** As `adaptiveMaxPool2d`, of sequences. */
export const adaptiveMaxPool1d = (x: Tensor, outputSize: number, options: AdaptiveOptions = {}): Tensor =>
  asRow(x, options, (row) => adaptiveMaxPool2d(row, [1, outputSize], options));

function adaptive(
  x: Tensor,
  outputSize: Pair,
  { layout = 'nchw' }: AdaptiveOptions,
  even: (x: Tensor, kernelSize: Pair, options: { readonly layout: Layout }) => Tensor,
  uneven: (x: Tensor, dim: number, to: number) => Tensor,
): Tensor {
  return withBatch(x, 3, (images) => {
    const dims = layout === 'nchw' ? [2, 3] : [1, 2];
    const wanted = pair(outputSize);
    const window = dims.map((dim, i) => images.size(dim) / wanted[i as 0 | 1]) as [number, number];
    if (window.every((n) => Number.isInteger(n))) return even(images, window, { layout });
    return dims.reduce((part, dim, i) => uneven(part, dim, wanted[i as 0 | 1]), images);
  });
}

/** Window j runs from floor(j from / to) to ceil((j + 1) from / to). */
const windowOf = (j: number, from: number, to: number): readonly [start: number, end: number] => [
  Math.floor((j * from) / to),
  Math.ceil(((j + 1) * from) / to),
];

/** Means of windows of unequal sizes: a product with the windows' weights. */
function meansAlong(x: Tensor, dim: number, to: number): Tensor {
  const from = x.size(dim);
  const weights = Float32Array.from({ length: from * to }, (_, at) => {
    const [start, end] = windowOf(at % to, from, to);
    const i = Math.floor(at / to);
    return i >= start && i < end ? 1 / (end - start) : 0;
  });
  return x.movedim(dim, -1).matmul(tensor(weights, { shape: [from, to] })).movedim(-1, dim); // prettier-ignore
}

function largestAlong(x: Tensor, dim: number, to: number): Tensor {
  const windows = Array.from({ length: to }, (_, j) => windowOf(j, x.size(dim), to));
  return cat(windows.map(([start, end]) => x.slice(dim, start, end).max(dim, true)), dim); // prettier-ignore
}
