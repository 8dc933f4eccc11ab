/** Convolutions as modules, by PyTorch's formulas and defaults. */
import { pair, type Layout, type Pair } from '../ops/conv-shape.ts';
import { tensorError } from '../tensor/errors.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { withBatch } from './functional/batches.ts';
import { conv1d, conv2d, type Conv1dCall, type Conv2dCall, type Padding } from './functional/convolutions.ts';
import { pad, type PaddingMode } from './functional/images.ts';
import { fanInParameter } from './init.ts';
import { Module } from './module.ts';
import type { Parameter } from './parameter.ts';

export type { Layout, Pair };

/** What the module of a convolution is told beside the call. */
interface ConvModuleOptions {
  /** Learn a bias. Default true. */
  readonly bias?: boolean;
  /** What lies around the input: zeros (the default), its mirror image, its edge, or its other end. */
  readonly paddingMode?: 'zeros' | Exclude<PaddingMode, 'constant'>;
}

/** Options of `Conv2d`; a pair is `[rows, columns]`. */
export interface Conv2dOptions extends Conv2dCall, ConvModuleOptions {}

/** Options of `Conv1d`. */
export interface Conv1dOptions extends Conv1dCall, ConvModuleOptions {}

interface ConvParameterOptions {
  readonly groups?: number;
  readonly bias?: boolean;
  readonly layout?: Layout;
  /** Numbers of the bias; those of the weight's first dimension without it. */
  readonly biasChannels?: number;
}

/** The weight `[first, second / groups, ...sizes]` and the bias that a convolution starts with. */
export function convParameters(
  outChannels: number,
  inChannels: number,
  sizes: readonly number[],
  { groups = 1, bias = true, layout = 'nchw', biasChannels = outChannels }: ConvParameterOptions,
): { readonly weight: Parameter; readonly bias: Parameter | null } {
  if (inChannels % groups !== 0 || outChannels % groups !== 0)
    throw tensorError(`${inChannels} to ${outChannels} channels cannot be divided into ${groups} groups`);
  const channels = inChannels / groups;
  const fanIn = sizes.reduce((product, n) => product * n, channels);
  const shape = layout === 'nchw' ? [outChannels, channels, ...sizes] : [outChannels, ...sizes, channels];
  return {
    weight: fanInParameter(shape, fanIn),
    bias: bias ? fanInParameter([biasChannels], fanIn) : null,
  };
}

/** The margins (last dimension first) of `'same'` or a number a dimension; `dims` are those of the kernel. */
function marginsOf(
  padding: readonly number[] | 'same' | 'valid',
  sizes: readonly number[],
  dilation: readonly number[],
  layout: Layout,
): number[] {
  const each = sizes.map((size, i) => {
    const total = (dilation[i] as number) * (size - 1);
    if (padding === 'same') return [Math.floor(total / 2), Math.ceil(total / 2)];
    const around = padding === 'valid' ? 0 : (padding[i] as number);
    return [around, around];
  });
  return [...(layout === 'nchw' ? [] : [0, 0]), ...each.toReversed().flat()];
}

/** Two-dimensional convolution of images `[batch, inChannels, rows, columns]` (with `layout: 'nhwc'`, channels last). */
export class Conv2d extends Module {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernelSize: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly padding: readonly [number, number] | 'same' | 'valid';
  readonly dilation: readonly [number, number];
  readonly groups: number;
  readonly layout: Layout;
  readonly paddingMode: NonNullable<Conv2dOptions['paddingMode']>;
  /** `[outChannels, inChannels / groups, rows, columns]`; with 'nhwc' `[outChannels, rows, columns, inChannels / groups]`. */
  readonly weight: Parameter;
  /** `[outChannels]` */
  readonly bias: Parameter | null;

