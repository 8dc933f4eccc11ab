import type { Tensor } from '../tensor/tensor.ts';
import { onTensors, remember, withDecay } from './on-tensors.ts';
import { Optimizer, type ParamGroup, type Params } from './optimizer.ts';
import type { Span } from './span.ts';

/** Options of `Adagrad`. */
export interface AdagradOptions {
  /** Learning rate. Default 1e-2. */
  lr: number;
  /** How much slower each step is: the rate is divided by `1 + lrDecay (step - 1)`. Default 0. */
  lrDecay: number;
  /** Keeps the division finite. Default 1e-10. */
  eps: number;
  /** Added to the gradient, times the parameters. Default 0. */
  weightDecay: number;
  /** Climb the gradients instead of descending: the objective is to grow. Default false. */
  maximize: boolean;
}

/** Adagrad (Duchi et al. 2011): gradients divided by the root of the sum of all their squares. */
export class Adagrad extends Optimizer<AdagradOptions> {
  constructor(params: Params<AdagradOptions>, options: Partial<AdagradOptions> = {}) {
    const defaults = { lr: 1e-2, lrDecay: 0, eps: 1e-10, weightDecay: 0, maximize: false };
    super(params, { ...defaults, ...options }, ['sum']);
  }

  protected override update(span: Span, group: ParamGroup<AdagradOptions>): void {
    const { step: t } = span;
    onTensors(span, group, (p, gradient, states) => {
      const [sum] = states as [Tensor];
      const g = withDecay(gradient, p, group.weightDecay);
      remember(sum, sum.add(g.square()));
      const rate = group.lr / (1 + (t - 1) * group.lrDecay);
      p.copy_(p.sub(g.mul(rate).div(sum.sqrt().add(group.eps))));
    });
  }
}
