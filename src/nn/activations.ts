/** Activations as modules, for `Sequential`. */
import type { Tensor } from '../tensor/tensor.ts';
import * as functional from './functional/activations.ts';
import { constantParameter } from './init.ts';
import { Module } from './module.ts';
import type { Parameter } from './parameter.ts';

/** A function of one tensor as a module. */
abstract class Activation extends Module {
  protected abstract readonly compute: (x: Tensor) => Tensor;

  override forward(x: Tensor): Tensor {
    return this.compute(x);
  }
}

/** `max(x, 0)` */
export class ReLU extends Activation {
  protected override readonly compute = functional.relu;
}

/** `x` limited to `[0, 6]` */
export class ReLU6 extends Activation {
  protected override readonly compute = functional.relu6;
}

/** `x` where positive, else `negativeSlope * x`. */
export class LeakyReLU extends Module {
  readonly negativeSlope: number;

  constructor(negativeSlope = 0.01) {
    super();
    this.negativeSlope = negativeSlope;
  }

  override forward(x: Tensor): Tensor {
    return x.leakyRelu(this.negativeSlope);
  }
}

/** `x` where positive, else a learned `weight` times it: one for all, or one a channel. */
export class PReLU extends Module {
  /** `[numParameters]` */
  readonly weight: Parameter;

  constructor(numParameters = 1, options: { readonly init?: number } = {}) {
    super();
    this.weight = constantParameter([numParameters], options.init ?? 0.25);
  }

  override forward(x: Tensor): Tensor {
    return functional.prelu(x, this.weight);
  }
}

/** `x` where positive, else `alpha * (exp(x) - 1)`. */
export class ELU extends Module {
  readonly alpha: number;

  constructor(alpha = 1) {
    super();
    this.alpha = alpha;
  }

  override forward(x: Tensor): Tensor {
    return x.elu(this.alpha);
  }
}

/** Gaussian error linear unit, exact or by its tanh approximation. */
export class GELU extends Module {
  readonly approximate: 'none' | 'tanh';

  constructor(options: { readonly approximate?: 'none' | 'tanh' } = {}) {
    super();
    this.approximate = options.approximate ?? 'none';
  }

  override forward(x: Tensor): Tensor {
    return x.gelu(this.approximate);
  }
}

/** `x * sigmoid(x)` */
export class SiLU extends Activation {
  protected override readonly compute = functional.silu;
}

/** `x * tanh(log(1 + exp(x)))` */
export class Mish extends Activation {
  protected override readonly compute = functional.mish;
}

/** `x * relu6(x + 3) / 6` */
export class Hardswish extends Activation {
  protected override readonly compute = functional.hardswish;
}

/** `relu6(x + 3) / 6` */
export class Hardsigmoid extends Activation {
  protected override readonly compute = functional.hardsigmoid;
}

/** `x` limited to `[minVal, maxVal]` */
export class Hardtanh extends Module {
  readonly minVal: number;
  readonly maxVal: number;

  constructor(minVal = -1, maxVal = 1) {
    super();
    this.minVal = minVal;
    this.maxVal = maxVal;
  }

  override forward(x: Tensor): Tensor {
    return functional.hardtanh(x, this.minVal, this.maxVal);
  }
}

/** `1 / (1 + exp(-x))` */
export class Sigmoid extends Activation {
  protected override readonly compute = functional.sigmoid;
}

/** `log(sigmoid(x))` */
export class LogSigmoid extends Activation {
  protected override readonly compute = functional.logSigmoid;
}

/** Hyperbolic tangent. */
export class Tanh extends Activation {
  protected override readonly compute = functional.tanh;
}

/** `log(1 + exp(beta x)) / beta` */
export class Softplus extends Module {
  readonly beta: number;

  constructor(beta = 1) {
    super();
    this.beta = beta;
  }

  override forward(x: Tensor): Tensor {
    return functional.softplus(x, this.beta);
  }
}

/** `x / (1 + |x|)` */
export class Softsign extends Activation {
  protected override readonly compute = functional.softsign;
}

/** Scaled exponential linear unit. */
export class SELU extends Activation {
  protected override readonly compute = functional.selu;
}

/** `x - tanh(x)` */
export class Tanhshrink extends Activation {
  protected override readonly compute = functional.tanhshrink;
}

/** `x` where positive, else `alpha * (exp(x / alpha) - 1)`. */
export class CELU extends Module {
  readonly alpha: number;

  constructor(alpha = 1) {
    super();
    this.alpha = alpha;
  }

  override forward(x: Tensor): Tensor {
    return functional.celu(x, this.alpha);
  }
}

abstract class Shrink extends Module {
  readonly lambda: number;

  constructor(lambda = 0.5) {
    super();
    this.lambda = lambda;
  }
}

/** `x` beyond `lambda` of 0, else 0. */
export class Hardshrink extends Shrink {
  override forward(x: Tensor): Tensor {
    return functional.hardshrink(x, this.lambda);
  }
}

/** `x` moved towards 0 by `lambda`, and not beyond it. */
export class Softshrink extends Shrink {
  override forward(x: Tensor): Tensor {
    return functional.softshrink(x, this.lambda);
  }
}

/** `x` where above `threshold`, else `value`. */
export class Threshold extends Module {
  readonly threshold: number;
  readonly value: number;

  constructor(threshold: number, value: number) {
    super();
    this.threshold = threshold;
    this.value = value;
  }

  override forward(x: Tensor): Tensor {
    return functional.threshold(x, this.threshold, this.value);
  }
}

/** What works along one dimension, the last by default. */
abstract class AlongDim extends Module {
  readonly dim: number;

  constructor(dim = -1) {
    super();
    this.dim = dim;
  }
}

/** Exponentials that sum to 1 over `dim`. */
export class Softmax extends AlongDim {
  override forward(x: Tensor): Tensor {
    return x.softmax(this.dim);
  }
}

/** The logarithm of softmax, computed together. */
export class LogSoftmax extends AlongDim {
  override forward(x: Tensor): Tensor {
    return x.logSoftmax(this.dim);
  }
}

/** `Softmax` of `-x`. */
export class Softmin extends AlongDim {
  override forward(x: Tensor): Tensor {
    return functional.softmin(x, this.dim);
  }
}

/** Of the two halves along `dim`, the first times the sigmoid of the second. */
export class GLU extends AlongDim {
  override forward(x: Tensor): Tensor {
    return functional.glu(x, this.dim);
  }
}

/** Passes its input through. */
export class Identity extends Module {
  override forward(x: Tensor): Tensor {
    return x;
  }
}