  constructor(inChannels: number, outChannels: number, kernelSize: Pair, options: Conv2dOptions = {}) {
    super();
    const { stride = 1, padding = 0, dilation = 1, groups = 1 } = options;
    const { layout = 'nchw', paddingMode = 'zeros' } = options;
    this.inChannels = inChannels;
    this.outChannels = outChannels;
    this.kernelSize = pair(kernelSize);
    this.stride = pair(stride);
    this.padding = typeof padding === 'string' ? padding : pair(padding);
    this.dilation = pair(dilation);
    this.groups = groups;
    this.layout = layout;
    this.paddingMode = paddingMode;
    if (padding === 'same' && this.stride.some((n) => n !== 1))
      throw tensorError(`padding 'same' needs a stride of 1, not ${text(this.stride)}`);
    const { weight, bias } = convParameters(outChannels, inChannels, this.kernelSize, options);
    this.weight = weight;
    this.bias = bias;
  }

  override forward(x: Tensor): Tensor {
    const { weight, bias, padding, paddingMode: mode } = this;
    if (mode === 'zeros') return conv2d(x, weight, bias, this.#call());
    const margins = marginsOf(padding, this.kernelSize, this.dilation, this.layout);
    return withBatch(x, 3, (images) => conv2d(pad(images, margins, mode), weight, bias, { ...this.#call(), padding: 0 })); // prettier-ignore
  }

  protected override describe(): string {
    const { padding } = this;
    const options = [
      this.stride.some((n) => n !== 1) && `stride: ${text(this.stride)}`,
      typeof padding === 'string'
        ? `padding: ${padding}`
        : padding.some((n) => n !== 0) && `padding: ${text(padding)}`,
      this.dilation.some((n) => n !== 1) && `dilation: ${text(this.dilation)}`,
      this.groups !== 1 && `groups: ${this.groups}`,
      this.layout !== 'nchw' && `layout: ${this.layout}`,
    ].filter(Boolean);
    return [this.inChannels, this.outChannels, text(this.kernelSize), ...options].join(', ');
  }

  #call(): Conv2dCall & { readonly padding: Padding } {
    const { stride, padding, dilation, groups, layout } = this;
    return { stride, padding, dilation, groups, layout };
  }
}

const text = ([rows, columns]: readonly [number, number]): string =>
  rows === columns ? String(rows) : `[${rows}, ${columns}]`;

/** One-dimensional convolution of sequences `[batch, inChannels, length]` (with `layout: 'nhwc'`, channels last). */
export class Conv1d extends Module {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernelSize: number;
  readonly stride: number;
  readonly padding: number | 'same' | 'valid';
  readonly dilation: number;
  readonly groups: number;
  readonly layout: Layout;
  readonly paddingMode: NonNullable<Conv1dOptions['paddingMode']>;
  /** `[outChannels, inChannels / groups, kernelSize]`; with 'nhwc' `[outChannels, kernelSize, inChannels / groups]`. */
  readonly weight: Parameter;
  /** `[outChannels]` */
  readonly bias: Parameter | null;

  constructor(inChannels: number, outChannels: number, kernelSize: number, options: Conv1dOptions = {}) {
    super();
    this.inChannels = inChannels;
    this.outChannels = outChannels;
    this.kernelSize = kernelSize;
    this.stride = options.stride ?? 1;
    this.padding = options.padding ?? 0;
    this.dilation = options.dilation ?? 1;
    this.groups = options.groups ?? 1;
    this.layout = options.layout ?? 'nchw';
    this.paddingMode = options.paddingMode ?? 'zeros';
    if (this.padding === 'same' && this.stride !== 1)
      throw tensorError(`padding 'same' needs a stride of 1, not ${this.stride}`);
    const { weight, bias } = convParameters(outChannels, inChannels, [kernelSize], options);
    this.weight = weight;
    this.bias = bias;
  }

  override forward(x: Tensor): Tensor {
    const { weight, bias, stride, padding, dilation, groups, layout, paddingMode: mode } = this;
    const call = { stride, dilation, groups, layout };
    if (mode === 'zeros') return conv1d(x, weight, bias, { ...call, padding });
    const around = typeof padding === 'number' ? [padding] : padding;
    const margins = marginsOf(around, [this.kernelSize], [dilation], layout);
    return withBatch(x, 2, (sequences) => conv1d(pad(sequences, margins, mode), weight, bias, call));
  }

  protected override describe(): string {
    return [this.inChannels, this.outChannels, this.kernelSize].join(', ');
  }
}
