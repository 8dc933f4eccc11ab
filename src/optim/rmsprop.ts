import type { DeviceArray } from '../gpu/array.ts';
import { rmspropStep } from '../ops/optimizer-steps.ts';
import { theEngine } from '../tensor/engine.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { Optimizer, type ParamGroup, type Params } from './optimizer.ts';
import { average, onTensors, remember, withDecay } from './on-tensors.ts';
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
  /** Divide by the variance rather than the mean square, in several dispatches. Default false. */
  centered: boolean;
  /** Climb the gradients instead of descending: the objective is to grow. Default false. */
  maximize: boolean;
}

/** RMSprop: gradients divided by the root of their running mean square. */
export class RMSprop extends Optimizer<RMSpropOptions> {
  constructor(params: Params<RMSpropOptions>, options: Partial<RMSpropOptions> = {}) {
    const names = ['square_avg', 'momentum_buffer', ...(options.centered ? ['grad_avg'] : [])];
    const defaults = {
      lr: 1e-2,
      alpha: 0.99,
      eps: 1e-8,
      weightDecay: 0,
      momentum: 0,
      centered: false,
      maximize: false,
    };
    super(params, { ...defaults, ...options }, names);
  }

  protected override update(span: Span, group: ParamGroup<RMSpropOptions>): void {
    const { parameter, gradient, states } = span;
    if (states.length > 2) {
      onTensors(span, group, (p, g, [squares, momenta, means]) =>
        centeredStep(p, g, squares as Tensor, momenta as Tensor, means as Tensor, group),
      );
      return;
    }
    const [squares, momenta] = states as [DeviceArray, DeviceArray];
    rmspropStep(theEngine(), parameter, gradient, squares, momenta, group);
  }
}

function centeredStep(
  p: Tensor,
  gradient: Tensor,
  squares: Tensor,
  momenta: Tensor,
  means: Tensor,
  options: RMSpropOptions,
): void {
  const { lr, alpha, eps, weightDecay, momentum } = options;
  const g = withDecay(gradient, p, weightDecay);
  average(squares, g.square(), alpha);
  average(means, g, alpha);
  const deviation = squares.sub(means.square()).sqrt().add(eps);
  remember(momenta, momenta.mul(momentum).add(g.div(deviation)));
  p.copy_(p.sub(momenta.mul(lr)));
}
