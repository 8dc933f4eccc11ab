/** Products of matrices. */
import { matmul } from '../ops/matmul.ts';
import { tensorError, shapeText } from './errors.ts';
import { ShapedTensor } from './shaped.ts';
import { apply1 } from './tape.ts';
import type { Tensor } from './tensor.ts';

export abstract class MatrixTensor extends ShapedTensor {
  /**
   * The matrix product over the last two dimensions, with leading dimensions broadcast; a vector counts as a row on the
   * left and as a column on the right.
   */
  matmul(other: MatrixTensor): Tensor {
    if (this.ndim === 0 || other.ndim === 0) throw tensorError('matmul: a scalar has no rows; use mul()');
    const [row, column] = [this.ndim === 1, other.ndim === 1];
    const a = row ? this.unsqueeze(0) : this.itself();
    const b = column ? other.unsqueeze(1) : other.itself();
    const product = broadcastMatmul(a, b, false, false);
    const squeezed = [
      ...product.shape.slice(0, -2),
      ...(row ? [] : [product.size(-2)]),
      ...(column ? [] : [product.size(-1)]),
    ];
    return row || column ? product.reshape(squeezed) : product;
  }

  /** The product of two matrices. */
  mm(other: MatrixTensor): Tensor {
    if (this.ndim !== 2 || other.ndim !== 2)
      throw tensorError(`mm takes two matrices, not ${shapeText(this.shape)} and ${shapeText(other.shape)}`);
    return this.matmul(other);
  }

  /** Products of two stacks of matrices. */
  bmm(other: MatrixTensor): Tensor {
    if (this.ndim !== 3 || other.ndim !== 3)
      throw tensorError(
        `bmm takes two stacks of matrices, not ${shapeText(this.shape)} and ${shapeText(other.shape)}`,
      );
    return this.matmul(other);
  }

  /** `this` times the transpose of `other`, which is not laid out anew for it. */
  matmulTransposed(other: MatrixTensor): Tensor {
    return broadcastMatmul(this.itself(), other.itself(), false, true);
  }

  /** The product of two vectors, summed. */
  dot(other: MatrixTensor): Tensor {
    return this.mul(other).sum();
  }

  /** The product of each element of one vector with each of another. */
  outer(other: MatrixTensor): Tensor {
    return this.unsqueeze(1).matmul(other.unsqueeze(0));
  }
}

/** The operation wants leading dimensions equal or absent; anything between is expanded. */
function broadcastMatmul(a: Tensor, b: Tensor, transposeA: boolean, transposeB: boolean): Tensor {
  const lead = (x: Tensor): readonly number[] => x.shape.slice(0, -2);
  const [leadA, leadB] = [lead(a), lead(b)];
  const whole = leadA.length >= leadB.length ? leadA : leadB;
  const fits = (own: readonly number[]): boolean => own.every((n) => n === 1) || own.join() === whole.join();
  if (fits(leadA) && fits(leadB)) return run(a, b, transposeA, transposeB);
  const rank = whole.length;
  const shape = Array.from({ length: rank }, (_, i) =>
    Math.max(leadA[i - rank + leadA.length] ?? 1, leadB[i - rank + leadB.length] ?? 1),
  );
  const wide = (x: Tensor): Tensor =>
    lead(x).join() === shape.join() ? x : x.expand(...shape, x.size(-2), x.size(-1));
  return run(wide(a), wide(b), transposeA, transposeB);
}

const run = (a: Tensor, b: Tensor, transposeA: boolean, transposeB: boolean): Tensor =>
  a.wrap(apply1(matmul, [a.value, b.value], { transposeA, transposeB }));
