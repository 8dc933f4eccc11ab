/** Sums and products of all elements up to each. */
import type { DeviceArray, Dtype } from '../gpu/array.ts';
import type { DeviceFacts } from '../gpu/facts.ts';
import { ceilDiv, foldGrid, makeLaunch, type Launch } from '../gpu/launch.ts';
import { BYTES_OF } from '../gpu/pooled-array.ts';
import cumprodGradSource from '../../kernels/cumprod-grad.wgsl';
import source from '../../kernels/scan.wgsl';
import { ELEMENTWISE_GROUP, elementTypes } from './kernel-parts.ts';
import type { Op, OpContext } from './op.ts';
import { chunksFor, planFold } from './reduce.ts';
import { axisOf, count, input, refuseEmpty } from './shape.ts';

export interface ScanAttributes {
  readonly dim: number;
}

type Direction = { readonly reverse?: boolean; readonly exclusive?: boolean };

const FOLDS = { sum: { wgsl: 'a + b', identity: '0.0' }, prod: { wgsl: 'a * b', identity: '1.0' } } as const;

export function planScan(
  facts: DeviceFacts,
  kind: keyof typeof FOLDS,
  dtype: Dtype,
  outer: number,
  n: number,
  inner: number,
  chunkLength: number,
  reverse: boolean,
  exclusive: boolean,
): Launch {
  const chunks = ceilDiv(n, chunkLength);
  const elements = outer * n * inner;
  return makeLaunch({
    kernel: {
      op: kind === 'sum' ? 'cumsum' : 'cumprod',
      variant: `${chunks > 1 ? 'chunks' : 'columns'}${reverse ? '-reverse' : ''}${exclusive ? '-exclusive' : ''}`,
      dtype,
      family: 'reduction',
      file: 'kernels/scan.wgsl',
      source,
      ...elementTypes(dtype),
      constants: {
        IDENTITY: FOLDS[kind].identity,
        REVERSE: reverse,
        EXCLUSIVE: exclusive,
        HAS_START: chunks > 1,
      },
      functions: [`fn fold(a: f32, b: f32) -> f32 { return ${FOLDS[kind].wgsl}; }`],
      bindings: ['in', 'in', 'out', 'params'],
    },
    workgroups: foldGrid(facts, ceilDiv(outer * chunks * inner, ELEMENTWISE_GROUP)),
    params: [outer, n, inner, chunks, chunkLength],
    flops: elements,
    bytesMoved: 2 * elements * BYTES_OF[dtype],
  });
}

/** y [outer, n, inner] = the fold of x along n up to each element (`reverse`: from it on), without it where `exclusive`. */
export function scanMiddle(
  context: OpContext,
  kind: keyof typeof FOLDS,
  x: DeviceArray,
  outer: number,
  n: number,
  inner: number,
  y: DeviceArray,
  { reverse = false, exclusive = false }: Direction = {},
): void {
  const wanted = chunksFor(context.facts, outer * inner, n);
  // As `planFold` cuts it, which folds each chunk first.
  const length = wanted === 1 ? n : ceilDiv(ceilDiv(n, wanted), 4) * 4;
  const chunks = ceilDiv(n, length);
  let start = x;
  if (chunks > 1) {
    const each = context.empty([outer, chunks, inner], x.dtype, 'workspace');
    context.launch(context.plan(planFold, kind, x.dtype, outer, n, inner, chunks, 1), [x, each]);
    start = context.empty([outer, chunks, inner], x.dtype, 'workspace');
    context.launch(context.plan(planScan, kind, x.dtype, outer, chunks, inner, chunks, reverse, false), [
      each,
      each,
      start,
    ]);
    each.release();
  }
  context.launch(context.plan(planScan, kind, x.dtype, outer, n, inner, length, reverse, exclusive), [
    x,
    start,
    y,
  ]);
  if (start !== x) start.release();
}

/** The sums of all elements up to each along a dimension. */
export const cumsum: Op<ScanAttributes> = {
  name: 'cumsum',
  forward(context, inputs, { dim }) {
    const x = input(inputs, 0, 'cumsum');
    refuseEmpty('cumsum', x);
    const y = context.empty(x.shape, x.dtype);
    scanMiddle(context, 'sum', x, ...along('cumsum', x, dim), y);
    return { outputs: [y], saved: [] };
  },
  backward(context, [g], _saved, { dim }, [needed]) {
    if (!g || !needed) return [null];
    const dx = context.gradient(0, g.shape, g.dtype);
    // An element is part of its own sum and of all later ones.
    scanMiddle(context, 'sum', g, ...along('cumsum', g, dim), dx, { reverse: true });
    return [dx];
  },
};

export function planCumprodGradient(
  facts: DeviceFacts,
  dtype: Dtype,
  outer: number,
  n: number,
  inner: number,
): Launch {
  const elements = outer * n * inner;
  return makeLaunch({
    kernel: {
      op: 'cumprod-grad',
      variant: 'columns',
      dtype,
      family: 'reduction',
      file: 'kernels/cumprod-grad.wgsl',
      source: cumprodGradSource,
      ...elementTypes(dtype),
      bindings: ['in', 'in', 'in', 'out', 'params'],
    },
    workgroups: foldGrid(facts, ceilDiv(outer * inner, ELEMENTWISE_GROUP)),
    params: [outer, n, inner],
    flops: 5 * elements,
    bytesMoved: 4 * elements * BYTES_OF[dtype],
  });
}

/** The products of all elements up to each along a dimension. */
export const cumprod: Op<ScanAttributes> = {
  name: 'cumprod',
  forward(context, inputs, { dim }) {
    const x = input(inputs, 0, 'cumprod');
    refuseEmpty('cumprod', x);
    const y = context.empty(x.shape, x.dtype);
    scanMiddle(context, 'prod', x, ...along('cumprod', x, dim), y);
    return { outputs: [y], saved: [x, y] };
  },
  backward(context, [g], saved, { dim }, [needed]) {
    if (!g || !needed) return [null];
    const [x, y] = saved as [DeviceArray, DeviceArray];
    const dx = context.gradient(0, x.shape, x.dtype);
    context.launch(context.plan(planCumprodGradient, x.dtype, ...along('cumprod', x, dim)), [x, y, g, dx]);
    return [dx];
  },
};

/** An array as [outer, n, inner], n being dimension `dim`. */
function along(op: string, { shape }: DeviceArray, dim: number): [outer: number, n: number, inner: number] {
  const at = axisOf(op, dim, shape.length);
  return [count(shape.slice(0, at)), shape[at] as number, count(shape.slice(at + 1))];
}
