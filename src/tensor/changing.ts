/**
 * Methods that change the tensor where it lies, by PyTorch's names with their `_`. None is recorded: they are for
 * initial values, moving averages and other work on what is not part of a graph.
 */
import { noGrad } from './grad-mode.ts';
import type { Operand } from './core.ts';
import { theEngine } from './engine.ts';
import { tensorError } from './errors.ts';
import { floatsToHalfBits } from './half.ts';
import { OrderedTensor } from './ordering.ts';
import { normalValues, uniformValues } from './random.ts';
import { markChanged } from './storage.ts';
import type { Tensor } from './tensor.ts';

export abstract class ChangingTensor extends OrderedTensor {
  /** `this += alpha * other` */
  add_(other: Operand, options: { readonly alpha?: number } = {}): this {
    return this.#become('add_', (x) => x.add(other, options));
  }

  /** `this -= alpha * other` */
  sub_(other: Operand, options: { readonly alpha?: number } = {}): this {
    return this.#become('sub_', (x) => x.sub(other, options));
  }

  /** `this *= other` */
  mul_(other: Operand): this {
    return this.#become('mul_', (x) => x.mul(other));
  }

  /** `this /= other` */
  div_(other: Operand): this {
    return this.#become('div_', (x) => x.div(other));
  }

  /** `this += weight * (end - this)`: a step of a moving average. */
  lerp_(end: Tensor, weight: Operand): this {
    return this.#become('lerp_', (x) => x.lerp(end, weight));
  }

  /** Limits every element to `[min, max]`. */
  clamp_(min = -Infinity, max = Infinity): this {
    return this.#become('clamp_', (x) => x.clamp(min, max));
  }

  /** Sets every element to 0. */
  zero_(): this {
    this.beforeChange('zero_');
    theEngine().clear(this.value.array);
    markChanged(this.value.array);
    return this;
  }

  /** Sets the elements to uniform random numbers in [from, to). */
  uniform_(from = 0, to = 1): this {
    return this.#write('uniform_', uniformValues(this.numel(), from, to));
  }

  /** Sets the elements to normal random numbers. */
  normal_(mean = 0, std = 1): this {
    return this.#write('normal_', normalValues(this.numel(), mean, std));
  }

  /** Takes over the values of another tensor of the same type, repeated to this one's shape; not recorded. */
  override copy_(source: Tensor): this {
    const fits = source.shape.join() === this.shape.join();
    return super.copy_(fits ? source : noGrad(() => source.expand(...this.shape)));
  }

  #become(name: string, compute: (x: Tensor) => Tensor): this {
    this.beforeChange(name);
    return this.copy_(noGrad(() => compute(this.itself())));
  }

  #write(name: string, values: Float32Array): this {
    const { dtype } = this;
    if (dtype !== 'f32' && dtype !== 'f16')
      throw tensorError(`${name} fills f32 and f16 tensors, not ${dtype}`);
    this.beforeChange(name);
    theEngine().write(this.value.array, dtype === 'f16' ? floatsToHalfBits(values) : values);
    markChanged(this.value.array);
    return this;
  }
}
