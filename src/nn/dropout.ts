import type { Tensor } from '../tensor/tensor.ts';
import { tensorError } from '../tensor/errors.ts';
import { dropout } from './functional/basics.ts';
import { Module } from './module.ts';

/** In training, sets elements to zero with probability `p` and scales the others by `1 / (1 - p)`. */
export class Dropout extends Module {
  readonly p: number;

  constructor(p = 0.5) {
    super();
    if (!(p >= 0 && p <= 1))
      throw tensorError(`the probability of dropout must be between 0 and 1, not ${p}`);
    this.p = p;
  }

  override forward(x: Tensor): Tensor {
    return dropout(x, this.p, this.training);
  }

  protected override describe(): string {
    return String(this.p);
  }
}
