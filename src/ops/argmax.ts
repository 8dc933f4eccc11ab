import type { Dtype } from '../gpu/array.ts';
import type { DeviceFacts } from '../gpu/facts.ts';
import { ceilDiv, foldGrid, makeLaunch, type Launch } from '../gpu/launch.ts';
import source from '../../kernels/argmax.wgsl';
import { ELEMENTWISE_GROUP, elementTypes } from './kernel-parts.ts';
import type { Op } from './op.ts';
import { axisOf, count, input, refuseEmpty } from './shape.ts';

export interface ArgmaxAttributes {
  readonly kind: 'argmax' | 'argmin';
  readonly dim: number;
  readonly keepDim?: boolean;
}

export function planArgmax(
  facts: DeviceFacts,
  kind: ArgmaxAttributes['kind'],
  dtype: Dtype,
  outer: number,
  n: number,
  inner: number,
): Launch {
  return makeLaunch({
    kernel: {
      op: kind,
      variant: 'columns',
      dtype,
      family: 'reduction',
      file: 'kernels/argmax.wgsl',
      source,
      ...elementTypes(dtype),
      constants: { SIGN: kind === 'argmax' ? '1.0f' : '-1.0f' },
      bindings: ['in', 'out', 'params'],
    },
    workgroups: foldGrid(facts, ceilDiv(outer * inner, ELEMENTWISE_GROUP)),
    params: [outer, n, inner],
    flops: outer * n * inner,
    bytesMoved: outer * n * inner * (dtype === 'f16' ? 2 : 4) + outer * inner * 4,
  });
}

/** Where the largest or smallest element along a dimension lies (i32); it has no gradient. */
export const argmax: Op<ArgmaxAttributes> = {
  name: 'argmax',
  forward(context, inputs, { kind, dim, keepDim = false }) {
    const x = input(inputs, 0, kind);
    refuseEmpty(kind, x);
    const at = axisOf(kind, dim, x.shape.length);
    const shape = keepDim ? x.shape.with(at, 1) : x.shape.toSpliced(at, 1);
    const y = context.empty(shape, 'i32');
    const [outer, n, inner] = [
      count(x.shape.slice(0, at)),
      x.shape[at] as number,
      count(x.shape.slice(at + 1)),
    ];
    context.launch(context.plan(planArgmax, kind, x.dtype, outer, n, inner), [x, y]);
    return { outputs: [y], saved: [] };
  },
  backward: () => [null],
};
