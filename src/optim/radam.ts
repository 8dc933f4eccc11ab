import type { Tensor } from '../tensor/tensor.ts';
import { average, onTensors, withDecay } from './on-tensors.ts';
import { Optimizer, type ParamGroup, type Params } from './optimizer.ts';
import type { Span } from './span.ts';

/** Options of `RAdam`. */
export interface RAdamOptions {
  /** Learning rate. Default 1e-3. */
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

/** RAdam (Liu et al. 2020): Adam that waits with dividing until the variance of its averages is known. */
export class RAdam extends Optimizer<RAdamOptions> {
  constructor(params: Params<RAdamOptions>, options: Partial<RAdamOptions> = {}) {
    const defaults = { lr: 1e-3, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0, maximize: false } as const;
    super(params, { ...defaults, ...options }, ['exp_avg', 'exp_avg_sq']);
  }

  protected override update(span: Span, group: ParamGroup<RAdamOptions>): void {
    const { step: t } = span;
    onTensors(span, group, (p, gradient, states) => {
      const [m, v] = states as [Tensor, Tensor];
      const g = withDecay(gradient, p, group.weightDecay);
      const { lr, betas, eps } = group;
      const [beta1, beta2] = betas;
      average(m, g, beta1);
      average(v, g.square(), beta2);
      const mean = m.mul(lr / (1 - beta1 ** t));
      const factor = rectification(t, beta2);
      const step =
        factor === null ? mean : mean.mul(factor * Math.sqrt(1 - beta2 ** t)).div(v.sqrt().add(eps));
      p.copy_(p.sub(step));
    });
  }
}

/** What makes up for the variance of an average over so few steps; null where that is not defined. */
function rectification(t: number, beta2: number): number | null {
  const most = 2 / (1 - beta2) - 1;
  const length = most - (2 * t * beta2 ** t) / (1 - beta2 ** t);
  if (length <= 5) return null;
  return Math.sqrt(((length - 4) * (length - 2) * most) / ((most - 4) * (most - 2) * length));
}
