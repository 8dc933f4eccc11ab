import { linear, type WeightLayout } from '../ops/linear.ts';
import { apply1 } from '../tensor/tape.ts';
import { Tensor } from '../tensor/tensor.ts';
import { fanInParameter } from './init.ts';
import { Module } from './module.ts';
import type { Parameter } from './parameter.ts';

/** Options of `Linear`. */
export interface LinearOptions {
  /** Add a learned bias. Default true. */
  readonly bias?: boolean;
  /** How the weight lies in memory: `'out-in'` (PyTorch's, the default) or `'in-out'`. */
  readonly weightLayout?: WeightLayout;
}

/** `y = x W^T + b` over the last dimension: `[..., inFeatures]` to `[..., outFeatures]`. */
export class Linear extends Module {
  readonly inFeatures: number;
  readonly outFeatures: number;
  readonly weightLayout: WeightLayout;
  /** `[outFeatures, inFeatures]`, or the reverse with `weightLayout: 'in-out'`. */
  readonly weight: Parameter;
  /** `[outFeatures]` */
  readonly bias: Parameter | null;

  constructor(inFeatures: number, outFeatures: number, options: LinearOptions = {}) {
    super();
    const { bias = true, weightLayout = 'out-in' } = options;
    this.inFeatures = inFeatures;
    this.outFeatures = outFeatures;
    this.weightLayout = weightLayout;
    const shape = weightLayout === 'out-in' ? [outFeatures, inFeatures] : [inFeatures, outFeatures];
    this.weight = fanInParameter(shape, inFeatures);
    this.bias = bias ? fanInParameter([outFeatures], inFeatures) : null;
  }

  override forward(x: Tensor): Tensor {
    const { weight, bias, weightLayout } = this;
    return new Tensor(
      apply1(
        linear,
        [x, weight, ...(bias ? [bias] : [])].map(({ value }) => value),
        { weightLayout },
      ),
    );
  }

  protected override describe(): string {
    return `${this.inFeatures}, ${this.outFeatures}${this.bias ? '' : ', bias: false'}`;
  }
}
