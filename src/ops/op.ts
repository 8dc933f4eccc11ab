/**
 * The contract of an operation: forward and backward in one file, each a plan of launches. The tape of the tensor room
 * calls it; the operation itself sees only arrays.
 */
import type { DeviceArray, Dtype } from '../gpu/array.ts';
import type { Role } from '../trace/model.ts';

/** What an operation may ask of the engine while it plans. */
export interface OpContext {
  /** Memory that is not cleared. The caller of the operation owns what the operation returns. */
  empty(shape: readonly number[], dtype?: Dtype, role?: Role): DeviceArray;
  zeros(shape: readonly number[], dtype?: Dtype, role?: Role): DeviceArray;
}

export interface Forward {
  readonly outputs: readonly DeviceArray[];
  /** Kept alive by the tape until the backward pass has run: inputs, outputs or arrays made for it alone. */
  readonly saved: readonly DeviceArray[];
}

export interface Op<Attributes> {
  readonly name: string;
  forward(context: OpContext, inputs: readonly DeviceArray[], attributes: Attributes): Forward;
  /**
   * Gradients of the inputs, null where `needs[i]` is false or the operation has none. `gradients[i]` is null where
   * output i was not used. Must not keep or release what it is given.
   */
  backward(
    context: OpContext,
    gradients: readonly (DeviceArray | null)[],
    saved: readonly DeviceArray[],
    attributes: Attributes,
    needs: readonly boolean[],
  ): readonly (DeviceArray | null)[];
}
