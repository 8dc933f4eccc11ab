import { convTranspose2d } from '../ops/conv-transpose2d.ts';
import { pair, type Layout, type Pair } from '../ops/conv-shape.ts';
import { tensorError } from '../tensor/errors.ts';
import { apply1 } from '../tensor/tape.ts';
import { Tensor } from '../tensor/tensor.ts';
import { fanInParameter } from './init.ts';
import { Module } from './module.ts';
import type { Parameter } from './parameter.ts';

/** Options of `ConvTranspose2d`; a pair is `[rows, columns]`. */
export interface ConvTranspose2dOptions {
  /** Default 1. */
  readonly stride?: Pair;
  /** Rows and columns taken from the result's edges. Default 0. */
  readonly padding?: Pair;
  /** Rows and columns added at the far edges, which a stride leaves open. Default 0. */
  readonly outputPadding?: Pair;
  /** Groups of channels that do not see each other. Default 1. */
  readonly groups?: number;
  /** Default true. */
  readonly bias?: boolean;
  /** Distance between the elements of the kernel. Default 1. */
  readonly dilation?: Pair;
  /** How images lie in memory. Default 'nchw'. */
  readonly layout?: Layout;
}

/** The gradient of a convolution as a layer: from small images to large ones. */
export class ConvTranspose2d extends Module {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernelSize: readonly [number, number];
  readonly groups: number;
  readonly layout: Layout;
  /** `[inChannels, outChannels / groups, rows, columns]`; with 'nhwc' `[inChannels, rows, columns, outChannels / groups]`. */
  readonly weight: Parameter;
  /** `[outChannels]` */
  readonly bias: Parameter | null;
  readonly #geometry: Pick<
    Required<ConvTranspose2dOptions>,
    'stride' | 'padding' | 'outputPadding' | 'dilation'
  >;

  constructor(
    inChannels: number,
    outChannels: number,
    kernelSize: Pair,
    options: ConvTranspose2dOptions = {},
  ) {
    super();
    const {
      stride = 1,
      padding = 0,
      outputPadding = 0,
      groups = 1,
      bias = true,
      dilation = 1,
      layout = 'nchw',
    } = options;
    if (inChannels % groups !== 0 || outChannels % groups !== 0)
      throw tensorError(`${inChannels} to ${outChannels} channels cannot be divided into ${groups} groups`);
    this.inChannels = inChannels;
    this.outChannels = outChannels;
    this.kernelSize = pair(kernelSize);
    this.groups = groups;
    this.layout = layout;
    this.#geometry = { stride, padding, outputPadding, dilation };
    const [rows, columns] = this.kernelSize;
    const channels = outChannels / groups;
    // As in PyTorch, whose fan-in is counted on the weight's second dimension.
    const fanIn = channels * rows * columns;
    const shape =
      layout === 'nchw' ? [inChannels, channels, rows, columns] : [inChannels, rows, columns, channels];
    this.weight = fanInParameter(shape, fanIn);
    this.bias = bias ? fanInParameter([outChannels], fanIn) : null;
  }

  override forward(x: Tensor): Tensor {
    const { weight, bias, layout, groups } = this;
    const inputs = [x, weight, ...(bias ? [bias] : [])].map(({ value }) => value);
    return new Tensor(apply1(convTranspose2d, inputs, { layout, groups, ...this.#geometry }));
  }

  protected override describe(): string {
    const [rows, columns] = this.kernelSize;
    return `${this.inChannels}, ${this.outChannels}, ${rows === columns ? rows : `[${rows}, ${columns}]`}`;
  }
}
