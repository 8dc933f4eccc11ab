/** Transposed convolutions as modules, by PyTorch's formulas and defaults. */
import { pair, type Layout, type Pair } from '../ops/conv-shape.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { convParameters } from './conv.ts';
import {
  convTranspose1d,
  convTranspose2d,
  type ConvTranspose1dCall,
  type ConvTranspose2dCall,
} from './functional/convolutions.ts';
import { Module } from './module.ts';
import type { Parameter } from './parameter.ts';

/** Options of `ConvTranspose2d`; a pair is `[rows, columns]`. */
export interface ConvTranspose2dOptions extends ConvTranspose2dCall {
  /** Learn a bias. Default true. */
  readonly bias?: boolean;
}

/** Options of `ConvTranspose1d`. */
export interface ConvTranspose1dOptions extends ConvTranspose1dCall {
  /** Learn a bias. Default true. */
  readonly bias?: boolean;
}

abstract class ConvTranspose<
  Size extends Pair,
  Call extends { readonly groups?: number; readonly layout?: Layout },
> extends Module {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernelSize: Size;
  readonly layout: Layout;
  /** `[inChannels, outChannels / groups, ...kernel]`; with 'nhwc' `[inChannels, ...kernel, outChannels / groups]`. */
  readonly weight: Parameter;
  /** `[outChannels]` */
  readonly bias: Parameter | null;
  protected readonly call: Call;

  constructor(
    inChannels: number,
    outChannels: number,
    kernelSize: Size,
    sizes: readonly number[],
    { bias = true, ...call }: Call & { readonly bias?: boolean },
  ) {
    super();
    this.inChannels = inChannels;
    this.outChannels = outChannels;
    this.kernelSize = kernelSize;
    this.layout = call.layout ?? 'nchw';
    this.call = call as unknown as Call;
    // As in PyTorch, whose fan-in is counted on the weight's second dimension.
    const { weight, bias: shift } = convParameters(inChannels, outChannels, sizes, {
      groups: call.groups ?? 1,
      layout: this.layout,
      bias,
      biasChannels: outChannels,
    });
    this.weight = weight;
    this.bias = shift;
  }

  abstract override forward(x: Tensor): Tensor;

  protected override describe(): string {
    const { kernelSize } = this;
    const size = typeof kernelSize === 'number' ? String(kernelSize) : `[${kernelSize.join(', ')}]`;
    return `${this.inChannels}, ${this.outChannels}, ${size}`;
  }
}

/** The gradient of a convolution as a layer: from small images to large ones. */
export class ConvTranspose2d extends ConvTranspose<Pair, ConvTranspose2dCall> {
  constructor(
    inChannels: number,
    outChannels: number,
    kernelSize: Pair,
    options: ConvTranspose2dOptions = {},
  ) {
    super(inChannels, outChannels, kernelSize, pair(kernelSize), options);
  }

  override forward(x: Tensor): Tensor {
    return convTranspose2d(x, this.weight, this.bias, this.call);
  }
}

/** The gradient of a one-dimensional convolution as a layer: from short sequences to long ones. */
export class ConvTranspose1d extends ConvTranspose<number, ConvTranspose1dCall> {
  constructor(
    inChannels: number,
    outChannels: number,
    kernelSize: number,
    options: ConvTranspose1dOptions = {},
  ) {
    super(inChannels, outChannels, kernelSize, [kernelSize], options);
  }

  override forward(x: Tensor): Tensor {
    return convTranspose1d(x, this.weight, this.bias, this.call);
  }
}
