import type { Tensor } from '../tensor/tensor.ts';
import { average, onTensors, withDecay } from './on-tensors.ts';
import { Optimizer, type ParamGroup, type Params } from './optimizer.ts';
import type { Span } from './span.ts';

/** Options of `Adadelta`. */
export interface AdadeltaOptions {
  /** Learning rate. Default 1. */
  lr: number;
  /** How slowly the averages forget. Default 0.9. */
  rho: number;
  /** Keeps the division finite. Default 1e-6. */
  eps: number;
  /** Added to the gradient, times the parameters. Default 0. */
  weightDecay: number;
  /** Climb the gradients instead of descending: the objective is to grow. Default false. */
  maximize: boolean;
}

/** Adadelta (Zeiler 2012): steps as large as those before, by the root mean squares of both. */
export class Adadelta extends Optimizer<AdadeltaOptions> {
  constructor(params: Params<AdadeltaOptions>, options: Partial<AdadeltaOptions> = {}) {
    const defaults = { lr: 1, rho: 0.9, eps: 1e-6, weightDecay: 0, maximize: false };
    super(params, { ...defaults, ...options }, ['square_avg', 'acc_delta']);
  }

  protected override update(span: Span, group: ParamGroup<AdadeltaOptions>): void {
    onTensors(span, group, (p, gradient, states) => {
      const [squares, steps] = states as [Tensor, Tensor];
      const g = withDecay(gradient, p, group.weightDecay);
      const { rho, eps } = group;
      average(squares, g.square(), rho);
      const delta = steps.add(eps).div(squares.add(eps)).sqrt().mul(g); // prettier-ignore
      average(steps, delta.square(), rho);
      p.copy_(p.sub(delta.mul(group.lr)));
    });
  }
}
