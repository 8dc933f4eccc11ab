/** Which samples an epoch has, where it is not all of them once. */
import { seededRandom, type Random } from '../base/random.ts';
import { tensorError } from '../tensor/errors.ts';
import { nextUniform } from '../tensor/random.ts';

/** Says for each epoch which samples it has, in which order. */
export interface Sampler {
  /** Samples of an epoch. */
  readonly length: number;
  indices(): Uint32Array;
}

/** Options of `WeightedRandomSampler`. */
export interface WeightedSamplerOptions {
  /** A sample may come again within an epoch. Default true. */
  readonly replacement?: boolean;
  /** Without it the choices come from `manualSeed`. */
  readonly seed?: number;
}

/** Samples drawn with the given weights, such as the inverse frequency of their class. */
export class WeightedRandomSampler implements Sampler {
  readonly length: number;
  readonly #weights: Float64Array;
  readonly #replacement: boolean;
  readonly #random: Random;

  constructor(weights: ArrayLike<number>, numSamples: number, options: WeightedSamplerOptions = {}) {
    const { replacement = true, seed } = options;
    this.#weights = Float64Array.from(weights);
    if (this.#weights.some((weight) => !(weight >= 0)) || !this.#weights.some((weight) => weight > 0))
      throw tensorError('WeightedRandomSampler: the weights must not be negative, and some above 0');
    const possible = this.#weights.filter((weight) => weight > 0).length;
    if (!replacement && numSamples > possible)
      throw tensorError(`WeightedRandomSampler: ${numSamples} different samples of ${possible}`);
    this.length = numSamples;
    this.#replacement = replacement;
    this.#random = seed === undefined ? nextUniform : seededRandom(seed);
  }

  indices(): Uint32Array {
    return this.#replacement ? this.#anew() : this.#different();
  }

  #anew(): Uint32Array {
    let total = 0;
    const sums = this.#weights.map((weight) => (total += weight));
    return Uint32Array.from({ length: this.length }, () => firstAbove(sums, this.#random() * total));
  }

  /** Efraimidis and Spirakis (2006): the largest of u^(1/weight) are a weighted choice without replacement. */
  #different(): Uint32Array {
    const keys = [...this.#weights].map((weight, i) => [i, Math.log(this.#random()) / weight] as const);
    return Uint32Array.from(
      keys
        .toSorted(([, a], [, b]) => b - a)
        .slice(0, this.length)
        .map(([i]) => i),
    );
  }
}

/** The place of the first sum above `wanted`, by bisection. */
function firstAbove(sums: Float64Array, wanted: number): number {
  let [low, high] = [0, sums.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sums[middle] as number) > wanted) high = middle;
    else low = middle + 1;
  }
  return low;
}
