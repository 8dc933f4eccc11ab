import type { Tensor } from '../tensor/tensor.ts';
import { average, onTensors, withDecay } from './on-tensors.ts';
import { Optimizer, type ParamGroup, type Params } from './optimizer.ts';
import type { Span } from './span.ts';

/** Options of `NAdam`. */
export interface NAdamOptions {
  /** Learning rate. Default 2e-3. */
  lr: number;
  /** How slowly the averages of the gradient and of its square forget. Default [0.9, 0.999]. */
  betas: readonly [number, number];
  /** Keeps the division finite. Default 1e-8. */
  eps: number;
  /** How slowly the momentum grows to its full size. Default 4e-3. */
  momentumDecay: number;
  /** Added to the gradient, times the parameters. Default 0. */
  weightDecay: number;
  /** Climb the gradients instead of descending: the objective is to grow. Default false. */
  maximize: boolean;
}

/** NAdam (Dozat 2016): Adam with Nesterov's momentum, which grows with the steps. */
export class NAdam extends Optimizer<NAdamOptions> {
  /** By the number of a step, the product of the momenta up to it. */
  readonly #products = new WeakMap<ParamGroup<NAdamOptions>, number[]>();

  constructor(params: Params<NAdamOptions>, options: Partial<NAdamOptions> = {}) {
    const defaults = {
      lr: 2e-3,
      betas: [0.9, 0.999],
      eps: 1e-8,
      momentumDecay: 4e-3,
      weightDecay: 0,
      maximize: false,
    } as const;
    super(params, { ...defaults, ...options }, ['exp_avg', 'exp_avg_sq']);
  }

  protected override update(span: Span, group: ParamGroup<NAdamOptions>): void {
    const { step: t } = span;
    onTensors(span, group, (p, gradient, states) => {
      const [m, v] = states as [Tensor, Tensor];
      const g = withDecay(gradient, p, group.weightDecay);
      const { lr, betas, eps } = group;
      const [beta1, beta2] = betas;
      average(m, g, beta1);
      average(v, g.square(), beta2);
      const root = v.mul(1 / (1 - beta2 ** t)).sqrt().add(eps); // prettier-ignore
      const product = this.#momenta(t, group);
      const now = g.mul((lr * (1 - momentumAt(t, group))) / (1 - product));
      const ahead = momentumAt(t + 1, group);
      p.copy_(p.sub(now.add(m.mul((lr * ahead) / (1 - product * ahead))).div(root)));
    });
  }

  #momenta(t: number, group: ParamGroup<NAdamOptions>): number {
    let products = this.#products.get(group);
    if (!products) this.#products.set(group, (products = [1]));
    for (let i = products.length; i <= t; i++)
      products.push((products[i - 1] as number) * momentumAt(i, group));
    return products[t] as number;
  }
}

/** The momentum of a step. */
const momentumAt = (t: number, { betas, momentumDecay }: NAdamOptions): number =>
  betas[0] * (1 - 0.5 * 0.96 ** (t * momentumDecay));
