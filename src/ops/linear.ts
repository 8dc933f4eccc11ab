import type { DeviceArray } from '../gpu/array.ts';
import { gemm } from './gemm.ts';
import { elementTypes } from './kernel-parts.ts';
import type { Begun, Op, OpContext } from './op.ts';
import { foldMiddle } from './reduce.ts';
import { count, input, refuseEmpty, shapeError, show } from './shape.ts';

/** How the weight lies in memory: PyTorch's [out, in], or [in, out]. */
export type WeightLayout = 'out-in' | 'in-out';

export interface LinearAttributes {
  readonly weightLayout?: WeightLayout;
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

function begin(
  context: OpContext,
  inputs: readonly DeviceArray[],
  { weightLayout = 'out-in' }: LinearAttributes,
): Begun {
  const x = input(inputs, 0, 'linear');
  const weight = input(inputs, 1, 'linear');
  const bias = inputs[2];
  const sizes = sizesOf(x, weight, weightLayout);
  refuseEmpty('linear', x);
  elementTypes(x.dtype);
  if (bias && (bias.shape.length !== 1 || bias.shape[0] !== sizes.outputs))
    throw shapeError('linear', `the bias is ${show(bias.shape)}, the weight gives ${sizes.outputs} features`);
  const shape = [...x.shape.slice(0, -1), sizes.outputs];
  return {
    shape,
    dtype: x.dtype,
    saved: [x, weight],
    finish(activation) {
      const y = context.empty(shape, x.dtype);
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
      return y;
    },
  };
}

/** y [..., out] = x [..., in] weight + bias. Inputs: x, weight, and bias [out] if there is one. */
export const linear: Op<LinearAttributes> = {
  name: 'linear',
  begin,
  forward(context, inputs, attributes) {
    const { saved, finish } = begin(context, inputs, attributes);
    return { outputs: [finish('none')], saved };
  },
  backward(context, [g], saved, { weightLayout = 'out-in' }, needs) {
    const [x, weight] = saved as [DeviceArray, DeviceArray];
    if (!g) return [null, null, null];
    const { rows, inputs, outputs } = sizesOf(x, weight, weightLayout);
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
    return result;
  },
};
