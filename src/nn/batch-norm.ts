/** Batch normalization, by PyTorch's formulas and defaults. */
import { batchNorm } from '../ops/batch-norm.ts';
import type { Layout } from '../ops/conv-shape.ts';
import { constant } from '../tensor/constants.ts';
import { ones, zeros } from '../tensor/creation.ts';
import { shapeText, tensorError } from '../tensor/errors.ts';
import { apply1 } from '../tensor/tape.ts';
import { Tensor } from '../tensor/tensor.ts';
import { constantParameter } from './init.ts';
import { Module } from './module.ts';
import { Buffer, type Parameter } from './parameter.ts';

/** Options of the batch normalizations. */
export interface BatchNormOptions {
  /** Keeps the division finite. Default 1e-5. */
  readonly eps?: number;
  /** How much of a batch's statistics goes into the running ones; null makes these the mean of all batches. Default 0.1. */
  readonly momentum?: number | null;
  /** Learn a scale and a shift a channel. Default true. */
  readonly affine?: boolean;
  /** Keep running statistics to evaluate with. Default true. */
  readonly trackRunningStats?: boolean;
  /** Whether the channels are dimension 1 (`'nchw'`, the default) or last (`'nhwc'`). */
  readonly layout?: Layout;
}

abstract class BatchNorm extends Module {
  readonly numFeatures: number;
  readonly eps: number;
  readonly momentum: number | null;
  readonly layout: Layout;
  readonly weight: Parameter | null;
  readonly bias: Parameter | null;
  readonly runningMean: Buffer | null;
  readonly runningVar: Buffer | null;
  /** Batches in the running statistics, where these are the mean of all (i32). */
  readonly numBatchesTracked: Buffer | null;

  constructor(numFeatures: number, options: BatchNormOptions) {
    super();
    const { eps = 1e-5, momentum = 0.1, affine = true, trackRunningStats = true } = options;
    this.numFeatures = numFeatures;
    this.eps = eps;
    this.momentum = momentum;
    this.layout = options.layout ?? 'nchw';
    this.weight = affine ? constantParameter([numFeatures], 1) : null;
    this.bias = affine ? constantParameter([numFeatures], 0) : null;
    this.runningMean = trackRunningStats ? new Buffer(zeros([numFeatures])) : null;
    this.runningVar = trackRunningStats ? new Buffer(ones([numFeatures])) : null;
    this.numBatchesTracked =
      trackRunningStats && momentum === null ? new Buffer(zeros([], { dtype: 'i32' })) : null;
  }

  protected normalize(x: Tensor): Tensor {
    const { numFeatures, runningMean, runningVar, eps, momentum, layout } = this;
    const channels = layout === 'nchw' ? x.size(1) : x.size(-1);
    if (channels !== numFeatures)
      throw tensorError(
        `the input ${shapeText(x.shape)} (${layout}) has ${channels} channels, the layer ${numFeatures}`,
      );
    const weight = this.weight?.value ?? constant('ones', [numFeatures], () => 1);
    const bias = this.bias?.value ?? constant('zeros', [numFeatures], () => 0);
    const running = runningMean && runningVar ? [runningMean, runningVar] : [];
    const training = this.training || running.length === 0;
    // What all of this batch goes into, before it joins the mean of the others.
    const own = training && momentum === null ? running.map(() => zeros([numFeatures])) : running;
    if (training && x.numel() === channels)
      throw tensorError(
        `${shapeText(x.shape)} has one value a channel, which has no variance to train with; use a larger batch, or eval()`,
      );
    const inputs = [x.value, weight, bias, ...own.map(({ value }) => value)];
    const normal = new Tensor(apply1(batchNorm, inputs, { layout, training, momentum: momentum ?? 1, eps }));
    if (own !== running) this.#average(running, own);
    return normal;
  }

  /** The mean of n batches from that of n - 1 and the last. */
  #average(running: readonly Buffer[], batch: readonly Tensor[]): void {
    const share = this.numBatchesTracked?.add_(1).float().reciprocal() ?? 1;
    running.forEach((each, i) => each.lerp_(batch[i] as Tensor, share));
  }

  protected override describe(): string {
    return String(this.numFeatures);
  }
}

/** Mean 0 and variance 1 for each feature of `[batch, features]` or `[batch, features, length]` over the batch. */
export class BatchNorm1d extends BatchNorm {
  constructor(numFeatures: number, options: BatchNormOptions = {}) {
    super(numFeatures, options);
  }

  override forward(x: Tensor): Tensor {
    if (x.ndim !== 2 && x.ndim !== 3)
      throw tensorError(`BatchNorm1d takes 2 or 3 dimensions, not shape ${shapeText(x.shape)}`);
    return this.normalize(x);
  }
}

/** Mean 0 and variance 1 for each channel of images over the batch. */
export class BatchNorm2d extends BatchNorm {
  constructor(numFeatures: number, options: BatchNormOptions = {}) {
    super(numFeatures, options);
  }

  override forward(x: Tensor): Tensor {
    if (x.ndim !== 4) throw tensorError(`BatchNorm2d takes 4 dimensions, not shape ${shapeText(x.shape)}`);
    return this.normalize(x);
  }
}
