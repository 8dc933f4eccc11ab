/** Loss scaling, for training in mixed precision. */
import { gradientMemory } from '../nn/utils.ts';
import { sumOfSquares } from '../ops/in-place.ts';
import { inPhase } from '../probe/annotate.ts';
import { theEngine } from '../tensor/engine.ts';
import { noGrad } from '../tensor/grad-mode.ts';
import { inScope } from '../tensor/lifetime.ts';
import { endStep } from '../tensor/steps.ts';
import { Tensor } from '../tensor/tensor.ts';
import { Value } from '../tensor/value.ts';
import type { BaseOptions, Optimizer } from './optimizer.ts';

/** Options of `GradScaler`; names and defaults are PyTorch's. */
export interface GradScalerOptions {
  /** Default 65536. */
  readonly initScale?: number;
  /** Default 2. */
  readonly growthFactor?: number;
  /** Default 0.5. */
  readonly backoffFactor?: number;
  /** Steps without overflow after which the scale grows. Default 2000. */
  readonly growthInterval?: number;
}

/**
 * Multiplies the loss so that gradients do not vanish in f16, divides them again before the step, and leaves the step out
 * where they overflowed.
 *
 * ```ts
 * scaler.scale(loss).backward();
 * await scaler.step(optimizer);
 * ```
 */
export class GradScaler {
  readonly #options: Required<GradScalerOptions>;
  #scale: number;
  #goodSteps = 0;
  #unscaled = new WeakSet<object>();

  constructor(options: GradScalerOptions = {}) {
    this.#options = {
      initScale: 65536,
      growthFactor: 2,
      backoffFactor: 0.5,
      growthInterval: 2000,
      ...options,
    };
    this.#scale = this.#options.initScale;
  }

  /** The factor now. */
  getScale(): number {
    return this.#scale;
  }

  /** The loss to call `backward()` on. */
  scale(loss: Tensor): Tensor {
    const scaled = loss.mul(this.#scale);
    scaled.value.lossScale = this.#scale;
    return scaled;
  }

  /** Divides the gradients by the scale already, for clipping between `backward()` and `step()`. */
  unscale_<Options extends BaseOptions>(optimizer: Optimizer<Options>): void {
    if (this.#unscaled.has(optimizer)) return;
    this.#unscaled.add(optimizer);
    const memory = gradientMemory(this.#parameters(optimizer));
    inPhase('optimizer', () =>
      noGrad(() =>
        inScope(
          'when the gradients were unscaled',
          () => {
            for (const array of memory) {
              const gradient = new Tensor(new Value(array));
              gradient.copy_(gradient.mul(1 / this.#scale));
            }
          },
          () => [],
        ),
      ),
    );
  }

  /**
   * The optimizer's step, left out where a gradient is infinite or not a number. Waits for the gradients to know.
   * @returns whether the step was made.
   */
  async step<Options extends BaseOptions>(optimizer: Optimizer<Options>): Promise<boolean> {
    this.unscale_(optimizer);
    this.#unscaled.delete(optimizer);
    const engine = theEngine();
    const squares = gradientMemory(this.#parameters(optimizer)).map((array) => sumOfSquares(engine, array));
    const sums = await inPhase('readback', () => engine.readAll(squares));
    for (const array of squares) array.release();
    const finite = sums.every(([sum]) => Number.isFinite(sum));
    if (finite) {
      optimizer.step();
      this.#goodSteps++;
    } else endStep(optimizer);
    this.#update(finite);
    return finite;
  }

  #update(finite: boolean): void {
    const { growthFactor, backoffFactor, growthInterval } = this.#options;
    if (finite && this.#goodSteps < growthInterval) return;
    this.#scale *= finite ? growthFactor : backoffFactor;
    this.#goodSteps = 0;
  }

  #parameters<Options extends BaseOptions>(optimizer: Optimizer<Options>) {
    return optimizer.paramGroups.flatMap(({ params }) => params).filter(({ grad }) => grad !== null);
  }
}
