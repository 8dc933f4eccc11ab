/**
 * The contract of an operation: forward and backward in one file, each a few launches. The tape of the tensor room
 * calls it; the operation itself sees only arrays. An operation never releases what it was given; what it makes for
 * itself alone it releases before it returns.
 */
import type { DeviceArray, Dtype } from '../gpu/array.ts';
import type { Question } from '../gpu/choices.ts';
import type { DeviceFacts } from '../gpu/facts.ts';
import type { Launch, PlanKey, Planner } from '../gpu/launch.ts';
import type { Role } from '../trace/model.ts';
import type { Activation } from './activations.ts';

/** What an operation may ask of the engine. `Engine` is one. */
export interface OpContext {
  readonly facts: DeviceFacts;
  /** Memory that is not cleared. The caller of the operation owns what the operation returns. */
  empty(shape: readonly number[], dtype?: Dtype, role?: Role): DeviceArray;
  zeros(shape: readonly number[], dtype?: Dtype, role?: Role): DeviceArray;
  /** Another shape of the same memory; both are to be released. */
  view(array: DeviceArray, shape: readonly number[], dtype?: Dtype): DeviceArray;
  /**
   * Where the backward pass writes the gradient of input `index`: new memory, or the place a parameter's gradient has
   * in the optimizer's arena. Every element is written.
   */
  gradient(index: number, shape: readonly number[], dtype?: Dtype): DeviceArray;
  plan<Args extends readonly PlanKey[]>(planner: Planner<Args>, ...args: Args): Launch;
  /** The algorithm to use: `key` names the operation's form and size class, `ask` is called where the answer is not known yet. */
  choose(operation: string, key: string, ask: () => Omit<Question, 'key'>): string;
  launch(launch: Launch, arrays: readonly DeviceArray[], words?: Uint32Array): void;
}

export interface Forward {
  readonly outputs: readonly DeviceArray[];
  /** Kept alive by the tape until the backward pass has run: inputs, outputs or arrays made for it alone. */
  readonly saved: readonly DeviceArray[];
}

/** A forward pass that is checked and not run yet, of one output. */
export interface Begun {
  readonly shape: readonly number[];
  readonly dtype: Dtype;
  /** As `Forward.saved`, where the backward pass needs no output. */
  readonly saved: readonly DeviceArray[];
  /** The output, the activation applied as it is stored. */
  finish(activation: Activation): DeviceArray;
}

export interface Op<Attributes> {
  readonly name: string;
  /** Of an operation whose kernels can apply an activation as they store: `forward` but for the work. Throws as it does. */
  begin?(context: OpContext, inputs: readonly DeviceArray[], attributes: Attributes): Begun;
  /** @throws RangeError where shapes, dtypes or attributes do not go together, naming them. */
  forward(context: OpContext, inputs: readonly DeviceArray[], attributes: Attributes): Forward;
  /**
   * Gradients of the inputs, null where `needs[i]` is false or the operation has none. `gradients[i]` is null where
   * output i was not used. A gradient may be a view of one that came in; the caller releases both.
   */
  backward(
    context: OpContext,
    gradients: readonly (DeviceArray | null)[],
    saved: readonly DeviceArray[],
    attributes: Attributes,
    needs: readonly boolean[],
  ): readonly (DeviceArray | null)[];
}
