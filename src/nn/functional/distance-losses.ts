/** Losses of distances and orders between vectors, by PyTorch's formulas and defaults. */
import { shapeText, tensorError } from '../../tensor/errors.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { cosineSimilarity } from './basics.ts';
import { reduced, type LossOptions } from './losses.ts';

/** Options of `pairwiseDistance`. */
export interface PairwiseDistanceOptions {
  /** Order of the norm. Default 2. */
  readonly p?: number;
  /** Added to each difference, so that a distance of 0 has a gradient. Default 1e-6. */
  readonly eps?: number;
  /** Keep the last dimension. Default false. */
  readonly keepDim?: boolean;
}

/** The norm of `a - b + eps` over the last dimension. */
export function pairwiseDistance(a: Tensor, b: Tensor, options: PairwiseDistanceOptions = {}): Tensor {
  const { p = 2, eps = 1e-6, keepDim = false } = options;
  return a.sub(b).add(eps).norm(p, -1, keepDim);
}

/** Options of `tripletMarginLoss`. */
export interface TripletMarginOptions extends LossOptions, Omit<PairwiseDistanceOptions, 'keepDim'> {
  /** Default 1. */
  readonly margin?: number;
  /** Take the negative's distance from the positive where that is less. Default false. */
  readonly swap?: boolean;
}

/** `max(d(anchor, positive) - d(anchor, negative) + margin, 0)` for vectors `[batch, features]`. */
export function tripletMarginLoss(
  anchor: Tensor,
  positive: Tensor,
  negative: Tensor,
  options: TripletMarginOptions = {},
): Tensor {
  const { margin = 1, p = 2, eps = 1e-6, swap = false } = options;
  refuseUnequal('tripletMarginLoss', anchor, positive, negative);
  const distance = (a: Tensor, b: Tensor): Tensor => pairwiseDistance(a, b, { p, eps });
  const far = distance(anchor, negative);
  const least = swap ? far.minimum(distance(positive, negative)) : far;
  return reduced(distance(anchor, positive).sub(least).add(margin).relu(), options);
}

/** Options of the losses with a margin. */
export interface MarginOptions extends LossOptions {
  /** Default 0 (of `hingeEmbeddingLoss` 1). */
  readonly margin?: number;
}

/** Of vectors that belong together (target 1) `1 - cos`, of others (target -1) `max(cos - margin, 0)`. */
export function cosineEmbeddingLoss(
  a: Tensor,
  b: Tensor,
  target: Tensor,
  options: MarginOptions = {},
): Tensor {
  const { margin = 0 } = options;
  refuseUnequal('cosineEmbeddingLoss', a, b);
  const cosine = cosineSimilarity(a, b, -1);
  refuseUnequal('cosineEmbeddingLoss (cosines and targets)', cosine, target);
  const together = cosine.neg().add(1);
  return reduced(together.where(target.eq(1), cosine.sub(margin).relu().where(target.eq(-1), 0)), options);
}

/** `max(-target (a - b) + margin, 0)`: with target 1 the first is to be the larger, with -1 the second. */
export function marginRankingLoss(a: Tensor, b: Tensor, target: Tensor, options: MarginOptions = {}): Tensor {
  refuseUnequal('marginRankingLoss', a, b, target);
  return reduced(
    b
      .sub(a)
      .mul(target)
      .add(options.margin ?? 0)
      .relu(),
    options,
  );
}

/** `x` with target 1, `max(margin - x, 0)` with target -1. */
export function hingeEmbeddingLoss(x: Tensor, target: Tensor, options: MarginOptions = {}): Tensor {
  refuseUnequal('hingeEmbeddingLoss', x, target);
  const apart = x.neg().add(options.margin ?? 1).relu(); // prettier-ignore
  return reduced(x.where(target.eq(1), apart.where(target.eq(-1), 0)), options);
}

function refuseUnequal(loss: string, first: Tensor, ...others: readonly Tensor[]): void {
  const other = others.find(({ shape }) => shape.join() !== first.shape.join());
  if (other)
    throw tensorError(
      `${loss}: ${shapeText(first.shape)} and ${shapeText(other.shape)} have different shapes`,
    );
}
