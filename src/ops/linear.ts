import type { DeviceArray } from '../gpu/array.ts';
import type { Activation } from './activations.ts';
import { gemm } from './gemm.ts';
import type { Op } from './op.ts';
import { foldMiddle } from './reduce.ts';
import { count, input, refuseEmpty, shapeError, show } from './shape.ts';
import { unaryGradient } from './unary.ts';

/** How the weight lies in memory: PyTorch's [out, in], or [in, out]. */
export type WeightLayout = 'out-in' | 'in-out';

export interface LinearAttributes {
  readonly weightLayout?: WeightLayout;
  /** Applied to the result in the same kernel; those whose gradient needs the result alone. */
  readonly activation?: Extract<Activation, 'none' | 'relu' | 'sigmoid' | 'tanh'>;
}

interface Sizes {
  readonly rows: number;
  readonly inputs: number;
  readonly outputs: number;
}

function sizesOf(x: DeviceArray, weight: DeviceArray, layout: WeightLayout): Sizes {
  const inputs = x.shape.at(-1) ?? 0;
  const [first, second] = weight.shape as [number, number];
  const [outputs, expected] = layout === 'out-in' ? [first, second] : [second, first];
  if (weight.shape.length !== 2 || x.shape.length < 1 || inputs !== expected)
    throw shapeError(
      'linear',
      `the input ${show(x.shape)} ends in ${inputs} features, the weight ${show(weight.shape)} (${layout}) takes ${expected}`,
    );
  return { rows: count(x.shape) / inputs, inputs, outputs };
}

/** y [..., out] = act(x [..., in] weight + bias). Inputs: x, weight, and bias [out] if there is one. */
export const linear: Op<LinearAttributes> = {
  name: 'linear',
  forward(context, inputs, { weightLayout = 'out-in', activation = 'none' }) {
    const x = input(inputs, 0, 'linear');
    const weight = input(inputs, 1, 'linear');
    const bias = inputs[2];
    const sizes = sizesOf(x, weight, weightLayout);
    refuseEmpty('linear', x);
    if (bias && (bias.shape.length !== 1 || bias.shape[0] !== sizes.outputs))
      throw shapeError(
        'linear',
        `the bias is ${show(bias.shape)}, the weight gives ${sizes.outputs} features`,
      );
    const y = context.empty([...x.shape.slice(0, -1), sizes.outputs], x.dtype);
    gemm(context, {
      a: x,
      b: weight,
      c: y,
      bias,
      m: sizes.rows,
      n: sizes.outputs,
      k: sizes.inputs,
      batch: 1,
      transposeA: false,
      transposeB: weightLayout === 'out-in',
      activation,
    });
    return { outputs: [y], saved: activation === 'none' ? [x, weight] : [x, weight, y] };
  },
  backward(context, [gy], saved, { weightLayout = 'out-in', activation = 'none' }, needs) {
    const [x, weight, y] = saved as [DeviceArray, DeviceArray, DeviceArray?];
    if (!gy) return [null, null, null];
    const { rows, inputs, outputs } = sizesOf(x, weight, weightLayout);
    const g =
      y && activation !== 'none'
        ? unaryGradient(context, gy, y, { kind: activation }, context.empty(gy.shape, gy.dtype))
        : gy;
    const result: (DeviceArray | null)[] = [null, null, null];
    if (needs[0]) {
      const dx = context.gradient(0, x.shape, x.dtype);
      gemm(context, {
        a: g,
        b: weight,
        c: dx,
        m: rows,
        n: inputs,
        k: outputs,
        batch: 1,
        transposeA: false,
        transposeB: weightLayout === 'in-out',
      });
      result[0] = dx;
    }
    if (needs[1]) {
      const dw = context.gradient(1, weight.shape, weight.dtype);
      const [a, b, m, n] =
        weightLayout === 'out-in' ? ([g, x, outputs, inputs] as const) : ([x, g, inputs, outputs] as const);
      gemm(context, { a, b, c: dw, m, n, k: rows, batch: 1, transposeA: true, transposeB: false });
      result[1] = dw;
    }
    if (needs[2]) {
      const db = context.gradient(2, [outputs], x.dtype);
      foldMiddle(context, 'sum', g, 1, rows, outputs, db);
      result[2] = db;
    }
    if (g !== gy) g.release();
    return result;
  },
};
