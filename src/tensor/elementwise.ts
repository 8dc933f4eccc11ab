/** Methods that compute each element from those at the same place of two tensors, with NumPy's broadcasting. */
import { cast } from '../ops/cast.ts';
import type { BinaryName } from '../ops/binary-kinds.ts';
import type { UnaryName } from '../ops/unary-kinds.ts';
import { combined } from './combined.ts';
import { number, type Operand } from './core.ts';
import { floating, FunctionTensor } from './functions.ts';
import { apply1 } from './tape.ts';
import type { Tensor } from './tensor.ts';
import type { Value } from './value.ts';

export abstract class ElementwiseTensor extends FunctionTensor {
  /** `this + alpha * other` */
  add(other: Operand, options: { readonly alpha?: number } = {}): Tensor {
    return this.#sum(other, options.alpha ?? 1);
  }

  /** `this - alpha * other` */
  sub(other: Operand, options: { readonly alpha?: number } = {}): Tensor {
    const { alpha = 1 } = options;
    if (alpha === 1 && typeof other !== 'number') return this.whole(this.#binary('sub', other), other);
    return this.#sum(other, -alpha);
  }

  /** `this * other` */
  mul(other: Operand): Tensor {
    const product = typeof other === 'number' ? this.unary('affine', other, 0) : this.#binary('mul', other);
    return this.whole(product, other);
  }

  /** `this / other` */
  div(other: Operand): Tensor {
    return typeof other === 'number' ? this.unary('affine', 1 / other, 0) : this.#binary('div', other);
  }

  /** `this / other`, rounded down; no gradient flows. */
  floorDivide(other: Operand): Tensor {
    return this.whole(this.div(other).floor(), other);
  }

  /** What is left of `this` after whole `other`s; its sign is that of `other`, as in Python. */
  remainder(other: Operand): Tensor {
    return this.whole(this.#either('remainderScalar', 'remainder', other), other);
  }

  /** `this` to the power `exponent` */
  pow(exponent: Operand): Tensor {
    if (exponent === 2) return this.square();
    return this.#either('power', 'pow', exponent);
  }

  /** The angle of the point with this height and the distance `other` along the axis, from -pi to pi. */
  atan2(other: Operand): Tensor {
    return this.#binary('atan2', other);
  }

  /** The larger of the two, element by element. */
  maximum(other: Operand): Tensor {
    return this.whole(this.#binary('maximum', other), other);
  }

  /** The smaller of the two, element by element. */
  minimum(other: Operand): Tensor {
    return this.whole(this.#binary('minimum', other), other);
  }

  /** `this + weight * (end - this)` */
  lerp(end: ElementwiseTensor, weight: Operand): Tensor {
    return this.add(end.sub(this).mul(weight));
  }

  /** True where equal. */
  eq(other: Operand): Tensor {
    return this.#either('equalScalar', 'equal', other);
  }

  /** True where different. */
  ne(other: Operand): Tensor {
    return this.#either('notEqualScalar', 'notEqual', other);
  }

  /** True where `this < other`. */
  lt(other: Operand): Tensor {
    return this.#either('lessScalar', 'less', other);
  }

  /** True where `this <= other`. */
  le(other: Operand): Tensor {
    return this.#either('lessEqualScalar', 'lessEqual', other);
  }

  /** True where `this > other`. */
  gt(other: Operand): Tensor {
    return this.#either('greaterScalar', 'greater', other);
  }

  /** True where `this >= other`. */
  ge(other: Operand): Tensor {
    return this.#either('greaterEqualScalar', 'greaterEqual', other);
  }

  /** True where both are true, or not 0. */
  logicalAnd(other: ElementwiseTensor): Tensor {
    return this.#binary('and', other);
  }

  /** True where one of them is true, or not 0. */
  logicalOr(other: ElementwiseTensor): Tensor {
    return this.#binary('or', other);
  }

  /** True where just one of them is true, or not 0. */
  logicalXor(other: ElementwiseTensor): Tensor {
    return this.#binary('xor', other);
  }

  #sum(other: Operand, alpha: number): Tensor {
    const sum =
      typeof other === 'number'
        ? this.unary('addScalar', alpha * other)
        : this.#binary('add', alpha === 1 ? other : (other as ElementwiseTensor).mul(alpha));
    return this.whole(sum, other, alpha);
  }

  /** The kind for a number, which needs no second array, or that for a tensor. */
  #either(scalar: UnaryName, kind: BinaryName, other: Operand): Tensor {
    return typeof other === 'number' ? this.unary(scalar, other) : this.#binary(kind, other);
  }

  #binary(kind: BinaryName, other: Operand): Tensor {
    const [a, b] = [floating(this), typeof other === 'number' ? number(other) : floating(other)];
    if (a.dtype === b.dtype) return this.wrap(combined(kind, a, b));
    // A number takes the tensor's type; of two tensors, half precision gives way.
    const lower = typeof other === 'number' ? b : a.dtype === 'f16' ? a : b;
    const dtype = lower === a ? b.dtype : a.dtype;
    const raised = (value: Value): Value =>
      value === lower ? apply1(cast, [value], { dtype, from: value.dtype }) : value;
    return this.wrap(combined(kind, raised(a), raised(b)));
  }
}
