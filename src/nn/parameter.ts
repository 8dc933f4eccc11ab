/** The tensors a module owns. They live as long as the module does. */
import { Tensor } from '../tensor/tensor.ts';
import { Value } from '../tensor/value.ts';

/** A tensor that an optimizer may change: found by `module.parameters()` when it is a property of a module. */
export class Parameter extends Tensor {
  constructor(data: Tensor, requiresGrad = true) {
    super(new Value(data.value.array, { madeBy: 'parameter' }));
    this.requiresGrad_(requiresGrad);
    this.keep();
  }
}

/** A tensor that belongs to a module's state but is not trained, such as running statistics. */
export class Buffer extends Tensor {
  constructor(data: Tensor) {
    super(new Value(data.value.array, { madeBy: 'buffer' }));
    this.keep();
  }
}
