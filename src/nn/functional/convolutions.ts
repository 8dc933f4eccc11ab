/** Convolutions as functions, by PyTorch's formulas. */
import { conv2d as conv2dOp } from '../../ops/conv2d.ts';
import { convTranspose2d as convTranspose2dOp } from '../../ops/conv-transpose2d.ts';
import { pair, type Layout, type Pair } from '../../ops/conv-shape.ts';
import { shapeText, tensorError } from '../../tensor/errors.ts';
import { apply1 } from '../../tensor/tape.ts';
import { Tensor } from '../../tensor/tensor.ts';
import { withBatch } from './batches.ts';

/** Zeros around an image, `'same'` for an output of the input's size, or `'valid'` for none. */
export type Padding = Pair | 'same' | 'valid';

/** Options of `conv2d`; a pair is `[rows, columns]`. */
export interface Conv2dCall {
  /** Default 1. */
  readonly stride?: Pair;
  /** Default 0. */
  readonly padding?: Padding;
  /** Distance between the elements of the kernel. Default 1. */
  readonly dilation?: Pair;
  /** Groups of channels that do not see each other. Default 1. */
  readonly groups?: number;
  /** How images lie in memory: `'nchw'` (the default) or `'nhwc'`, channels last. */
  readonly layout?: Layout;
}

/** Options of `conv1d`. */
export interface Conv1dCall extends Omit<Conv2dCall, 'stride' | 'padding' | 'dilation'> {
  readonly stride?: number;
  readonly padding?: number | 'same' | 'valid';
  readonly dilation?: number;
}

/** Options of `convTranspose2d`; a pair is `[rows, columns]`. */
export interface ConvTranspose2dCall extends Omit<Conv2dCall, 'padding'> {
  /** Rows and columns taken from the result's edges. Default 0. */
  readonly padding?: Pair;
  /** Rows and columns added at the far edges, which a stride leaves open. Default 0. */
  readonly outputPadding?: Pair;
}

/** Options of `convTranspose1d`. */
export interface ConvTranspose1dCall extends Omit<Conv1dCall, 'padding'> {
  readonly padding?: number;
  readonly outputPadding?: number;
}

const valuesOf = (...tensors: readonly (Tensor | null)[]) =>
  tensors.flatMap((each) => (each ? [each.value] : []));

/** Images `[batch, channels, rows, columns]` with a weight `[out, in / groups, rows, columns]` (with 'nhwc', channels last). */
export function conv2d(
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null = null,
  options: Conv2dCall = {},
): Tensor {
  const { padding = 0, layout = 'nchw', ...rest } = options;
  return withBatch(x, 3, (images) => {
    const sizes = layout === 'nchw' ? weight.shape.slice(2) : weight.shape.slice(1, 3);
    const [wide, around] =
      padding === 'same' ? samePadding(images, sizes, options) : [images, padding === 'valid' ? 0 : padding];
    return new Tensor(apply1(conv2dOp, valuesOf(wide, weight, bias), { ...rest, layout, padding: around }));
  });
}

/** The zeros that make the output as large as the input: half on each side, an odd one at the far side. */
function samePadding(
  x: Tensor,
  kernel: readonly number[],
  { stride = 1, dilation = 1, layout = 'nchw' }: Conv2dCall,
): [x: Tensor, padding: Pair] {
  if (pair(stride).some((n) => n !== 1))
    throw tensorError(`padding 'same' needs a stride of 1, not ${String(stride)}`);
  const total = kernel.map((size, i) => pair(dilation)[i as 0 | 1] * (size - 1)) as [number, number];
  const near = total.map((each) => Math.floor(each / 2)) as [number, number];
  if (total.every((each) => each % 2 === 0)) return [x, near];
  const extra = total.map((each) => each % 2) as [number, number];
  const margins = [0, extra[1], 0, extra[0]];
  return [x.pad(layout === 'nchw' ? margins : [0, 0, ...margins]), near];
}

/** Sequences `[batch, channels, length]` with a weight `[out, in / groups, length]` (with 'nhwc', channels last). */
export function conv1d(
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null = null,
  options: Conv1dCall = {},
): Tensor {
  const { stride = 1, padding = 0, dilation = 1, ...rest } = options;
  const [channels, taken] = [
    x.size(rest.layout === 'nhwc' ? -1 : -2),
    weight.size(rest.layout === 'nhwc' ? 2 : 1),
  ];
  if (channels !== taken * (rest.groups ?? 1))
    throw tensorError(
      `conv1d: the input ${shapeText(x.shape)} has ${channels} channels, the weight ${shapeText(weight.shape)} takes ${taken * (rest.groups ?? 1)}`,
    );
  const attributes = {
    ...rest,
    stride: [1, stride],
    padding: typeof padding === 'number' ? ([0, padding] as const) : padding,
    dilation: [1, dilation],
  } as const;
  return asRow(x, weight, rest.layout, (row, kernel) => conv2d(row, kernel, bias, attributes));
}

/** The gradient of a convolution: small images to large ones, with a weight `[in, out / groups, rows, columns]`. */
export function convTranspose2d(
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null = null,
  options: ConvTranspose2dCall = {},
): Tensor {
  return withBatch(
    x,
    3,
    (images) => new Tensor(apply1(convTranspose2dOp, valuesOf(images, weight, bias), options)),
  );
}

/** The gradient of a one-dimensional convolution: short sequences to long ones, with a weight `[in, out / groups, length]`. */
export function convTranspose1d(
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null = null,
  options: ConvTranspose1dCall = {},
): Tensor {
  const { stride = 1, padding = 0, outputPadding = 0, dilation = 1, ...rest } = options;
  const attributes = {
    ...rest,
    stride: [1, stride],
    padding: [0, padding],
    outputPadding: [0, outputPadding],
    dilation: [1, dilation],
  } as const;
  return asRow(x, weight, rest.layout, (row, kernel) => convTranspose2d(row, kernel, bias, attributes));
}

/** A sequence is an image of one row. */
function asRow(
  x: Tensor,
  weight: Tensor,
  layout: Layout = 'nchw',
  run: (row: Tensor, kernel: Tensor) => Tensor,
): Tensor {
  if (x.ndim !== 3 && x.ndim !== 2)
    throw tensorError(
      `a sequence has three dimensions, ${layout === 'nchw' ? '[batch, channels, length]' : '[batch, length, channels]'}, not shape ${shapeText(x.shape)}`,
    );
  const rows = layout === 'nchw' ? 2 : 1;
  return withBatch(x, 2, (sequences) => run(sequences.unsqueeze(rows), weight.unsqueeze(rows)).squeeze(rows));
}
