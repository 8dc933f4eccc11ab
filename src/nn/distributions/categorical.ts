import { rand } from '../../tensor/random-creation.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { givenOne, type LogitsOrProbs } from './given.ts';

/** Class numbers from 0, each with its probability (the last dimension), as of a policy. */
export class Categorical {
  /** Logarithms of the probabilities. */
  readonly logits: Tensor;

  constructor(given: LogitsOrProbs) {
    const { logits, probs } = givenOne('Categorical', given);
    this.logits = logits ? logits.sub(logits.logsumexp(-1, true)) : (probs as Tensor).div((probs as Tensor).sum(-1, true)).clamp(LEAST).log(); // prettier-ignore
  }

  get probs(): Tensor {
    return this.logits.exp();
  }

  /** Drawn class numbers (i32), `[...sampleShape, ...batch]`. Nothing is read back: the largest of the logits with Gumbel's noise wins. */
  sample(sampleShape: readonly number[] = []): Tensor {
    const logits = this.logits.detach();
    const gumbel = rand([...sampleShape, ...logits.shape]).clamp(LEAST, 1 - 2 ** -24).log().neg().log().neg(); // prettier-ignore
    return logits.add(gumbel).argmax(-1);
  }

  /** The logarithm of each value's probability. */
  logProb(value: Tensor): Tensor {
    const classes = this.logits.size(-1);
    const places = value.int().unsqueeze(-1);
    const logits = places.shape.slice(0, -1).join() === this.logits.shape.slice(0, -1).join() ? this.logits : this.logits.expand(...places.shape.slice(0, -1), classes); // prettier-ignore
    return logits.gather(-1, places).squeeze(-1);
  }

  entropy(): Tensor {
    return this.probs.mul(this.logits).sum(-1).neg();
  }
}

/** Least normal f32: the logarithm of less is not finite. */
const LEAST = 1.1754944e-38;
