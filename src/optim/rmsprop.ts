import type { DeviceArray } from '../gpu/array.ts';
import { rmspropStep } from '../ops/optimizer-steps.ts';
import { theEngine } from '../tensor/engine.ts';
import { Optimizer, type ParamGroup, type Params } from './optimizer.ts';
import type { Span } from './span.ts';

/** Options of `RMSprop`. */
export interface RMSpropOptions {
  /** Learning rate. Default 1e-2. */
  lr: number;
  /** How slowly the average of the squared gradient forgets. Default 0.99. */
  alpha: number;
  /** Keeps the division finite. Default 1e-8. */
  eps: number;
  weightDecay: number;
  momentum: number;
}

/** RMSprop: gradients divided by the root of their running mean square. */
export class RMSprop extends Optimizer<RMSpropOptions> {
  constructor(params: Params<RMSpropOptions>, options: Partial<RMSpropOptions> = {}) {
    super(params, { lr: 1e-2, alpha: 0.99, eps: 1e-8, weightDecay: 0, momentum: 0, ...options }, [
      'square_avg',
      'momentum_buffer',
    ]);
  }

  protected override update({ parameter, gradient, states }: Span, group: ParamGroup<RMSpropOptions>): void {
    const [squares, momenta] = states as [DeviceArray, DeviceArray];
    rmspropStep(theEngine(), parameter, gradient, squares, momenta, group);
  }
}
