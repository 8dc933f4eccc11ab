/** Sums and products of all elements up to each. */
import type { DeviceArray, Dtype } from '../gpu/array.ts';
import type { DeviceFacts } from '../gpu/facts.ts';
import { ceilDiv, foldGrid, makeLaunch, type Launch } from '../gpu/launch.ts';
import { BYTES_OF } from '../gpu/pooled-array.ts';
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
    along(context, x, dim, y, false);
    return { outputs: [y], saved: [] };
  },
  backward(context, [g], _saved, { dim }, [needed]) {
    if (!g || !needed) return [null];
    const dx = context.gradient(0, g.shape, g.dtype);
    // An element is part of its own sum and of all later ones.
    along(context, g, dim, dx, true);
    return [dx];
  },
};

function along(context: OpContext, x: DeviceArray, dim: number, y: DeviceArray, reverse: boolean): void {
  const at = axisOf('cumsum', dim, x.shape.length);
  const [outer, inner] = [count(x.shape.slice(0, at)), count(x.shape.slice(at + 1))];
  scanMiddle(context, 'sum', x, outer, x.shape[at] as number, inner, y, { reverse });
}
