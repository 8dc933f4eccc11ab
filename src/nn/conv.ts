/** Convolutions, by PyTorch's formulas and defaults. */
import { conv2d } from '../ops/conv2d.ts';
import { pair, type Layout, type Pair } from '../ops/conv-shape.ts';
import { tensorError, shapeText } from '../tensor/errors.ts';
import { apply1 } from '../tensor/tape.ts';
import { Tensor } from '../tensor/tensor.ts';
import { fanInParameter } from './init.ts';
import { Module } from './module.ts';
import type { Parameter } from './parameter.ts';

export type { Layout, Pair };

/** Options of `Conv2d`; a pair is `[rows, columns]`. */
export interface Conv2dOptions {
  /** Default 1. */
  readonly stride?: Pair;
  /** Zeros around the image, or `'same'` for an output of the input's size. Default 0. */
  readonly padding?: Pair | 'same' | 'valid';
  /** Distance between the elements of the kernel. Default 1. */
  readonly dilation?: Pair;
  /** Groups of channels that do not see each other. Default 1. */
  readonly groups?: number;
  /** Default true. */
  readonly bias?: boolean;
  /** How images lie in memory: `'nchw'` (`[batch, channels, rows, columns]`, the default) or `'nhwc'` (channels last). */
  readonly layout?: Layout;
}

/** Two-dimensional convolution of images `[batch, inChannels, rows, columns]` (with `layout: 'nhwc'`, channels last). */
export class Conv2d extends Module {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernelSize: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly padding: readonly [number, number];
  readonly dilation: readonly [number, number];
  readonly groups: number;
  readonly layout: Layout;
  /** `[outChannels, inChannels / groups, rows, columns]`; with 'nhwc' `[outChannels, rows, columns, inChannels / groups]`. */
  readonly weight: Parameter;
  /** `[outChannels]` */
  readonly bias: Parameter | null;

  constructor(inChannels: number, outChannels: number, kernelSize: Pair, options: Conv2dOptions = {}) {
    super();
    const { stride = 1, padding = 0, dilation = 1, groups = 1, bias = true, layout = 'nchw' } = options;
    if (inChannels % groups !== 0 || outChannels % groups !== 0)
      throw tensorError(`${inChannels} to ${outChannels} channels cannot be divided into ${groups} groups`);
    this.inChannels = inChannels;
    this.outChannels = outChannels;
    this.kernelSize = pair(kernelSize);
    this.stride = pair(stride);
    this.dilation = pair(dilation);
    this.padding = padding === 'same' ? this.#samePadding() : pair(padding === 'valid' ? 0 : padding);
    this.groups = groups;
    this.layout = layout;
    const [rows, columns] = this.kernelSize;
    const channels = inChannels / groups;
    const fanIn = channels * rows * columns;
    this.weight = fanInParameter(
      layout === 'nchw' ? [outChannels, channels, rows, columns] : [outChannels, rows, columns, channels],
      fanIn,
    );
    this.bias = bias ? fanInParameter([outChannels], fanIn) : null;
  }

  override forward(x: Tensor): Tensor {
    const { weight, bias, layout, stride, padding, dilation, groups } = this;
    return new Tensor(
      apply1(conv2d, [x, weight, ...(bias ? [bias] : [])].map(({ value }) => value), { layout, stride, padding, dilation, groups }),
    ); // prettier-ignore
  }

  protected override describe(): string {
    const options = [
      this.stride.some((n) => n !== 1) && `stride: ${text(this.stride)}`,
      this.padding.some((n) => n !== 0) && `padding: ${text(this.padding)}`,
      this.dilation.some((n) => n !== 1) && `dilation: ${text(this.dilation)}`,
      this.groups !== 1 && `groups: ${this.groups}`,
      this.layout !== 'nchw' && `layout: ${this.layout}`,
    ].filter(Boolean);
    return [this.inChannels, this.outChannels, text(this.kernelSize), ...options].join(', ');
  }

  #samePadding(): readonly [number, number] {
    const around = this.kernelSize.map((size, i) => (this.dilation[i as 0 | 1] * (size - 1)) / 2) as [
      number,
      number,
    ];
    if (this.stride.some((n) => n !== 1) || around.some((n) => !Number.isInteger(n)))
      throw tensorError(
        `padding 'same' needs a stride of 1 and an odd kernel, not stride ${text(this.stride)} and kernel ${text(this.kernelSize)}`,
      );
    return around;
  }
}

const text = ([rows, columns]: readonly [number, number]): string =>
  rows === columns ? String(rows) : `[${rows}, ${columns}]`;

/** Options of `Conv1d`. */
export interface Conv1dOptions {
  readonly stride?: number;
  readonly padding?: number;
  readonly dilation?: number;
  readonly groups?: number;
  readonly bias?: boolean;
}

/** One-dimensional convolution of sequences `[batch, inChannels, length]`. */
export class Conv1d extends Module {
  readonly stride: number;
  readonly padding: number;
  readonly dilation: number;
  readonly groups: number;
  /** `[outChannels, inChannels / groups, kernelSize]` */
  readonly weight: Parameter;
  /** `[outChannels]` */
  readonly bias: Parameter | null;

  constructor(inChannels: number, outChannels: number, kernelSize: number, options: Conv1dOptions = {}) {
    super();
    const { stride = 1, padding = 0, dilation = 1, groups = 1, bias = true } = options;
    this.stride = stride;
    this.padding = padding;
    this.dilation = dilation;
    this.groups = groups;
    const fanIn = (inChannels / groups) * kernelSize;
    this.weight = fanInParameter([outChannels, inChannels / groups, kernelSize], fanIn);
    this.bias = bias ? fanInParameter([outChannels], fanIn) : null;
  }

  override forward(x: Tensor): Tensor {
    if (x.ndim !== 3) throw tensorError(`Conv1d takes [batch, channels, length], not ${shapeText(x.shape)}`);
    // A sequence is an image of one row.
    const row = x.unsqueeze(2);
    const weight = this.weight.unsqueeze(2);
    const { bias, groups } = this;
    const attributes = {
      stride: [1, this.stride],
      padding: [0, this.padding],
      dilation: [1, this.dilation],
      groups,
    } as const;
    return new Tensor(
      apply1(conv2d, [row, weight, ...(bias ? [bias] : [])].map(({ value }) => value), attributes),
    ).squeeze(2); // prettier-ignore
  }

  protected override describe(): string {
    const [outputs, inputs, size] = this.weight.shape as [number, number, number];
    return [inputs * this.groups, outputs, size].join(', ');
  }
}
