/** Losses as functions, by PyTorch's formulas and defaults. */
import type { LossReduction } from '../../ops/cross-entropy.ts';
import { shapeText, tensorError } from '../../tensor/errors.ts';
import type { Tensor } from '../../tensor/tensor.ts';

/** Options of every loss. */
export interface LossOptions {
  /** `'mean'` over all elements (the default), their `'sum'`, or `'none'` for each by itself. */
  readonly reduction?: LossReduction;
}

/** @internal One number of the losses of all elements, or these. */
export function reduced(each: Tensor, { reduction = 'mean' }: LossOptions): Tensor {
  if (reduction === 'none') return each;
  return reduction === 'sum' ? each.sum() : each.mean();
}

/** A [64, 1] against a [64] would be broadcast to 64 times 64 differences: nobody means that. */
function refuseUnequal(loss: string, x: Tensor, y: Tensor): void {
  if (x.shape.join() !== y.shape.join())
    throw tensorError(
      `${loss}: predictions ${shapeText(x.shape)} and targets ${shapeText(y.shape)} have different shapes; reshape or expand one of them`,
    );
}

/** `(x - y)^2` */
export function mseLoss(x: Tensor, y: Tensor, options: LossOptions = {}): Tensor {
  refuseUnequal('mseLoss', x, y);
  return reduced(x.sub(y).square(), options);
}

/** `|x - y|` */
export function l1Loss(x: Tensor, y: Tensor, options: LossOptions = {}): Tensor {
  refuseUnequal('l1Loss', x, y);
  return reduced(x.sub(y).abs(), options);
}

/** Options of `huberLoss`. */
export interface HuberOptions extends LossOptions {
  /** Where the loss turns from square to linear. Default 1. */
  readonly delta?: number;
}

/** Half the square of the error up to `delta`, beyond it linear. */
export function huberLoss(x: Tensor, y: Tensor, options: HuberOptions = {}): Tensor {
  refuseUnequal('huberLoss', x, y);
  const { delta = 1 } = options;
  const error = x.sub(y).abs();
  // With q = min(|e|, d): q^2 / 2 below d, and d (|e| - d / 2) = d |e| - d^2 + q^2 / 2 above, where q = d.
  const quadratic = error.clamp(0, delta);
  return reduced(quadratic.square().mul(0.5).add(error.sub(quadratic).mul(delta)), options);
}

/** Options of `smoothL1Loss`. */
export interface SmoothL1Options extends LossOptions {
  /** Where the loss turns from square to linear. Default 1. */
  readonly beta?: number;
}

/** Huber's loss divided by `beta`. */
export function smoothL1Loss(x: Tensor, y: Tensor, options: SmoothL1Options = {}): Tensor {
  const { beta = 1, ...rest } = options;
  return beta === 0 ? l1Loss(x, y, rest) : huberLoss(x, y, { ...rest, delta: beta }).div(beta);
}

/** Options of `binaryCrossEntropyWithLogits`. */
export interface BCEWithLogitsOptions extends LossOptions {
  /** Factors of the elements' losses; broadcasts. */
  readonly weight?: Tensor;
  /** How much a positive target counts beside a negative one; broadcasts, as one number a class. */
  readonly posWeight?: Tensor;
}

/** Binary cross entropy of logits and targets between 0 and 1. */
export function binaryCrossEntropyWithLogits(
  logits: Tensor,
  targets: Tensor,
  options: BCEWithLogitsOptions = {},
): Tensor {
  refuseUnequal('binaryCrossEntropyWithLogits', logits, targets);
  const { weight, posWeight } = options;
  // -(p y log s(x) + (1 - y) log(1 - s(x))) = (1 - y) x + (1 + (p - 1) y) log(1 + exp(-x)); with p = 1, log(1 + exp(x)) - x y
  const each = posWeight
    ? logits.sub(logits.mul(targets)).add(targets.mul(posWeight.sub(1)).add(1).mul(logits.neg().softplus()))
    : logits.softplus().sub(logits.mul(targets));
  return reduced(weight ? each.mul(weight) : each, options);
}

