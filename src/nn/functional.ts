/** Layers without parameters as functions, as `torch.nn.functional`. */
import { attention } from '../ops/attention.ts';
import { crossEntropy as crossEntropyOp, type LossReduction } from '../ops/cross-entropy.ts';
import { dropout as dropoutOp } from '../ops/dropout.ts';
import { linear as linearOp } from '../ops/linear.ts';
import { combined } from '../tensor/combined.ts';
import { constant } from '../tensor/constants.ts';
import { nextSeed } from '../tensor/random.ts';
import { apply1 } from '../tensor/tape.ts';
import { Tensor } from '../tensor/tensor.ts';

/** `x W^T + b` with a weight `[out, in]`. */
export function linear(x: Tensor, weight: Tensor, bias: Tensor | null = null): Tensor {
  return new Tensor(
    apply1(
      linearOp,
      [x, weight, ...(bias ? [bias] : [])].map(({ value }) => value),
      {},
    ),
  );
}

/** Sets elements to zero with probability `p` and scales the others by `1 / (1 - p)`. */
export function dropout(x: Tensor, p = 0.5, training = true): Tensor {
  if (!training || p === 0) return x;
  if (p === 1) return x.mul(0);
  return new Tensor(apply1(dropoutOp, [x.value], { p, seed: nextSeed() }));
}

/** Options of `crossEntropy`. */
export interface CrossEntropyFunctionOptions {
  readonly reduction?: LossReduction;
  readonly ignoreIndex?: number;
  readonly labelSmoothing?: number;
}

/** Cross entropy of logits `[rows, classes]` and class numbers `[rows]`. */
export function crossEntropy(
  logits: Tensor,
  targets: Tensor,
  options: CrossEntropyFunctionOptions = {},
): Tensor {
  return new Tensor(apply1(crossEntropyOp, [logits.value, targets.value], options));
}

/** Mean square of the differences. */
export const mseLoss = (x: Tensor, y: Tensor): Tensor => x.sub(y).square().mean();

/** Vectors of `classes` elements with a 1 at each of the given places. */
export function oneHot(places: Tensor, classes: number): Tensor {
  const ramp = constant('ramp', [classes], (i) => i);
  return new Tensor(combined('equal', places.unsqueeze(-1).to('f32').value, ramp));
}

/** Options of `scaledDotProductAttention`. */
export interface ScaledDotProductOptions {
  /** Added to the scores before the softmax; `-Infinity` forbids. Broadcasts to `[batch, heads, target, source]`. */
  readonly attnMask?: Tensor;
  /** Dropout of the attention weights. Default 0. */
  readonly dropoutP?: number;
  /** Each position sees itself and what came before. */
  readonly isCausal?: boolean;
  /** Default `1 / sqrt(features)`. */
  readonly scale?: number;
}

/** `softmax(q k^T * scale + mask) v` for `[batch, heads, time, features]`. */
export function scaledDotProductAttention(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  options: ScaledDotProductOptions = {},
): Tensor {
  const { attnMask, dropoutP = 0, isCausal = false, scale } = options;
  const plainMask = !attnMask || (attnMask.ndim === 2 && !attnMask.requiresGrad);
  if (!plainMask || query.shape.slice(0, -2).join() !== key.shape.slice(0, -2).join())
    return dropout(attentionWeights(query, key, options), dropoutP).matmul(value);
  const inputs = [query, key, value, ...(attnMask ? [attnMask] : [])];
  const attributes = {
    causal: isCausal,
    ...(scale === undefined ? {} : { scale }),
    ...(dropoutP > 0 ? { dropoutP, seed: nextSeed() } : {}),
  };
  return new Tensor(
    apply1(
      attention,
      inputs.map((each) => each.value),
      attributes,
    ),
  );
}

/** `softmax(q k^T * scale + mask)`: what each position takes from each other. */
export function attentionWeights(query: Tensor, key: Tensor, options: ScaledDotProductOptions = {}): Tensor {
  const { attnMask, isCausal = false, scale = 1 / Math.sqrt(query.size(-1)) } = options;
  let scores = query.mul(scale).matmulTransposed(key);
  if (isCausal) scores = causal(scores);
  if (attnMask) scores = scores.add(attnMask);
  return scores.softmax(-1);
}

/** The scores, with those of positions i that may not see position j > i set to -Infinity. */
function causal(scores: Tensor): Tensor {
  const source = scores.size(-1);
  const mask = constant('causal', scores.shape.slice(-2), (at) =>
    at % source > Math.floor(at / source) ? -Infinity : 0,
  );
  return new Tensor(combined('add', scores.value, mask));
}
