import type { Layout } from '../ops/conv-shape.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { tensorError } from '../tensor/errors.ts';
import { dropout, dropout1d, dropout2d } from './functional/basics.ts';
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

/** Options of the dropouts of channels. */
export interface ChannelDropoutOptions {
  /** Whether the channels are dimension 1 (`'nchw'`, the default) or last (`'nhwc'`). */
  readonly layout?: Layout;
}

abstract class ChannelDropout extends Dropout {
  readonly layout: Layout;

  constructor(p = 0.5, { layout = 'nchw' }: ChannelDropoutOptions = {}) {
    super(p);
    this.layout = layout;
  }
}

/** `Dropout` of whole channels of sequences. */
export class Dropout1d extends ChannelDropout {
  override forward(x: Tensor): Tensor {
    return dropout1d(x, this.p, this.training, this.layout);
  }
}

/** `Dropout` of whole channels of images. */
export class Dropout2d extends ChannelDropout {
  override forward(x: Tensor): Tensor {
    return dropout2d(x, this.p, this.training, this.layout);
  }
}
