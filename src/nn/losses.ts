/** Losses as modules: what `functional` computes, with the options kept. */
import type { LossReduction } from '../ops/cross-entropy.ts';
import type { Tensor } from '../tensor/tensor.ts';
import {
  crossEntropy,
  nllLoss,
  type CrossEntropyOptions,
  type NLLOptions,
} from './functional/class-losses.ts';
import {
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
  gaussianNllLoss,
  huberLoss,
  klDiv,
  l1Loss,
  mseLoss,
  poissonNllLoss,
  smoothL1Loss,
  type BCEOptions,
  type BCEWithLogitsOptions,
  type GaussianNLLOptions,
  type HuberOptions,
  type KLDivOptions,
  type LossOptions,
  type PoissonNLLOptions,
  type SmoothL1Options,
} from './functional/losses.ts';
import { Module } from './module.ts';

/** A loss of predictions and targets. */
abstract class Loss<Options extends { readonly reduction?: LossReduction | 'batchmean' }> extends Module {
  readonly reduction: LossReduction | 'batchmean';
  readonly #options: Options;

  constructor(options: Options = {} as Options) {
    super();
    this.reduction = options.reduction ?? 'mean';
    this.#options = options;
    // Weights are part of the loss and live as long.
    for (const option of Object.values(options)) if (isTensor(option)) option.keep();
  }

  protected abstract readonly compute: (predictions: Tensor, targets: Tensor, options: Options) => Tensor;

  override forward(predictions: Tensor, targets: Tensor): Tensor {
    return this.compute(predictions, targets, this.#options);
  }
}

const isTensor = (value: unknown): value is Tensor =>
  typeof value === 'object' && value !== null && 'keep' in value;

/**
 * Softmax and negative log-likelihood in one: logits `[batch, classes]` against class numbers `[batch]` (i32 or u32), logits
 * `[batch, classes, d1, ...]` against `[batch, d1, ...]`, or against probabilities of the logits' shape.
 */
export class CrossEntropyLoss extends Loss<CrossEntropyOptions> {
  protected override readonly compute = crossEntropy;
}

/** Negative log-likelihood of log-probabilities `[batch, classes, ...]` and class numbers `[batch, ...]`. */
export class NLLLoss extends Loss<NLLOptions> {
  protected override readonly compute = nllLoss;
}

/** `(x - y)^2` */
export class MSELoss extends Loss<LossOptions> {
  protected override readonly compute = mseLoss;
}

/** `|x - y|` */
export class L1Loss extends Loss<LossOptions> {
  protected override readonly compute = l1Loss;
}

/** Half the square of the error up to `delta`, beyond it linear. */
export class HuberLoss extends Loss<HuberOptions> {
  protected override readonly compute = huberLoss;
}

/** Huber's loss divided by `beta`. */
export class SmoothL1Loss extends Loss<SmoothL1Options> {
  protected override readonly compute = smoothL1Loss;
}

/** Binary cross entropy of logits and targets between 0 and 1. */
export class BCEWithLogitsLoss extends Loss<BCEWithLogitsOptions> {
  protected override readonly compute = binaryCrossEntropyWithLogits;
}

/** Binary cross entropy of probabilities and targets between 0 and 1. */
export class BCELoss extends Loss<BCEOptions> {
  protected override readonly compute = binaryCrossEntropy;
}

/** Kullback-Leibler divergence of log-probabilities and target probabilities. */
export class KLDivLoss extends Loss<KLDivOptions> {
  protected override readonly compute = klDiv;
}

/** Negative log-likelihood of counts under Poisson distributions of these (logarithms of) means. */
export class PoissonNLLLoss extends Loss<PoissonNLLOptions> {
  protected override readonly compute = poissonNllLoss;
}

/** Negative log-likelihood of targets under normal distributions of these means and variances. */
export class GaussianNLLLoss extends Module {
  readonly #options: GaussianNLLOptions;

  constructor(options: GaussianNLLOptions = {}) {
    super();
    this.#options = options;
  }

  override forward(x: Tensor, target: Tensor, variance: Tensor): Tensor {
    return gaussianNllLoss(x, target, variance, this.#options);
  }
}
