/** Methods that compute each element from the elements at the same place, with NumPy's broadcasting. */
import type { BinaryName } from '../ops/binary-kinds.ts';
import { unary } from '../ops/unary.ts';
import type { UnaryName } from '../ops/unary-kinds.ts';
import { combined } from './combined.ts';
import { number, TensorCore, type Operand } from './core.ts';
import { apply1 } from './tape.ts';
import type { Tensor } from './tensor.ts';
import type { Value } from './value.ts';

export abstract class ElementwiseTensor extends TensorCore {
  /** `this + other` */
  add(other: Operand): Tensor {
    return typeof other === 'number' ? this.#unary('addScalar', other) : this.#binary('add', other);
  }

  /** `this - other` */
  sub(other: Operand): Tensor {
    return typeof other === 'number' ? this.#unary('addScalar', -other) : this.#binary('sub', other);
  }

  /** `this * other` */
  mul(other: Operand): Tensor {
    return typeof other === 'number' ? this.#unary('affine', other, 0) : this.#binary('mul', other);
  }

  /** `this / other` */
  div(other: Operand): Tensor {
    return typeof other === 'number' ? this.#unary('affine', 1 / other, 0) : this.#binary('div', other);
  }

  /** `this` to the power `exponent` */
  pow(exponent: Operand): Tensor {
    if (exponent === 2) return this.#unary('square');
    return typeof exponent === 'number' ? this.#unary('power', exponent) : this.#binary('pow', exponent);
  }

  /** The larger of the two, element by element. */
  maximum(other: Operand): Tensor {
    return this.#binary('maximum', other);
  }

  /** The smaller of the two, element by element. */
  minimum(other: Operand): Tensor {
    return this.#binary('minimum', other);
  }

  /** 1 where equal, else 0. */
  eq(other: Operand): Tensor {
    return typeof other === 'number' ? this.#unary('equalScalar', other) : this.#binary('equal', other);
  }

  /** 1 where different, else 0. */
  ne(other: Operand): Tensor {
    return this.#binary('notEqual', other);
  }

  /** 1 where `this < other`, else 0. */
  lt(other: Operand): Tensor {
    return typeof other === 'number' ? this.#unary('lessScalar', other) : this.#binary('less', other);
  }

  /** 1 where `this <= other`, else 0. */
  le(other: Operand): Tensor {
    return this.#binary('lessEqual', other);
  }

  /** 1 where `this > other`, else 0. */
  gt(other: Operand): Tensor {
    return typeof other === 'number' ? this.#unary('greaterScalar', other) : this.#binary('greater', other);
  }

  /** 1 where `this >= other`, else 0. */
  ge(other: Operand): Tensor {
    return this.#binary('greaterEqual', other);
  }

  /** `-this` */
  neg(): Tensor {
    return this.#unary('neg');
  }

  /** Absolute value. */
  abs(): Tensor {
    return this.#unary('abs');
  }

  /** -1, 0 or 1. */
  sign(): Tensor {
    return this.#unary('sign');
  }

  exp(): Tensor {
    return this.#unary('exp');
  }

  /** Natural logarithm. */
  log(): Tensor {
    return this.#unary('log');
  }

  sqrt(): Tensor {
    return this.#unary('sqrt');
  }

  /** `1 / sqrt(this)` */
  rsqrt(): Tensor {
    return this.#unary('rsqrt');
  }

  /** `this * this` */
  square(): Tensor {
    return this.#unary('square');
  }

  /** `1 / this` */
  reciprocal(): Tensor {
    return this.#unary('reciprocal');
  }

  sin(): Tensor {
    return this.#unary('sin');
  }

  cos(): Tensor {
    return this.#unary('cos');
  }

  /** Rounded down; no gradient flows. */
  floor(): Tensor {
    return this.#unary('floor');
  }

  /** Rounded to the nearest, ties to even; no gradient flows. */
  round(): Tensor {
    return this.#unary('round');
  }

  /** Limited to `[min, max]`. */
  clamp(min = -Infinity, max = Infinity): Tensor {
    const limit = 3.4028234663852886e38;
    return this.#unary('clamp', Math.max(min, -limit), Math.min(max, limit));
  }

  /** `max(this, 0)` */
  relu(): Tensor {
    return this.#unary('relu');
  }

  /** `this` where positive, else `negativeSlope * this`. */
  leakyRelu(negativeSlope = 0.01): Tensor {
    return this.#unary('leakyRelu', negativeSlope);
  }

  /** `this` where positive, else `alpha * (exp(this) - 1)`. */
  elu(alpha = 1): Tensor {
    return this.#unary('elu', alpha);
  }

  /** Gaussian error linear unit, exact or by its tanh approximation. */
  gelu(approximate: 'none' | 'tanh' = 'none'): Tensor {
    return this.#unary(approximate === 'tanh' ? 'geluTanh' : 'gelu');
  }

  /** `this * sigmoid(this)` */
  silu(): Tensor {
    return this.#unary('silu');
  }

  sigmoid(): Tensor {
    return this.#unary('sigmoid');
  }

  tanh(): Tensor {
    return this.#unary('tanh');
  }

  /** `log(1 + exp(this))` */
  softplus(): Tensor {
    return this.#unary('softplus');
  }

  #unary(kind: UnaryName, a?: number, b?: number): Tensor {
    const numbers = { ...(a === undefined ? {} : { a }), ...(b === undefined ? {} : { b }) };
    return this.wrap(apply1(unary, [floating(this)], { kind, ...numbers }));
  }

  #binary(kind: BinaryName, other: Operand): Tensor {
    return this.wrap(
      combined(kind, floating(this), typeof other === 'number' ? number(other) : floating(other)),
    );
  }
}

/** Whole numbers are computed with as floats, as PyTorch promotes them beside floats. */
function floating(tensor: TensorCore): Value {
  const { dtype } = tensor;
  return dtype === 'f32' || dtype === 'f16' ? tensor.value : tensor.to('f32').value;
}
