/** Scaled dot-product attention, as `torch.nn.functional`. */
import { attention } from '../../ops/attention.ts';
import { combined } from '../../tensor/combined.ts';
import { constant } from '../../tensor/constants.ts';
import { tensor } from '../../tensor/creation.ts';
import { nextSeed } from '../../tensor/random.ts';
import { apply1 } from '../../tensor/tape.ts';
import { Tensor } from '../../tensor/tensor.ts';
import { dropout } from './basics.ts';

/** Options of `scaledDotProductAttention`. */
export interface ScaledDotProductOptions {
  /**
   * Truth values: which places take part. Numbers: added to the scores before the softmax; `-Infinity` forbids. Broadcasts
   * to `[batch, heads, target, source]`.
   */
  readonly attnMask?: Tensor | undefined;
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
  const { dropoutP = 0, isCausal = false, scale } = options;
  const mask = options.attnMask && added(options.attnMask);
  const plainMask = !mask || (mask.ndim === 2 && !mask.requiresGrad && !mask.shape.includes(1));
  if (!plainMask || query.shape.slice(0, -2).join() !== key.shape.slice(0, -2).join())
    return dropout(attentionWeights(query, key, { ...options, attnMask: mask }), dropoutP).matmul(value);
  const inputs = [query, key, value, ...(mask ? [mask] : [])];
  const attributes = {
    causal: isCausal,
    ...(scale === undefined ? {} : { scale }),
    ...(dropoutP > 0 ? { dropoutP, seed: nextSeed() } : {}),
  };
  return new Tensor(apply1(attention, inputs.map((each) => each.value), attributes)); // prettier-ignore
}

/** `softmax(q k^T * scale + mask)`: what each position takes from each other. */
export function attentionWeights(query: Tensor, key: Tensor, options: ScaledDotProductOptions = {}): Tensor {
  const { attnMask, isCausal = false, scale = 1 / Math.sqrt(query.size(-1)) } = options;
  let scores = query.mul(scale).matmulTransposed(key);
  if (isCausal) scores = causal(scores);
  if (attnMask) scores = scores.add(added(attnMask));
  return scores.softmax(-1);
}

/** A mask as what is added to the scores: nothing where a truth value lets a place take part, else -Infinity. */
export const added = (mask: Tensor): Tensor =>
  mask.dtype === 'bool' ? tensor(0).where(mask, -Infinity) : mask;

/** The scores, with those of positions i that may not see position j > i set to -Infinity. */
function causal(scores: Tensor): Tensor {
  const source = scores.size(-1);
  const mask = constant('causal', scores.shape.slice(-2), (at) =>
    at % source > Math.floor(at / source) ? -Infinity : 0,
  );
  return new Tensor(combined('add', scores.value, mask));
}
