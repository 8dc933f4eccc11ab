/** Elements picked along a dimension by an index, and put there. */
import type { DeviceArray, Dtype } from '../gpu/array.ts';
import type { DeviceFacts } from '../gpu/facts.ts';
import { ceilDiv, foldGrid, makeLaunch, type Launch } from '../gpu/launch.ts';
import { BYTES_OF } from '../gpu/pooled-array.ts';
import gatherSource from '../../kernels/gather.wgsl';
import scatterSource from '../../kernels/scatter.wgsl';
import { ELEMENTWISE_GROUP, storedType } from './kernel-parts.ts';
import type { Op, OpContext } from './op.ts';
import { axisOf, count, input, refuseEmpty, sameShape, shapeError, show, type Shape } from './shape.ts';
import { copyWhole } from './strided.ts';

export interface GatherAttributes {
  readonly dim: number;
  /** Shape of the input, for the gradient. Filled in by the caller. */
  readonly shape: Shape;
}

export interface ScatterAttributes {
  readonly dim: number;
  /** Add to what is there instead of putting it there. */
  readonly add: boolean;
}

export function planGather(
  facts: DeviceFacts,
  dtype: Dtype,
  outer: number,
  n: number,
  m: number,
  inner: number,
): Launch {
  const elements = outer * m * inner;
  return makeLaunch({
    kernel: {
      op: 'gather',
      variant: 'elements',
      dtype,
      family: 'copy',
      file: 'kernels/gather.wgsl',
      source: gatherSource,
      ...storedType(dtype),
      bindings: ['in', 'in', 'out', 'params'],
    },
    workgroups: foldGrid(facts, ceilDiv(elements, ELEMENTWISE_GROUP)),
    params: [elements, n, m, inner],
    flops: 0,
    bytesMoved: elements * (2 * BYTES_OF[dtype] + 4),
  });
}

export function planScatter(
  facts: DeviceFacts,
  dtype: Dtype,
  add: boolean,
  outer: number,
  n: number,
  m: number,
  inner: number,
): Launch {
  return makeLaunch({
    kernel: {
      op: add ? 'scatter-add' : 'scatter',
      variant: 'columns',
      dtype,
      family: 'copy',
      file: 'kernels/scatter.wgsl',
      source: scatterSource,
      ...storedType(dtype),
      constants: { ADD: add },
      bindings: ['out', 'in', 'in', 'params'],
    },
    workgroups: foldGrid(facts, ceilDiv(outer * inner, ELEMENTWISE_GROUP)),
    params: [outer * inner, n, m, inner],
    flops: add ? outer * m * inner : 0,
    bytesMoved: outer * m * inner * ((add ? 3 : 2) * BYTES_OF[dtype] + 4),
  });
}

interface Sizes {
  readonly outer: number;
  readonly n: number;
  readonly m: number;
  readonly inner: number;
}

/** @throws RangeError unless the index is whole numbers of the tensor's shape but for `dim`. */
function sizesOf(op: string, shape: Shape, index: DeviceArray, dim: number): Sizes {
  const at = axisOf(op, dim, shape.length);
  if (index.shape.length !== shape.length || !sameShape(index.shape.with(at, 0), shape.with(at, 0)))
    throw shapeError(op, `places of shape ${show(index.shape)} along dimension ${dim} of ${show(shape)}`);
  if (index.dtype !== 'i32' && index.dtype !== 'u32')
    throw shapeError(op, `places are whole numbers (i32 or u32), got ${index.dtype}`);
  return {
    outer: count(shape.slice(0, at)),
    n: shape[at] as number,
    m: index.shape[at] as number,
    inner: count(shape.slice(at + 1)),
  };
}

function pick(
  context: OpContext,
  x: DeviceArray,
  index: DeviceArray,
  { outer, n, m, inner }: Sizes,
  y: DeviceArray,
): DeviceArray {
  context.launch(context.plan(planGather, x.dtype, outer, n, m, inner), [x, index, y]);
  return y;
}

function put(
  context: OpContext,
  into: DeviceArray,
  index: DeviceArray,
  from: DeviceArray,
  { outer, n, m, inner }: Sizes,
  add: boolean,
): void {
  context.launch(context.plan(planScatter, into.dtype, add, outer, n, m, inner), [into, index, from]);
}

/** y[i][j] = x[index[i][j]][j] for dimension 0, and so on; 0 where the index lies outside. Inputs: x, index (i32 or u32). */
export const gather: Op<GatherAttributes> = {
  name: 'gather',
  forward(context, inputs, { dim }) {
    const x = input(inputs, 0, 'gather');
    const index = input(inputs, 1, 'gather');
    refuseEmpty('gather', x);
    refuseEmpty('gather', index);
    const sizes = sizesOf('gather', x.shape, index, dim);
    return { outputs: [pick(context, x, index, sizes, context.empty(index.shape, x.dtype))], saved: [index] };
  },
  backward(context, [g], [index], { dim, shape }, [needed]) {
    if (!g || !index || !needed) return [null, null];
    const dx = context.zeros(shape, g.dtype, 'gradient');
    put(context, dx, index, g, sizesOf('gather', shape, index, dim), true);
    return [dx, null];
  },
};

/** x with `from` put (or added) at the index along a dimension. Inputs: x, index (i32 or u32), from, of the index's shape. */
export const scatter: Op<ScatterAttributes> = {
  name: 'scatter',
  forward(context, inputs, { dim, add }) {
    const [x, index, from] = [0, 1, 2].map((i) => input(inputs, i, 'scatter')) as [
      DeviceArray,
      DeviceArray,
      DeviceArray,
    ];
    refuseEmpty('scatter', index);
    if (!sameShape(index.shape, from.shape) || from.dtype !== x.dtype)
      throw shapeError(
        'scatter',
        `${from.dtype} ${show(from.shape)} at places ${show(index.shape)} into ${x.dtype}`,
      );
    const sizes = sizesOf('scatter', x.shape, index, dim);
    const y = copyWhole(context, x, context.empty(x.shape, x.dtype));
    put(context, y, index, from, sizes, add);
    return { outputs: [y], saved: [index] };
  },
  backward(context, [g], [index], { dim, add }, needs) {
    if (!g || !index) return [null, null, null];
    const sizes = sizesOf('scatter', g.shape, index, dim);
    const result: (DeviceArray | null)[] = [null, null, null];
    if (needs[0] && add) result[0] = context.view(g, g.shape);
    else if (needs[0]) {
      // What was overwritten had no part in the result.
      const dx = copyWhole(context, g, context.gradient(0, g.shape, g.dtype));
      const nothing = context.zeros(index.shape, g.dtype, 'workspace');
      put(context, dx, index, nothing, sizes, false);
      nothing.release();
      result[0] = dx;
    }
    if (needs[2]) result[2] = pick(context, g, index, sizes, context.gradient(2, index.shape, g.dtype));
    return result;
  },
};
