import type { DeviceFacts } from '../gpu/facts.ts';
import { ceilDiv, foldGrid, makeLaunch, type Launch } from '../gpu/launch.ts';
import source from '../../kernels/sort-step.wgsl';
import { ELEMENTWISE_GROUP } from './kernel-parts.ts';
import type { Op } from './op.ts';
import { count, input, refuseEmpty, shapeError } from './shape.ts';
import { copyWhole } from './strided.ts';

export interface ArgsortAttributes {
  readonly descending: boolean;
}

/** Elements of a row, rounded up to a power of two: what the network of comparisons is made for. */
const networkSize = (n: number): number => 2 ** Math.ceil(Math.log2(n));

export function planSortStep(
  facts: DeviceFacts,
  descending: boolean,
  first: boolean,
  rows: number,
  n: number,
): Launch {
  const pairs = networkSize(n) / 2;
  return makeLaunch({
    kernel: {
      op: 'sort',
      variant: `${descending ? 'descending' : 'ascending'}${first ? '-first' : ''}`,
      dtype: 'f32',
      family: 'other',
      file: 'kernels/sort-step.wgsl',
      source,
      constants: { DESCENDING: descending, FIRST: first },
      bindings: ['out', 'out', 'params'],
    },
    workgroups: foldGrid(facts, ceilDiv(rows * pairs, ELEMENTWISE_GROUP)),
    flops: rows * pairs,
    bytesMoved: rows * n * 16,
  });
}

/** The places (i32) of the elements of each row [..., n] in order; equal ones stay in theirs, a NaN is the largest. */
export const argsort: Op<ArgsortAttributes> = {
  name: 'argsort',
  forward(context, inputs, { descending }) {
    const x = input(inputs, 0, 'sort');
    refuseEmpty('sort', x);
    if (x.shape.length === 0) throw shapeError('sort', 'a scalar has no order');
    const n = x.shape.at(-1) as number;
    const rows = count(x.shape) / n;
    const places = n === 1 ? context.zeros(x.shape, 'i32') : context.empty(x.shape, 'i32');
    const values = copyWhole(context, x, context.empty(x.shape, 'f32', 'workspace'));
    const pairs = networkSize(n) / 2;
    for (let block = 1; block < n; block *= 2)
      for (let half = block; half >= 1; half /= 2)
        context.launch(
          context.plan(planSortStep, descending, block === 1, rows, n),
          [values, places],
          Uint32Array.of(rows, n, pairs, half, half === block ? 1 : 0),
        );
    values.release();
    return { outputs: [places], saved: [] };
  },
  backward: () => [null],
};
