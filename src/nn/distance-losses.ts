/** Losses and measures of distances between vectors as modules: what `functional` computes, with the options kept. */
import type { Tensor } from '../tensor/tensor.ts';
import { cosineSimilarity } from './functional/basics.ts';
import {
  cosineEmbeddingLoss,
  hingeEmbeddingLoss,
  marginRankingLoss,
  pairwiseDistance,
  tripletMarginLoss,
  type MarginOptions,
  type PairwiseDistanceOptions,
  type TripletMarginOptions,
} from './functional/distance-losses.ts';
import { Module } from './module.ts';

/** A module with the options of a call. */
abstract class WithOptions<Options> extends Module {
  protected readonly options: Options;

  constructor(options: Options) {
    super();
    this.options = options;
  }
}

/** The norm of `a - b` over the last dimension. */
export class PairwiseDistance extends WithOptions<PairwiseDistanceOptions> {
  constructor(options: PairwiseDistanceOptions = {}) {
    super(options);
  }

  override forward(a: Tensor, b: Tensor): Tensor {
    return pairwiseDistance(a, b, this.options);
  }
}

/** The cosine of the angle between `a` and `b` over `dim`; each norm counts as at least `eps`. */
export class CosineSimilarity extends Module {
  readonly dim: number;
  readonly eps: number;

  constructor(dim = 1, eps = 1e-8) {
    super();
    this.dim = dim;
    this.eps = eps;
  }

  override forward(a: Tensor, b: Tensor): Tensor {
    return cosineSimilarity(a, b, this.dim, this.eps);
  }
}

/** `max(d(anchor, positive) - d(anchor, negative) + margin, 0)` for vectors `[batch, features]`. */
export class TripletMarginLoss extends WithOptions<TripletMarginOptions> {
  constructor(options: TripletMarginOptions = {}) {
    super(options);
  }

  override forward(anchor: Tensor, positive: Tensor, negative: Tensor): Tensor {
    return tripletMarginLoss(anchor, positive, negative, this.options);
  }
}

/** Of vectors that belong together (target 1) `1 - cos`, of others (target -1) `max(cos - margin, 0)`. */
export class CosineEmbeddingLoss extends WithOptions<MarginOptions> {
  constructor(options: MarginOptions = {}) {
    super(options);
  }

  override forward(a: Tensor, b: Tensor, target: Tensor): Tensor {
    return cosineEmbeddingLoss(a, b, target, this.options);
  }
}

/** `max(-target (a - b) + margin, 0)`: with target 1 the first is to be the larger, with -1 the second. */
export class MarginRankingLoss extends WithOptions<MarginOptions> {
  constructor(options: MarginOptions = {}) {
    super(options);
  }

  override forward(a: Tensor, b: Tensor, target: Tensor): Tensor {
    return marginRankingLoss(a, b, target, this.options);
  }
}

/** `x` with target 1, `max(margin - x, 0)` with target -1. */
export class HingeEmbeddingLoss extends WithOptions<MarginOptions> {
  constructor(options: MarginOptions = {}) {
    super(options);
  }

  override forward(x: Tensor, target: Tensor): Tensor {
    return hingeEmbeddingLoss(x, target, this.options);
  }
}
