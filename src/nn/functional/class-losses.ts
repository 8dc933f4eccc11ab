/** Losses of classes, by PyTorch's formulas and shapes: the classes are dimension 1. */
import { crossEntropy as crossEntropyOp } from '../../ops/cross-entropy.ts';
import { shapeText, tensorError } from '../../tensor/errors.ts';
import { apply1 } from '../../tensor/tape.ts';
import { Tensor } from '../../tensor/tensor.ts';
import { reduced, type LossOptions } from './losses.ts';

/** Options of `nllLoss`. */
export interface NLLOptions extends LossOptions {
  /** A factor for each class, `[classes]`; a mean is then divided by the factors of the targets. */
  readonly weight?: Tensor;
  /** Targets of this class count for nothing. Default -100. */
  readonly ignoreIndex?: number;
}

/** Options of `crossEntropy`. */
export interface CrossEntropyOptions extends NLLOptions {
  /** Share of the target that is spread over all classes. Default 0. */
  readonly labelSmoothing?: number;
}

const IGNORED = -100;

/**
 * Cross entropy of logits `[classes]`, `[batch, classes]` or `[batch, classes, d1, ...]` and targets: class numbers (i32 or
 * u32) `[]`, `[batch]` or `[batch, d1, ...]`, or probabilities (f32) of the logits' shape.
 */
export function crossEntropy(logits: Tensor, targets: Tensor, options: CrossEntropyOptions = {}): Tensor {
  const { weight, reduction = 'mean', labelSmoothing = 0, ignoreIndex = IGNORED } = options;
  if (targets.dtype === 'f32' && targets.shape.join() === logits.shape.join())
    return ofProbabilities(logits, targets, options);
  const rows = classRows('crossEntropy', logits, targets);
  if (weight) return inShape(weighted(rows.scores.logSoftmax(1), rows.wanted, options), rows, options);
  const attributes = { reduction, labelSmoothing, ignoreIndex };
  const loss = apply1(crossEntropyOp, [rows.scores.value, rows.wanted.value], attributes);
  return inShape(new Tensor(loss), rows, options);
}

/** Negative log-likelihood of log-probabilities `[batch, classes, ...]` and class numbers `[batch, ...]`. */
export function nllLoss(logProbabilities: Tensor, targets: Tensor, options: NLLOptions = {}): Tensor {
  const rows = classRows('nllLoss', logProbabilities, targets);
  return inShape(weighted(rows.scores, rows.wanted, options), rows, options);
}

interface ClassRows {
  /** `[rows, classes]` */
  readonly scores: Tensor;
  /** `[rows]` */
  readonly wanted: Tensor;
  /** Shape of the targets, which a loss for each of them has. */
  readonly shape: readonly number[];
}

/** The classes as columns, and one target a row. */
function classRows(loss: string, scores: Tensor, targets: Tensor): ClassRows {
  const { shape } = targets;
  const [batch, classes, ...places] = scores.ndim === 1 ? [1, scores.size(0)] : scores.shape;
  const wanted = scores.ndim === 1 ? [] : [batch as number, ...places];
  if (scores.ndim === 0 || shape.join() !== wanted.join()) {
    const last = scores.ndim > 2 && shape.join() === scores.shape.slice(0, -1).join();
    throw tensorError(
      `${loss}: scores ${shapeText(scores.shape)} take one class number a place, ${shapeText(wanted)}, and the targets are ${shapeText(shape)}` +
        (last ? '. Classes are dimension 1, as in PyTorch; where they come last, pass scores.flatten(0, -2) and targets.flatten()' : ''),
    ); // prettier-ignore
  }
  const columns = places.length > 0 ? scores.movedim(1, -1) : scores;
  return { scores: columns.reshape(-1, classes as number), wanted: targets.reshape(-1), shape };
}

const inShape = (loss: Tensor, { shape }: ClassRows, { reduction }: LossOptions): Tensor =>
  reduction === 'none' ? loss.reshape(shape) : loss;

/** The loss of log-probabilities `[rows, classes]`, from operations on tensors: for what the fused kernel does not know. */
function weighted(logs: Tensor, wanted: Tensor, options: CrossEntropyOptions): Tensor {
  const { weight, reduction = 'mean', ignoreIndex = IGNORED, labelSmoothing = 0 } = options;
  if (wanted.dtype !== 'i32' && wanted.dtype !== 'u32')
    throw tensorError(`targets are class numbers (i32 or u32), got ${wanted.dtype}; use .to('i32')`);
  const counts = wanted.ne(ignoreIndex).float();
  const factors = weight ? weight.gather(0, wanted).mul(counts) : counts;
  const hit = logs.gather(1, wanted.unsqueeze(1)).squeeze(1);
  let each = factors.mul(hit).neg();
  if (labelSmoothing > 0) {
    const all = (weight ? logs.mul(weight) : logs).sum(1).mul(counts).neg();
    each = each.mul(1 - labelSmoothing).add(all.mul(labelSmoothing / logs.size(1)));
  }
  return reduction === 'mean' ? each.sum().div(factors.sum()) : reduced(each, { reduction });
}

function ofProbabilities(logits: Tensor, targets: Tensor, options: CrossEntropyOptions): Tensor {
  const { weight, labelSmoothing = 0, reduction = 'mean' } = options;
  const dim = logits.ndim === 1 ? 0 : 1;
  const classes = logits.size(dim);
  const smooth = labelSmoothing > 0 ? targets.mul(1 - labelSmoothing).add(labelSmoothing / classes) : targets;
  const shaped = weight?.reshape([classes, ...logits.shape.slice(dim + 1).map(() => 1)]);
  const logs = logits.logSoftmax(dim);
  const each = smooth.mul(shaped ? logs.mul(shaped) : logs).sum(dim).neg(); // prettier-ignore
  // A mean is over the places, whatever the weights.
  return reduced(each, { reduction });
}
