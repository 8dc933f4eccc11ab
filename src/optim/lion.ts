import type { DeviceArray } from '../gpu/array.ts';
import { lionStep } from '../ops/optimizer-steps.ts';
import { theEngine } from '../tensor/engine.ts';
import { Optimizer, type ParamGroup, type Params } from './optimizer.ts';
import type { Span } from './span.ts';

/** Options of `Lion`. */
export interface LionOptions {
  /** Learning rate. Default 1e-4: about a tenth of Adam's, for every update has the same size. */
  lr: number;
  /** Weights of the momentum in the update and in what is remembered. Default [0.9, 0.99]. */
  betas: readonly [number, number];
  weightDecay: number;
  /** Climb the gradients instead of descending: the objective is to grow. Default false. */
  maximize: boolean;
}

/** Lion (Chen et al. 2023): the sign of a momentum, with decoupled weight decay. */
export class Lion extends Optimizer<LionOptions> {
  constructor(params: Params<LionOptions>, options: Partial<LionOptions> = {}) {
    super(params, { lr: 1e-4, betas: [0.9, 0.99], weightDecay: 0, maximize: false, ...options }, ['exp_avg']);
  }

  protected override update({ parameter, gradient, states }: Span, group: ParamGroup<LionOptions>): void {
    const { lr, betas, weightDecay, maximize } = group;
    lionStep(theEngine(), parameter, gradient, states[0] as DeviceArray, {
      lr,
      beta1: betas[0],
      beta2: betas[1],
      weightDecay,
      maximize,
    });
  }
}
