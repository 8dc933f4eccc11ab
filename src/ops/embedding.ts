import type { DeviceArray, Dtype } from '../gpu/array.ts';
import type { DeviceFacts } from '../gpu/facts.ts';
import { ceilDiv, foldGrid, makeLaunch, type Launch } from '../gpu/launch.ts';
import gradSource from '../../kernels/embedding-grad.wgsl';
import linksSource from '../../kernels/embedding-links.wgsl';
import { gatherRows } from './gather-rows.ts';
import { fill } from './in-place.ts';
import { ELEMENTWISE_GROUP } from './kernel-parts.ts';
import type { Op } from './op.ts';
import { rowForm } from './rows.ts';
import { count, input, refuseEmpty, shapeError, show, type Shape } from './shape.ts';

export interface EmbeddingAttributes {
  /** The row that gets no gradient. */
  readonly paddingIndex?: number;
  /** Shape of the table, for the gradient. Filled in by the caller. */
  readonly tableShape: Shape;
}

const NO_ROW = 0xffffffff;

export function planEmbeddingLinks(facts: DeviceFacts, indices: number): Launch {
  return makeLaunch({
    kernel: {
      op: 'embedding-links',
      variant: 'scan',
      dtype: 'u32',
      family: 'other',
      file: 'kernels/embedding-links.wgsl',
      source: linksSource,
      bindings: ['in', 'out', 'out', 'params'],
    },
    workgroups: foldGrid(facts, ceilDiv(indices, ELEMENTWISE_GROUP)),
    params: [indices],
    flops: 0,
    bytesMoved: 12 * indices,
  });
}

export function planEmbeddingGradient(
  facts: DeviceFacts,
  dtype: Dtype,
  indices: number,
  rows: number,
  columns: number,
  skipped: number,
): Launch {
  const form = rowForm(facts, dtype, indices, columns);
  return makeLaunch({
    kernel: {
      op: 'embedding-grad',
      variant: form.wide ? 'vec4' : 'scalar',
      dtype,
      family: 'other',
      file: 'kernels/embedding-grad.wgsl',
      source: gradSource,
      enables: form.kernel.enables,
      aliases: form.kernel.aliases,
      bindings: ['in', 'in', 'in', 'in', 'out', 'params'],
    },
    workgroups: foldGrid(facts, ceilDiv(indices * form.columns, ELEMENTWISE_GROUP)),
    params: [indices, form.columns, rows, skipped],
    flops: indices * columns,
    bytesMoved: (indices + Math.min(indices, rows)) * columns * (dtype === 'f16' ? 2 : 4),
  });
}

/** Rows of a table [rows, columns] picked by indices [...] (i32 or u32): [..., columns]. Inputs: table, indices. */
export const embedding: Op<EmbeddingAttributes> = {
  name: 'embedding',
  forward(context, inputs) {
    const table = input(inputs, 0, 'embedding');
    const index = input(inputs, 1, 'embedding');
    if (table.shape.length !== 2)
      throw shapeError('embedding', `a table of ${show(table.shape)}; it has two dimensions`);
    refuseEmpty('embedding', index);
    if (index.dtype !== 'i32' && index.dtype !== 'u32')
      throw shapeError(
        'embedding',
        `the places are whole numbers (i32 or u32), got ${index.dtype}; use .to('i32')`,
      );
    const flat = context.view(index, [count(index.shape)]);
    const picked = gatherRows(context, table, flat);
    const y = context.view(picked, [...index.shape, table.shape[1] as number]);
    picked.release();
    flat.release();
    return { outputs: [y], saved: [index] };
  },
  backward(context, [g], [index], { tableShape, paddingIndex = -1 }, [needed]) {
    if (!g || !index || !needed) return [null, null];
    const [rows, columns] = tableShape as [number, number];
    const indices = count(index.shape);
    const next = context.empty([indices], 'u32', 'workspace');
    const follows = context.zeros([indices], 'u32', 'workspace');
    context.launch(context.plan(planEmbeddingLinks, indices), [index, next, follows]);
    const table: DeviceArray = context.gradient(0, tableShape, g.dtype);
    fill(context, table, 0);
    context.launch(
      context.plan(
        planEmbeddingGradient,
        g.dtype,
        indices,
        rows,
        columns,
        paddingIndex < 0 ? NO_ROW : paddingIndex,
      ),
      [g, index, next, follows, table],
    );
    next.release();
    follows.release();
    return [table, null];
  },
};
