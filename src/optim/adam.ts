import type { DeviceArray } from '../gpu/array.ts';
import { adamStep } from '../ops/optimizer-steps.ts';
import { theEngine } from '../tensor/engine.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { Optimizer, type ParamGroup, type Params } from './optimizer.ts';
import { average, onTensors, withDecay } from './on-tensors.ts';
import type { Span } from './span.ts';

/** Options of `Adam` and `AdamW`. */
export interface AdamOptions {
  /** Learning rate. Default 1e-3. */
  lr: number;
  /** How slowly the averages of the gradient and of its square forget. Default [0.9, 0.999]. */
  betas: readonly [number, number];
  /** Keeps the division finite. Default 1e-8. */
  eps: number;
  /** Default 0 for Adam, 1e-2 for AdamW. */
  weightDecay: number;
  /** Divide by the largest average of the square so far (Reddi et al. 2018), in several dispatches. Default false. */
  amsgrad: boolean;
  /** Climb the gradients instead of descending: the objective is to grow. Default false. */
  maximize: boolean;
}

abstract class AdamFamily extends Optimizer<AdamOptions> {
  protected abstract readonly decoupled: boolean;

  constructor(params: Params<AdamOptions>, options: AdamOptions) {
    super(params, options, ['exp_avg', 'exp_avg_sq', ...(options.amsgrad ? ['max_exp_avg_sq'] : [])]);
  }

  protected override update(span: Span, group: ParamGroup<AdamOptions>): void {
    const { parameter, gradient, states, step } = span;
    if (states.length > 2) {
      onTensors(span, group, (p, g, all) =>
        this.#amsgrad(p, g, all as [Tensor, Tensor, Tensor], step, group),
      );
      return;
    }
    const { lr, betas, eps, weightDecay, maximize } = group;
    const [first, second] = states as [DeviceArray, DeviceArray];
    adamStep(theEngine(), parameter, gradient, first, second, {
      lr,
      beta1: betas[0],
      beta2: betas[1],
      eps,
      weightDecay,
      decoupled: this.decoupled,
      maximize,
      t: step,
    });
  }

  #amsgrad(
    p: Tensor,
    gradient: Tensor,
    [m, v, most]: readonly [Tensor, Tensor, Tensor],
    step: number,
    group: ParamGroup<AdamOptions>,
  ): void {
    const { lr, betas, eps, weightDecay } = group;
    const [beta1, beta2] = betas;
    if (this.decoupled) p.copy_(p.mul(1 - lr * weightDecay));
    const g = withDecay(gradient, p, this.decoupled ? 0 : weightDecay);
    average(m, g, beta1);
    average(v, g.square(), beta2);
    most.copy_(most.maximum(v));
    const root = most.sqrt().mul(1 / Math.sqrt(1 - beta2 ** step));
    p.copy_(p.sub(m.mul(lr / (1 - beta1 ** step)).div(root.add(eps)))); // prettier-ignore
  }
}

/** Adam (Kingma and Ba 2015). Weight decay joins the gradient. */
export class Adam extends AdamFamily {
  protected override readonly decoupled = false;

  constructor(params: Params<AdamOptions>, options: Partial<AdamOptions> = {}) {
    super(params, {
      lr: 1e-3,
      betas: [0.9, 0.999],
      eps: 1e-8,
      weightDecay: 0,
      amsgrad: false,
      maximize: false,
      ...options,
    });
  }
}

/** Adam with decoupled weight decay (Loshchilov and Hutter 2019): the decay shrinks the parameters themselves. */
export class AdamW extends AdamFamily {
  protected override readonly decoupled = true;

  constructor(params: Params<AdamOptions>, options: Partial<AdamOptions> = {}) {
    super(params, {
      lr: 1e-3,
      betas: [0.9, 0.999],
      eps: 1e-8,
      weightDecay: 1e-2,
      amsgrad: false,
      maximize: false,
      ...options,
    });
  }
}