/** Options of `binaryCrossEntropy`. */
export interface BCEOptions extends LossOptions {
  /** Factors of the elements' losses; broadcasts. */
  readonly weight?: Tensor;
}

/** Logarithms below this are cut off, as in PyTorch. */
const LEAST_LOG = -100;

/** Binary cross entropy of probabilities and targets between 0 and 1. */
export function binaryCrossEntropy(probabilities: Tensor, targets: Tensor, options: BCEOptions = {}): Tensor {
  refuseUnequal('binaryCrossEntropy', probabilities, targets);
  const yes = probabilities.log().clamp(LEAST_LOG).mul(targets);
  const no = probabilities.neg().add(1).log().clamp(LEAST_LOG).mul(targets.neg().add(1));
  const each = yes.add(no).neg();
  return reduced(options.weight ? each.mul(options.weight) : each, options);
}

/** The least f32 that hardware computes with at full precision. */
const LEAST_NORMAL = 1.1754944e-38;

/** Options of `klDiv`. */
export interface KLDivOptions {
  readonly reduction?: LossReduction | 'batchmean';
  /** The targets are log-probabilities too. Default false. */
  readonly logTarget?: boolean;
}

/** Kullback-Leibler divergence of log-probabilities and target probabilities. */
export function klDiv(logProbabilities: Tensor, targets: Tensor, options: KLDivOptions = {}): Tensor {
  refuseUnequal('klDiv', logProbabilities, targets);
  const { reduction = 'mean', logTarget = false } = options;
  const each = logTarget
    ? targets.exp().mul(targets.sub(logProbabilities))
    : // A target of 0 counts 0; its logarithm is cut off before it can make a NaN.
      targets.mul(targets.clamp(LEAST_NORMAL).log().sub(logProbabilities));
  if (reduction === 'batchmean') return each.sum().div(targets.size(0));
  return reduced(each, { reduction });
}

/** Options of `gaussianNllLoss`. */
export interface GaussianNLLOptions extends LossOptions {
  /** Add the constant `log(2 pi) / 2`. Default false. */
  readonly full?: boolean;
  /** Least variance. Default 1e-6. */
  readonly eps?: number;
}

/** `(log(variance) + (x - target)^2 / variance) / 2`: targets drawn from normal distributions of these means and variances. */
export function gaussianNllLoss(
  x: Tensor,
  target: Tensor,
  variance: Tensor,
  options: GaussianNLLOptions = {},
): Tensor {
  refuseUnequal('gaussianNllLoss', x, target);
  const { full = false, eps = 1e-6 } = options;
  // The gradient goes to the variance as if it had not been held at the least one.
  const least = variance.detach().clamp(eps).sub(variance.detach()).add(variance);
  const each = least.log().add(x.sub(target).square().div(least)).mul(0.5);
  return reduced(full ? each.add(0.5 * Math.log(2 * Math.PI)) : each, options);
}

/** Options of `poissonNllLoss`. */
export interface PoissonNLLOptions extends LossOptions {
  /** The predictions are logarithms. Default true. */
  readonly logInput?: boolean;
  /** Keeps the logarithm finite, where the predictions are none. Default 1e-8. */
  readonly eps?: number;
}

/** `exp(x) - target x`: counts drawn from Poisson distributions of these (logarithms of) means. */
export function poissonNllLoss(x: Tensor, target: Tensor, options: PoissonNLLOptions = {}): Tensor {
  refuseUnequal('poissonNllLoss', x, target);
  const { logInput = true, eps = 1e-8 } = options;
  return reduced(
    logInput ? x.exp().sub(target.mul(x)) : x.sub(target.mul(x.add(eps).log())), options,
  ); // prettier-ignore
}
