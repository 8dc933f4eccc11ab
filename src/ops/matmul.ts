import type { DeviceArray } from '../gpu/array.ts';
import { gemm } from './gemm.ts';
import type { Op } from './op.ts';
import { sumTo } from './reduce.ts';
import {
  broadcastShapes,
  count,
  input,
  refuseEmpty,
  sameShape,
  shapeError,
  show,
  type Shape,
} from './shape.ts';

export interface MatmulAttributes {
  /** The operand's last two dimensions are swapped. */
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
}

interface Sizes {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly lead: number[];
  readonly batch: number;
}

function sizesOf(a: Shape, b: Shape, transposeA: boolean, transposeB: boolean): Sizes {
  if (a.length < 2 || b.length < 2)
    throw shapeError('matmul', `operands ${show(a)} and ${show(b)} need two dimensions or more`);
  const [a0, a1] = a.slice(-2) as [number, number];
  const [b0, b1] = b.slice(-2) as [number, number];
  const [m, k] = transposeA ? [a1, a0] : [a0, a1];
  const [k2, n] = transposeB ? [b1, b0] : [b0, b1];
  if (k !== k2)
    throw shapeError(
      'matmul',
      `${show(a)}${transposeA ? ' transposed' : ''} has ${k} columns, ${show(b)}${transposeB ? ' transposed' : ''} has ${k2} rows`,
    );
  const lead = broadcastShapes('matmul', a.slice(0, -2), b.slice(0, -2));
  return { m, n, k, lead, batch: count(lead) };
}

/** y [..., m, n] = a [..., m, k] b [..., k, n]; leading dimensions are equal, or all 1 on one side. */
export const matmul: Op<MatmulAttributes> = {
  name: 'matmul',
  forward(context, inputs, { transposeA = false, transposeB = false }) {
    const a = input(inputs, 0, 'matmul');
    const b = input(inputs, 1, 'matmul');
    const { m, n, k, lead, batch } = sizesOf(a.shape, b.shape, transposeA, transposeB);
    refuseEmpty('matmul', a);
    refuseEmpty('matmul', b);
    const y = context.empty([...lead, m, n], a.dtype);
    gemm(context, {
      a,
      b,
      c: y,
      m,
      n,
      k,
      batch,
      transposeA,
      transposeB,
      strideA: strideOf(a, batch, m * k),
      strideB: strideOf(b, batch, k * n),
    });
    return { outputs: [y], saved: [a, b] };
  },
  backward(context, [g], saved, { transposeA = false, transposeB = false }, needs) {
    const [a, b] = saved as [DeviceArray, DeviceArray];
    if (!g) return [null, null];
    const { m, n, k, lead, batch } = sizesOf(a.shape, b.shape, transposeA, transposeB);
    const strideA = strideOf(a, batch, m * k);
    const strideB = strideOf(b, batch, k * n);
    const strideG = batch > 1 ? m * n : 0;
    const into = (
      index: number,
      own: DeviceArray,
      rows: number,
      columns: number,
      run: (c: DeviceArray) => void,
    ): DeviceArray => {
      const full = [...lead, rows, columns];
      if (sameShape(full, own.shape)) {
        const target = context.gradient(index, own.shape, own.dtype);
        run(target);
        return target;
      }
      const whole = context.empty(full, own.dtype, 'gradient');
      run(whole);
      const summed = sumTo(context, whole, own.shape, () => context.gradient(index, own.shape, own.dtype));
      whole.release();
      return summed;
    };
    // dA = G op(B)^T, dB = op(A)^T G, each transposed once more where the operand was.
    const da = !needs[0]
      ? null
      : transposeA
        ? into(0, a, k, m, (c) =>
            gemm(context, {
              a: b,
              b: g,
              c,
              m: k,
              n: m,
              k: n,
              batch,
              transposeA: transposeB,
              transposeB: true,
              strideA: strideB,
              strideB: strideG,
            }),
          )
        : into(0, a, m, k, (c) =>
            gemm(context, {
              a: g,
              b,
              c,
              m,
              n: k,
              k: n,
              batch,
              transposeA: false,
              transposeB: !transposeB,
              strideA: strideG,
              strideB,
            }),
          );
    const db = !needs[1]
      ? null
      : transposeB
        ? into(1, b, n, k, (c) =>
            gemm(context, {
              a: g,
              b: a,
              c,
              m: n,
              n: k,
              k: m,
              batch,
              transposeA: true,
              transposeB: transposeA,
              strideA: strideG,
              strideB: strideA,
            }),
          )
        : into(1, b, k, n, (c) =>
            gemm(context, {
              a,
              b: g,
              c,
              m: k,
              n,
              k: m,
              batch,
              transposeA: !transposeA,
              transposeB: false,
              strideA,
              strideB: strideG,
            }),
          );
    return [da, db];
  },
};

function strideOf(array: DeviceArray, batch: number, elements: number): number {
  const own = count(array.shape) / elements;
  if (own === 1) return 0;
  if (own === batch) return elements;
  throw shapeError(
    'matmul',
    `leading dimensions of ${show(array.shape)} are broadcast in part; expand it first`,
  );
}
