/** Normalizations over features, by PyTorch's formulas and defaults. */
import type { Layout } from '../ops/conv-shape.ts';
import { layerNorm } from '../ops/layer-norm.ts';
import { apply1 } from '../tensor/tape.ts';
import { tensorError, shapeText } from '../tensor/errors.ts';
import { Tensor } from '../tensor/tensor.ts';
import { constantParameter } from './init.ts';
import { Module } from './module.ts';
import type { Parameter } from './parameter.ts';

/** Options of `GroupNorm` and the instance normalizations. */
export interface NormOptions {
  /** Keeps the division finite. Default 1e-5. */
  readonly eps?: number;
  /** Learn a scale and a shift. Default true. */
  readonly affine?: boolean;
  /** Whether the channels are dimension 1 (`'nchw'`, the default) or last (`'nhwc'`). */
  readonly layout?: Layout;
}

/** Options of `LayerNorm` and `RMSNorm`. */
export interface LayerNormOptions {
  /** Keeps the division finite. Default 1e-5 (for `RMSNorm` the smallest difference from 1 that f32 knows). */
  readonly eps?: number;
  /** Learn a scale (and for `LayerNorm` a shift). Default true. */
  readonly elementwiseAffine?: boolean;
  /** Whether `LayerNorm` learns a shift. Default true. */
  readonly bias?: boolean;
}

abstract class RowNorm extends Module {
  readonly normalizedShape: readonly number[];
  readonly eps: number;
  readonly weight: Parameter | null;

  constructor(normalizedShape: number | readonly number[], eps: number, affine: boolean) {
    super();
    this.normalizedShape = typeof normalizedShape === 'number' ? [normalizedShape] : normalizedShape;
    this.eps = eps;
    this.weight = affine ? constantParameter(this.normalizedShape, 1) : null;
  }

  protected normalize(x: Tensor, kind: 'layer' | 'rms', bias: Parameter | null): Tensor {
    const dims = this.normalizedShape.length;
    if (x.shape.slice(-dims).join() !== this.normalizedShape.join())
      throw tensorError(
        `the input ${shapeText(x.shape)} does not end in the normalized shape ${shapeText(this.normalizedShape)}`,
      );
    const inputs = [x, this.weight, bias].filter((each) => each !== null);
    return new Tensor(apply1(layerNorm, inputs.map(({ value }) => value), { dims, eps: this.eps, kind })); // prettier-ignore
  }

  protected override describe(): string {
    return this.normalizedShape.join(', ');
  }
}

/** Mean 0 and variance 1 over the last dimensions, then a learned scale and shift. */
export class LayerNorm extends RowNorm {
  readonly bias: Parameter | null;

  constructor(normalizedShape: number | readonly number[], options: LayerNormOptions = {}) {
    const { eps = 1e-5, elementwiseAffine = true, bias = true } = options;
    super(normalizedShape, eps, elementwiseAffine);
    this.bias = elementwiseAffine && bias ? constantParameter(this.normalizedShape, 0) : null;
  }

  override forward(x: Tensor): Tensor {
    return this.normalize(x, 'layer', this.bias);
  }
}

/** Difference between 1 and the next f32. */
const F32_EPSILON = 2 ** -23;

/** Root mean square 1 over the last dimensions, then a learned scale. */
export class RMSNorm extends RowNorm {
  constructor(normalizedShape: number | readonly number[], options: LayerNormOptions = {}) {
    super(normalizedShape, options.eps ?? F32_EPSILON, options.elementwiseAffine ?? true);
  }

  override forward(x: Tensor): Tensor {
    return this.normalize(x, 'rms', null);
  }
}

/** Mean 0 and variance 1 over groups of channels of `[batch, channels, ...]`, then a learned scale and shift a channel. */
export class GroupNorm extends Module {
  readonly numGroups: number;
  readonly numChannels: number;
  readonly eps: number;
  readonly layout: Layout;
  readonly weight: Parameter | null;
  readonly bias: Parameter | null;

  constructor(numGroups: number, numChannels: number, options: NormOptions = {}) {
    super();
    const { eps = 1e-5, affine = true, layout = 'nchw' } = options;
    if (numChannels % numGroups !== 0)
      throw tensorError(`${numChannels} channels cannot be divided into ${numGroups} groups`);
    this.numGroups = numGroups;
    this.numChannels = numChannels;
    this.eps = eps;
    this.layout = layout;
    this.weight = affine ? constantParameter([numChannels], 1) : null;
    this.bias = affine ? constantParameter([numChannels], 0) : null;
  }

  override forward(x: Tensor): Tensor {
    const last = this.layout === 'nhwc';
    if (x.ndim < 2 || x.size(last ? -1 : 1) !== this.numChannels)
      throw tensorError(`a normalization of ${this.numChannels} channels got shape ${shapeText(x.shape)}`);
    return last ? this.#normalize(x.movedim(-1, 1)).movedim(1, -1) : this.#normalize(x);
  }

  #normalize(x: Tensor): Tensor {
    const rows = x.reshape(x.size(0), this.numGroups, -1);
    const normal = new Tensor(apply1(layerNorm, [rows.value], { dims: 1, eps: this.eps })).reshape(x.shape);
    if (!this.weight || !this.bias) return normal;
    const channels = [this.numChannels, ...x.shape.slice(2).map(() => 1)];
    return normal.mul(this.weight.reshape(channels)).add(this.bias.reshape(channels));
  }

  protected override describe(): string {
    return `${this.numGroups}, ${this.numChannels}`;
  }
}

abstract class InstanceNorm extends GroupNorm {
  constructor(numFeatures: number, options: NormOptions) {
    super(numFeatures, numFeatures, { affine: false, ...options });
  }

  protected override describe(): string {
    return String(this.numChannels);
  }
}

/** Mean 0 and variance 1 for each channel of each sequence by itself; scale and shift are learned where `affine` is set (default false). */
export class InstanceNorm1d extends InstanceNorm {
  constructor(numFeatures: number, options: NormOptions = {}) {
    super(numFeatures, options);
  }
}

/** Mean 0 and variance 1 for each channel of each image by itself; scale and shift are learned where `affine` is set (default false). */
export class InstanceNorm2d extends InstanceNorm {
  constructor(numFeatures: number, options: NormOptions = {}) {
    super(numFeatures, options);
  }
}
