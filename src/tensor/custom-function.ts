/** Operations of a script's own, with a gradient it says itself, as `torch.autograd.Function`. */
import type { DeviceArray } from '../gpu/array.ts';
import type { Op } from '../ops/op.ts';
import { TensorCore } from './core.ts';
import { shapeText, tensorError } from './errors.ts';
import { noGrad } from './grad-mode.ts';
import { inScope } from './lifetime.ts';
import { handOver, hold } from './storage.ts';
import { apply } from './tape.ts';
import { Tensor } from './tensor.ts';
import { Value } from './value.ts';
import { valuesIn } from './values-in.ts';

/** What `forward` leaves for `backward`. More may be stored on it: numbers, shapes. */
export class Context {
  /** Which inputs want a gradient. */
  needsInputGrad: readonly boolean[] = [];
  #saved: readonly Tensor[] = [];

  /** Keeps tensors for the backward pass: inputs, outputs, or what was made between. */
  saveForBackward(...tensors: readonly Tensor[]): void {
    this.#saved = tensors;
  }

  /** What was kept. */
  get savedTensors(): readonly Tensor[] {
    return this.#saved;
  }

  /** @internal */
  set savedTensors(tensors: readonly Tensor[]) {
    this.#saved = tensors;
  }

  [name: string]: unknown;
}

type Result = Tensor | readonly Tensor[];
type Gradients = Tensor | null | readonly (Tensor | null)[];

/** The two static methods of a subclass. */
interface Definition<Inputs extends readonly unknown[], Output extends Result> {
  readonly name: string;
  forward(context: Context, ...inputs: Inputs): Output;
  backward(context: Context, ...gradients: Tensor[]): Gradients;
}

/**
 * An operation with a gradient of its own. Subclasses have two static methods, neither of which is recorded: `forward` computes the
 * output (or several) of its inputs, `backward` the gradients of all inputs (null for what is no tensor) from those of the outputs.
 *
 * ```ts
 * class Sign extends autograd.Function {
 *   static forward(context: autograd.Context, x: Tensor): Tensor {
 *     context.saveForBackward(x);
 *     return x.sign();
 *   }
 *   static backward(context: autograd.Context, gradient: Tensor): Tensor {
 *     return gradient.mul(context.savedTensors[0].abs().le(1));
 *   }
 * }
 * const y = Sign.apply(x);
 * ```
 */
export abstract class CustomFunction {
  static apply<const Inputs extends readonly unknown[], Output extends Result>(
    this: Definition<Inputs, Output>,
    ...inputs: Inputs
  ): Output {
    const places = [...inputs.keys()].filter((i) => inputs[i] instanceof TensorCore);
    const values = places.map((i) => (inputs[i] as Tensor).value);
    const context = new Context();
    context.needsInputGrad = inputs.map((each) => each instanceof TensorCore && each.requiresGrad);
    let several = false;
    const op: Op<object> = {
      name: this.name,
      forward: (_engine, arrays) => {
        const given = inputs.slice();
        places.forEach((place, i) => (given[place] = over(arrays[i] as DeviceArray)));
        const outputs = inScope(
          `when forward() of ${this.name} returned`,
          () => noGrad(() => this.forward(context, ...(given as unknown as Inputs))),
          (result) => [...valuesIn(result), ...valuesIn([...context.savedTensors])],
        );
        several = Array.isArray(outputs);
        const saved = context.savedTensors.map(({ value }) => value.array);
        context.savedTensors = [];
        return { outputs: [outputs].flat().map(({ value }) => value.array), saved };
      },
      backward: (engine, gradients, saved) => {
        const results = inScope(
          `when backward() of ${this.name} returned`,
          () => {
            context.savedTensors = saved.map(over);
            const given = gradients.map((each, i) =>
              over(each ?? engine.zeros(made[i]?.shape ?? [], 'f32', 'gradient')),
            );
            const answer = [noGrad(() => this.backward(context, ...given))].flat();
            context.savedTensors = [];
            return places.map((place, i) => gradientFor(this.name, answer[place], values[i] as Value));
          },
          () => [],
        );
        for (const array of results) if (array) handOver(array);
        return results;
      },
    };
    const made = apply(op, values, {}).map((value) => new Tensor(value));
    return (several ? made : made[0]) as Output;
  }
}

const over = (array: DeviceArray): Tensor => new Tensor(new Value(array));

function gradientFor(
  name: string,
  gradient: Tensor | null | undefined,
  { shape }: Value,
): DeviceArray | null {
  if (!gradient) return null;
  if (gradient.shape.join() !== shape.join())
    throw tensorError(
      `backward() of ${name} gave a gradient ${shapeText(gradient.shape)} for an input ${shapeText(shape)}`,
    );
  return hold(gradient.value.array);
}
