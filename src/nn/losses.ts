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
  huberLoss,
  klDiv,
  l1Loss,
  mseLoss,
  smoothL1Loss,
  type BCEOptions,
  type BCEWithLogitsOptions,
  type HuberOptions,
  type KLDivOptions,
  type LossOptions,
  type SmoothL1Options,
} from './functional/losses.ts';
import { Module } from './module.ts';

/** A loss of predictions and targets. */
abstract class Loss<Options extends { readonly reduction?: LossReduction | 'batchmean' }> extends Module {
  readonly reduction: LossReduction | 'batchmean';
  protected readonly options: Options;

  constructor(options: Options) {
    super();
    this.reduction = options.reduction ?? 'mean';
    this.options = options;
    // Weights are part of the loss and live as long.
    for (const option of Object.values(options)) if (isTensor(option)) option.keep();
  }

  abstract override forward(predictions: Tensor, targets: Tensor): Tensor;
}

const isTensor = (value: unknown): value is Tensor =>
  typeof value === 'object' && value !== null && 'keep' in value;

/**
 * Softmax and negative log-likelihood in one: logits `[batch, classes]` against class numbers `[batch]` (i32 or u32), logits
 * `[batch, classes, d1, ...]` against `[batch, d1, ...]`, or against probabilities of the logits' shape.
 */
export class CrossEntropyLoss extends Loss<CrossEntropyOptions> {
  constructor(options: CrossEntropyOptions = {}) {
    super(options);
  }

  override forward(logits: Tensor, targets: Tensor): Tensor {
    return crossEntropy(logits, targets, this.options);
  }
}

/** Negative log-likelihood of log-probabilities `[batch, classes, ...]` and class numbers `[batch, ...]`. */
export class NLLLoss extends Loss<NLLOptions> {
  constructor(options: NLLOptions = {}) {
    super(options);
  }

  override forward(logProbabilities: Tensor, targets: Tensor): Tensor {
    return nllLoss(logProbabilities, targets, this.options);
  }
}

/** `(x - y)^2` */
export class MSELoss extends Loss<LossOptions> {
  constructor(options: LossOptions = {}) {
    super(options);
  }

  override forward(x: Tensor, y: Tensor): Tensor {
    return mseLoss(x, y, this.options);
  }
}

/** `|x - y|` */
export class L1Loss extends Loss<LossOptions> {
  constructor(options: LossOptions = {}) {
    super(options);
  }

  override forward(x: Tensor, y: Tensor): Tensor {
    return l1Loss(x, y, this.options);
  }
}

/** Half the square of the error up to `delta`, beyond it linear. */
export class HuberLoss extends Loss<HuberOptions> {
  constructor(options: HuberOptions = {}) {
    super(options);
  }

  override forward(x: Tensor, y: Tensor): Tensor {
    return huberLoss(x, y, this.options);
  }
}

/** Huber's loss divided by `beta`. */
export class SmoothL1Loss extends Loss<SmoothL1Options> {
  constructor(options: SmoothL1Options = {}) {
    super(options);
  }

  override forward(x: Tensor, y: Tensor): Tensor {
    return smoothL1Loss(x, y, this.options);
  }
}

/** Binary cross entropy of logits and targets between 0 and 1. */
export class BCEWithLogitsLoss extends Loss<BCEWithLogitsOptions> {
  constructor(options: BCEWithLogitsOptions = {}) {
    super(options);
  }

  override forward(logits: Tensor, targets: Tensor): Tensor {
    return binaryCrossEntropyWithLogits(logits, targets, this.options);
  }
}

/** Binary cross entropy of probabilities and targets between 0 and 1. */
export class BCELoss extends Loss<BCEOptions> {
  constructor(options: BCEOptions = {}) {
    super(options);
  }

  override forward(probabilities: Tensor, targets: Tensor): Tensor {
    return binaryCrossEntropy(probabilities, targets, this.options);
  }
}

/** Kullback-Leibler divergence of log-probabilities and target probabilities. */
export class KLDivLoss extends Loss<KLDivOptions> {
  constructor(options: KLDivOptions = {}) {
    super(options);
  }

  override forward(logProbabilities: Tensor, targets: Tensor): Tensor {
    return klDiv(logProbabilities, targets, this.options);
  }
}
