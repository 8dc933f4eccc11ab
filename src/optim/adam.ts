import type { DeviceArray } from '../gpu/array.ts';
import { adamStep } from '../ops/optimizer-steps.ts';
import { theEngine } from '../tensor/engine.ts';
import { Optimizer, type ParamGroup, type Params } from './optimizer.ts';
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
}

abstract class AdamFamily extends Optimizer<AdamOptions> {
  protected abstract readonly decoupled: boolean;

  constructor(params: Params<AdamOptions>, options: AdamOptions) {
    super(params, options, ['exp_avg', 'exp_avg_sq']);
  }

  protected override update(
    { parameter, gradient, states, step }: Span,
    group: ParamGroup<AdamOptions>,
  ): void {
    const { lr, betas, eps, weightDecay } = group;
    const [first, second] = states as [DeviceArray, DeviceArray];
    adamStep(theEngine(), parameter, gradient, first, second, {
      lr,
      beta1: betas[0],
      beta2: betas[1],
      eps,
      weightDecay,
      decoupled: this.decoupled,
      t: step,
    });
  }
}

/** Adam (Kingma and Ba 2015). Weight decay joins the gradient. */
export class Adam extends AdamFamily {
  protected override readonly decoupled = false;

  constructor(params: Params<AdamOptions>, options: Partial<AdamOptions> = {}) {
    super(params, { lr: 1e-3, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0, ...options });
  }
}

/** Adam with decoupled weight decay (Loshchilov and Hutter 2019): the decay shrinks the parameters themselves. */
export class AdamW extends AdamFamily {
  protected override readonly decoupled = true;

  constructor(params: Params<AdamOptions>, options: Partial<AdamOptions> = {}) {
    super(params, { lr: 1e-3, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 1e-2, ...options });
  }
}
