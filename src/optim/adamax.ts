import type { Tensor } from '../tensor/tensor.ts';
import { average, onTensors, remember, withDecay } from './on-tensors.ts';
import { Optimizer, type ParamGroup, type Params } from './optimizer.ts';
import type { Span } from './span.ts';

/** Options of `Adamax`. */
export interface AdamaxOptions {
  /** Learning rate. Default 2e-3. */
  lr: number;
  /** How slowly the averages of the gradient and of its square forget. Default [0.9, 0.999]. */
  betas: readonly [number, number];
  /** Keeps the division finite. Default 1e-8. */
  eps: number;
  /** Added to the gradient, times the parameters. Default 0. */
  weightDecay: number;
  /** Climb the gradients instead of descending: the objective is to grow. Default false. */
  maximize: boolean;
}

/** Adamax (Kingma and Ba 2015): Adam with the largest gradient of late in place of the mean square. */
export class Adamax extends Optimizer<AdamaxOptions> {
  constructor(params: Params<AdamaxOptions>, options: Partial<AdamaxOptions> = {}) {
    const defaults = { lr: 2e-3, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0, maximize: false } as const;
    super(params, { ...defaults, ...options }, ['exp_avg', 'exp_inf']);
  }

  protected override update(span: Span, group: ParamGroup<AdamaxOptions>): void {
    const { step: t } = span;
    onTensors(span, group, (p, gradient, states) => {
      const [m, largest] = states as [Tensor, Tensor];
      const g = withDecay(gradient, p, group.weightDecay);
      const [beta1, beta2] = group.betas;
      average(m, g, beta1);
      remember(largest, largest.mul(beta2).maximum(g.abs().add(group.eps)));
      p.copy_(p.sub(m.mul(group.lr / (1 - beta1 ** t)).div(largest)));
    });
  }
}
