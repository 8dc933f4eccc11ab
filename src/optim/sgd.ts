import { sgdStep } from '../ops/optimizer-steps.ts';
import { theEngine } from '../tensor/engine.ts';
import { tensorError } from '../tensor/errors.ts';
import { Optimizer, type ParamGroup, type Params } from './optimizer.ts';
import type { Span } from './span.ts';

/** Options of `SGD`. */
export interface SGDOptions {
  /** Learning rate. Default 1e-3. */
  lr: number;
  /** Share of the last update that goes on. Default 0. */
  momentum: number;
  /** Taken from the gradient before it joins the momentum. Default 0. */
  dampening: number;
  /** Weight of the squared parameters in the loss. Default 0. */
  weightDecay: number;
  /** Nesterov's momentum. Default false. */
  nesterov: boolean;
  /** Climb the gradients instead of descending: the objective is to grow. Default false. */
  maximize: boolean;
}

/** Stochastic gradient descent, with momentum. */
export class SGD extends Optimizer<SGDOptions> {
  constructor(params: Params<SGDOptions>, options: Partial<SGDOptions> = {}) {
    const defaults = {
      lr: 1e-3,
      momentum: 0,
      dampening: 0,
      weightDecay: 0,
      nesterov: false,
      maximize: false,
      ...options,
    };
    if (defaults.nesterov && (defaults.momentum <= 0 || defaults.dampening !== 0))
      throw tensorError("Nesterov's momentum needs a momentum and no dampening");
    super(params, defaults, defaults.momentum === 0 ? [] : ['momentum']);
  }

  protected override update(
    { parameter, gradient, states, step }: Span,
    group: ParamGroup<SGDOptions>,
  ): void {
    sgdStep(theEngine(), parameter, gradient, states[0] ?? null, step === 1, group);
  }
}
