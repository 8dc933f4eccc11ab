import { ChangingTensor } from './changing.ts';
import type { Value } from './value.ts';

/**
 * An array of numbers on the GPU, with PyTorch's names for what can be done to it. Operations run in the order they are
 * called, without waiting; only `data()`, `toArray()` and `item()` bring values back, as promises.
 */
export class Tensor extends ChangingTensor {
  override wrap(value: Value): Tensor {
    return new Tensor(value);
  }

  override itself(): Tensor {
    return this;
  }
}
