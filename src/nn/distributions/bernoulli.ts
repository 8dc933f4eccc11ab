import { binaryCrossEntropyWithLogits } from '../functional/losses.ts';
import { rand } from '../../tensor/random-creation.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { givenOne, type LogitsOrProbs } from './given.ts';

/** 1 with a probability, else 0. */
export class Bernoulli {
  /** Logarithm of the odds. */
  readonly logits: Tensor;

  constructor(given: LogitsOrProbs) {
    const { logits, probs } = givenOne('Bernoulli', given);
    this.logits = logits ?? (probs as Tensor).clamp(EPSILON, 1 - EPSILON).div((probs as Tensor).clamp(EPSILON, 1 - EPSILON).neg().add(1)).log(); // prettier-ignore
  }

  get probs(): Tensor {
    return this.logits.sigmoid();
  }

  get mean(): Tensor {
    return this.probs;
  }

  /** Drawn values (f32), `[...sampleShape, ...batch]`. */
  sample(sampleShape: readonly number[] = []): Tensor {
    const probs = this.probs.detach();
    return rand([...sampleShape, ...probs.shape])
      .lt(probs)
      .float();
  }

  /** The logarithm of each value's probability. */
  logProb(value: Tensor): Tensor {
    const logits = value.shape.join() === this.logits.shape.join() ? this.logits : this.logits.expand(...value.shape); // prettier-ignore
    return binaryCrossEntropyWithLogits(logits, value, { reduction: 'none' }).neg();
  }

  entropy(): Tensor {
    return binaryCrossEntropyWithLogits(this.logits, this.probs, { reduction: 'none' });
  }
}

/** Of f32, as PyTorch keeps probabilities from 0 and 1. */
const EPSILON = 2 ** -23;
