/** Methods that compute each element from the one at its place. */
import { formatValue } from '../base/format.ts';
import { unary } from '../ops/unary.ts';
import type { UnaryName } from '../ops/unary-kinds.ts';
import { TensorCore } from './core.ts';
import { tensorError } from './errors.ts';
import { apply1 } from './tape.ts';
import type { Tensor } from './tensor.ts';
import type { Value } from './value.ts';

export abstract class FunctionTensor extends TensorCore {
  /** `-this` */
  neg(): Tensor {
    return this.whole(this.unary('neg'));
  }

  /** Absolute value. */
  abs(): Tensor {
    return this.whole(this.unary('abs'));
  }

  /** -1, 0 or 1. */
  sign(): Tensor {
    return this.whole(this.unary('sign'));
  }

  /** `e` to the power `this` */
  exp(): Tensor {
    return this.unary('exp');
  }

  /** 2 to the power `this` */
  exp2(): Tensor {
    return this.unary('exp2');
  }

  /** `exp(this) - 1`, exact near 0. */
  expm1(): Tensor {
    return this.unary('expm1');
  }

  /** Natural logarithm. */
  log(): Tensor {
    return this.unary('log');
  }

  /** Logarithm to base 2. */
  log2(): Tensor {
    return this.unary('log2');
  }

  /** Logarithm to base 10. */
  log10(): Tensor {
    return this.unary('log10');
  }

  /** `log(1 + this)`, exact near 0. */
  log1p(): Tensor {
    return this.unary('log1p');
  }

  sqrt(): Tensor {
    return this.unary('sqrt');
  }

  /** `1 / sqrt(this)` */
  rsqrt(): Tensor {
    return this.unary('rsqrt');
  }

  /** `this * this` */
  square(): Tensor {
    return this.whole(this.unary('square'));
  }

  /** `1 / this` */
  reciprocal(): Tensor {
    return this.unary('reciprocal');
  }

  sin(): Tensor {
    return this.unary('sin');
  }

  cos(): Tensor {
    return this.unary('cos');
  }

  tan(): Tensor {
    return this.unary('tan');
  }

  asin(): Tensor {
    return this.unary('asin');
  }

  acos(): Tensor {
    return this.unary('acos');
  }

  atan(): Tensor {
    return this.unary('atan');
  }

  sinh(): Tensor {
    return this.unary('sinh');
  }

  cosh(): Tensor {
    return this.unary('cosh');
  }

  /** The error function. */
  erf(): Tensor {
    return this.unary('erf');
  }

  /** Rounded down; no gradient flows. */
  floor(): Tensor {
    return this.unary('floor');
  }

  /** Rounded up; no gradient flows. */
  ceil(): Tensor {
    return this.unary('ceil');
  }

  /** Rounded to the nearest, ties to even; no gradient flows. */
  round(): Tensor {
    return this.unary('round');
  }

  /** Rounded towards 0; no gradient flows. */
  trunc(): Tensor {
    return this.unary('trunc');
  }

  /** Limited to `[min, max]`; a NaN stays one. */
  clamp(min = -Infinity, max = Infinity): Tensor {
    const limit = 3.4028234663852886e38;
    return this.whole(this.unary('clamp', Math.max(min, -limit), Math.min(max, limit)), min, max);
  }

  /** `max(this, 0)` */
  relu(): Tensor {
    return this.unary('relu');
  }

  /** `this` where positive, else `negativeSlope * this`. */
  leakyRelu(negativeSlope = 0.01): Tensor {
    return this.unary('leakyRelu', negativeSlope);
  }

  /** `this` where positive, else `alpha * (exp(this) - 1)`. */
  elu(alpha = 1): Tensor {
    return this.unary('elu', alpha);
  }

  /** Gaussian error linear unit, exact or by its tanh approximation. */
  gelu(approximate: 'none' | 'tanh' = 'none'): Tensor {
    return this.unary(approximate === 'tanh' ? 'geluTanh' : 'gelu');
  }

  /** `this * sigmoid(this)` */
  silu(): Tensor {
    return this.unary('silu');
  }

  sigmoid(): Tensor {
    return this.unary('sigmoid');
  }

  tanh(): Tensor {
    return this.unary('tanh');
  }

  /** `log(1 + exp(this))` */
  softplus(): Tensor {
    return this.unary('softplus');
  }

  /** True where not a number. */
  isnan(): Tensor {
    return this.unary('isNan');
  }

  /** True where infinite. */
  isinf(): Tensor {
    return this.unary('isInf');
  }

  /** True where neither infinite nor not a number. */
  isfinite(): Tensor {
    return this.unary('isFinite');
  }

  /** True where 0 (or false). */
  logicalNot(): Tensor {
    return this.unary('equalScalar', 0);
  }

  protected unary(kind: UnaryName, a?: number, b?: number): Tensor {
    const numbers = { ...(a === undefined ? {} : { a }), ...(b === undefined ? {} : { b }) };
    return this.wrap(apply1(unary, [floating(this)], { kind, ...numbers }));
  }

  /** `result` in whole numbers, where this tensor and all it was computed with are. They are exact up to 2^24. */
  protected whole(result: Tensor, ...others: readonly (TensorCore | number)[]): Tensor {
    const whole = [this, ...others].every((each) =>
      typeof each === 'number' ? Number.isInteger(each) || !Number.isFinite(each) : isWhole(each),
    );
    return whole ? result.to('i32') : result;
  }
}

const isWhole = ({ dtype }: TensorCore): boolean => dtype === 'i32' || dtype === 'u32' || dtype === 'u8';

/** Whole numbers are computed with as floats, as PyTorch promotes them beside floats; truth values are floats already. */
export function floating(tensor: TensorCore): Value {
  if (!(tensor instanceof TensorCore))
    throw tensorError(`an operand is a tensor or a number; got ${formatValue(tensor)}`);
  const { dtype } = tensor.value;
  return dtype === 'f32' || dtype === 'f16' ? tensor.value : tensor.to('f32').value;
}
