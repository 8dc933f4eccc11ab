import type { Dtype } from '../gpu/array.ts';
import type { DeviceFacts } from '../gpu/facts.ts';
import { makeLaunch, type Launch } from '../gpu/launch.ts';
import gradSource from '../../kernels/softmax-grad.wgsl';
import source from '../../kernels/softmax.wgsl';
import type { Op } from './op.ts';
import { rowForm } from './rows.ts';
import { count, input, refuseEmpty } from './shape.ts';

export interface SoftmaxAttributes {
  /** The logarithm of the softmax. */
  readonly log?: boolean;
}

export function planSoftmax(
  facts: DeviceFacts,
  pass: 'forward' | 'backward',
  log: boolean,
  dtype: Dtype,
  rows: number,
  columns: number,
): Launch {
  const form = rowForm(facts, dtype, rows, columns);
  const forward = pass === 'forward';
  return makeLaunch({
    kernel: {
      op: `${log ? 'log-softmax' : 'softmax'}${forward ? '' : '-grad'}`,
      variant: form.variant,
      dtype,
      family: 'normalization',
      file: forward ? 'kernels/softmax.wgsl' : 'kernels/softmax-grad.wgsl',
      source: forward ? source : gradSource,
      ...form.kernel,
      constants: { ...form.kernel.constants, LOG: log },
      bindings: forward ? ['in', 'out', 'params'] : ['in', 'in', 'out', 'params'],
    },
    workgroups: form.workgroups,
    params: [rows, form.columns],
    flops: rows * columns * (forward ? 20 : 4),
    bytesMoved: rows * columns * (forward ? 2 : 3) * (dtype === 'f16' ? 2 : 4),
  });
}

/** Softmax over the last dimension, or its logarithm. */
export const softmax: Op<SoftmaxAttributes> = {
  name: 'softmax',
  forward(context, inputs, { log = false }) {
    const x = input(inputs, 0, 'softmax');
    refuseEmpty('softmax', x);
    const columns = x.shape.at(-1) ?? 1;
    const y = context.empty(x.shape, x.dtype);
    context.launch(context.plan(planSoftmax, 'forward', log, x.dtype, count(x.shape) / columns, columns), [
      x,
      y,
    ]);
    return { outputs: [y], saved: [y] };
  },
  backward(context, [g], [y], { log = false }, [needed]) {
    if (!g || !y || !needed) return [null];
    const columns = y.shape.at(-1) ?? 1;
    const dx = context.gradient(0, y.shape, y.dtype);
    context.launch(context.plan(planSoftmax, 'backward', log, y.dtype, count(y.shape) / columns, columns), [
      g,
      y,
      dx,
    ]);
    return [dx];
  },
};
