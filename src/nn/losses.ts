/** Losses, by PyTorch's formulas and defaults. */
import { crossEntropy, type LossReduction } from '../ops/cross-entropy.ts';
import { apply1 } from '../tensor/tape.ts';
import { Tensor } from '../tensor/tensor.ts';
import { oneHot } from './functional.ts';
import { Module } from './module.ts';

/** Options of every loss. */
export interface LossOptions {
  /** `'mean'` over all elements (the default), their `'sum'`, or `'none'` for each by itself. */
  readonly reduction?: LossReduction;
}

/** Options of `CrossEntropyLoss`. */
export interface CrossEntropyOptions extends LossOptions {
  /** Targets of this class count for nothing. Default -100. */
  readonly ignoreIndex?: number;
  /** Share of the target that is spread over all classes. Default 0. */
  readonly labelSmoothing?: number;
}

/** A loss of predictions and targets. */
abstract class Loss extends Module {
  readonly reduction: LossReduction;

  constructor({ reduction = 'mean' }: LossOptions = {}) {
    super();
    this.reduction = reduction;
  }

  protected reduced(each: Tensor): Tensor {
    if (this.reduction === 'none') return each;
    return this.reduction === 'sum' ? each.sum() : each.mean();
  }
}

/**
 * Softmax and negative log-likelihood in one: logits `[rows, classes]` against class numbers `[rows]` (i32 or u32).
 * Logits with more dimensions have their classes last, as in `[batch, time, classes]` against `[batch, time]`.
 */
export class CrossEntropyLoss extends Module {
  readonly #options: Required<CrossEntropyOptions>;

  constructor(options: CrossEntropyOptions = {}) {
    super();
    this.#options = { reduction: 'mean', ignoreIndex: -100, labelSmoothing: 0, ...options };
  }

  override forward(logits: Tensor, targets: Tensor): Tensor {
    const classes = logits.shape.at(-1) ?? 1;
    const rows = logits.ndim === 2 ? logits : logits.reshape(-1, classes);
    const wanted = targets.ndim === 1 ? targets : targets.reshape(-1);
    const loss = new Tensor(apply1(crossEntropy, [rows.value, wanted.value], this.#options));
    return this.#options.reduction === 'none' && targets.ndim !== 1 ? loss.reshape(targets.shape) : loss;
  }
}

/** Negative log-likelihood of log-probabilities `[rows, classes]` and class numbers `[rows]`. */
export class NLLLoss extends Loss {
  override forward(logProbabilities: Tensor, targets: Tensor): Tensor {
    return this.reduced(
      logProbabilities
        .mul(oneHot(targets, logProbabilities.size(1)))
        .sum(1)
        .neg(),
    );
  }
}

/** `(x - y)^2` */
export class MSELoss extends Loss {
  override forward(x: Tensor, y: Tensor): Tensor {
    return this.reduced(x.sub(y).square());
  }
}

/** `|x - y|` */
export class L1Loss extends Loss {
  override forward(x: Tensor, y: Tensor): Tensor {
    return this.reduced(x.sub(y).abs());
  }
}

/** Options of `HuberLoss`. */
export interface HuberOptions extends LossOptions {
  /** Where the loss turns from square to linear. Default 1. */
  readonly delta?: number;
}

/** Half the square of the error up to `delta`, beyond it linear. */
export class HuberLoss extends Loss {
  readonly delta: number;

  constructor(options: HuberOptions = {}) {
    super(options);
    this.delta = options.delta ?? 1;
  }

  override forward(x: Tensor, y: Tensor): Tensor {
    const error = x.sub(y).abs();
    // With q = min(|e|, d): q^2 / 2 below d, and d (|e| - d / 2) = d |e| - d^2 + q^2 / 2 above, where q = d.
    const quadratic = error.clamp(0, this.delta);
    return this.reduced(quadratic.square().mul(0.5).add(error.sub(quadratic).mul(this.delta)));
  }
}

/** Options of `SmoothL1Loss`. */
export interface SmoothL1Options extends LossOptions {
  /** Where the loss turns from square to linear. Default 1. */
  readonly beta?: number;
}

/** Huber's loss divided by `beta`. */
export class SmoothL1Loss extends Loss {
  readonly beta: number;

  constructor(options: SmoothL1Options = {}) {
    super(options);
    this.beta = options.beta ?? 1;
  }

  override forward(x: Tensor, y: Tensor): Tensor {
    const error = x.sub(y).abs();
    const quadratic = error.clamp(0, this.beta);
    return this.reduced(
      quadratic
        .square()
        .mul(0.5 / this.beta)
        .add(error.sub(quadratic)),
    );
  }
}

/** Binary cross entropy of logits and targets between 0 and 1. */
export class BCEWithLogitsLoss extends Loss {
  override forward(logits: Tensor, targets: Tensor): Tensor {
    // -(y log s(x) + (1 - y) log(1 - s(x))) = log(1 + exp(x)) - x y
    return this.reduced(logits.softplus().sub(logits.mul(targets)));
  }
}

/** Logarithms below this are cut off, as in PyTorch. */
const LEAST_LOG = -100;

/** Binary cross entropy of probabilities and targets between 0 and 1. */
export class BCELoss extends Loss {
  override forward(probabilities: Tensor, targets: Tensor): Tensor {
    const yes = probabilities.log().clamp(LEAST_LOG).mul(targets);
    const no = probabilities.neg().add(1).log().clamp(LEAST_LOG).mul(targets.neg().add(1));
    return this.reduced(yes.add(no).neg());
  }
}

/** The least f32 that hardware computes with at full precision. */
const LEAST_NORMAL = 1.1754944e-38;

/** Options of `KLDivLoss`. */
export interface KLDivOptions {
  readonly reduction?: LossReduction | 'batchmean';
}

/** Kullback-Leibler divergence of log-probabilities and target probabilities. */
export class KLDivLoss extends Module {
  readonly reduction: LossReduction | 'batchmean';

  constructor(options: KLDivOptions = {}) {
    super();
    this.reduction = options.reduction ?? 'mean';
  }

  override forward(logProbabilities: Tensor, targets: Tensor): Tensor {
    // A target of 0 counts 0; its logarithm is cut off before it can make a NaN.
    const each = targets.mul(targets.clamp(LEAST_NORMAL).log().sub(logProbabilities));
    if (this.reduction === 'none') return each;
    if (this.reduction === 'mean') return each.mean();
    return this.reduction === 'sum' ? each.sum() : each.sum().div(targets.size(0));
  }
}
