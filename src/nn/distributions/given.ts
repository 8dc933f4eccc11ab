import { tensorError } from '../../tensor/errors.ts';
import type { Tensor } from '../../tensor/tensor.ts';

/** Probabilities, or what they are computed from. */
export interface LogitsOrProbs {
  readonly logits?: Tensor;
  readonly probs?: Tensor;
}

/** @throws TensorError where both are given, or none. */
export function givenOne(name: string, given: LogitsOrProbs): LogitsOrProbs {
  if ((given.logits === undefined) === (given.probs === undefined))
    throw tensorError(`${name} takes either { logits } or { probs }`);
  return given;
}
