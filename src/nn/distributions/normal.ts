import { full } from '../../tensor/creation.ts';
import { randn } from '../../tensor/random-creation.ts';
import { Tensor } from '../../tensor/tensor.ts';

/** Numbers around a mean with a deviation, for each element. */
export class Normal {
  readonly loc: Tensor;
  readonly scale: Tensor;

  constructor(loc: Tensor | number, scale: Tensor | number) {
    const like = [loc, scale].find((each) => each instanceof Tensor)?.shape ?? [];
    const made = (each: Tensor | number): Tensor => (each instanceof Tensor ? each : full(like, each));
    this.loc = made(loc);
    this.scale = made(scale);
  }

  get mean(): Tensor {
    return this.loc;
  }

  get stddev(): Tensor {
    return this.scale;
  }

  get variance(): Tensor {
    return this.scale.square();
  }

  /** Drawn values `[...sampleShape, ...batch]`, through which gradients flow to mean and deviation. */
  rsample(sampleShape: readonly number[] = []): Tensor {
    return this.loc.add(this.scale.mul(randn([...sampleShape, ...this.#shape])));
  }

  /** Drawn values `[...sampleShape, ...batch]`. */
  sample(sampleShape: readonly number[] = []): Tensor {
    return this.rsample(sampleShape).detach();
  }

  /** The logarithm of the density at each value. */
  logProb(value: Tensor): Tensor {
    const distance = value.sub(this.loc).div(this.scale);
    return distance.square().mul(-0.5).sub(this.scale.log()).sub(HALF_LOG_TWO_PI); // prettier-ignore
  }

  entropy(): Tensor {
    return this.scale.log().add(0.5 + HALF_LOG_TWO_PI).add(this.loc.mul(0)); // prettier-ignore
  }

  /** Of both, broadcast. */
  get #shape(): readonly number[] {
    const rank = Math.max(this.loc.ndim, this.scale.ndim);
    const size = ({ shape }: Tensor, i: number): number => shape[i - rank + shape.length] ?? 1;
    return Array.from({ length: rank }, (_, i) => Math.max(size(this.loc, i), size(this.scale, i)));
  }
}

const HALF_LOG_TWO_PI = 0.5 * Math.log(2 * Math.PI);
