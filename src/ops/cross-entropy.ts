import type { DeviceArray, Dtype } from '../gpu/array.ts';
import type { DeviceFacts } from '../gpu/facts.ts';
import { f32Bits, makeLaunch, type Launch } from '../gpu/launch.ts';
import gradSource from '../../kernels/cross-entropy-grad.wgsl';
import meanSource from '../../kernels/cross-entropy-mean.wgsl';
import source from '../../kernels/cross-entropy.wgsl';
import type { Op } from './op.ts';
import { rowForm } from './rows.ts';
import { input, refuseEmpty, shapeError, show } from './shape.ts';

export type LossReduction = 'mean' | 'sum' | 'none';

export interface CrossEntropyAttributes {
  readonly reduction?: LossReduction;
  /** Targets equal to this count for nothing; default -100. */
  readonly ignoreIndex?: number;
  readonly labelSmoothing?: number;
}

const IGNORED = -100;

/** The row's value at a class, and the classes that a Value covers. */
const WIDE_ACCESS = `fn pick(start: u32, c: u32) -> f32 { return f32(x[start + c / 4u][c % 4u]); }`;
const SCALAR_ACCESS = `fn pick(start: u32, c: u32) -> f32 { return f32(x[start + c]); }`;
const WIDE_COLUMNS = `alias Columns = vec4u;
fn columns_of(c: u32) -> vec4u { return vec4u(c * 4u) + vec4u(0, 1, 2, 3); }`;
const SCALAR_COLUMNS = `alias Columns = u32;
fn columns_of(c: u32) -> u32 { return c; }`;

export function planCrossEntropy(
  facts: DeviceFacts,
  dtype: Dtype,
  rows: number,
  columns: number,
  ignored: number,
  smoothing: number,
): Launch {
  const form = rowForm(facts, dtype, rows, columns);
  return makeLaunch({
    kernel: {
      op: 'cross-entropy',
      variant: form.variant,
      dtype,
      family: 'loss',
      file: 'kernels/cross-entropy.wgsl',
      source,
      ...form.kernel,
      constants: { ...form.kernel.constants, WIDE: form.wide, SMOOTH: smoothing !== 0 },
      functions: [...form.kernel.functions, form.wide ? WIDE_ACCESS : SCALAR_ACCESS],
      bindings: ['in', 'in', 'out', 'out', 'out', 'params'],
    },
    workgroups: form.workgroups,
    params: [rows, form.columns, ignored, f32Bits(smoothing)],
    flops: rows * columns * 11,
    bytesMoved: rows * columns * (dtype === 'f16' ? 2 : 4) + rows * 16,
  });
}

export function planCrossEntropyMean(_facts: DeviceFacts, rows: number, mean: boolean): Launch {
  return makeLaunch({
    kernel: {
      op: 'cross-entropy-mean',
      variant: 'group',
      dtype: 'f32',
      family: 'loss',
      file: 'kernels/cross-entropy-mean.wgsl',
      source: meanSource,
      bindings: ['in', 'in', 'out', 'out', 'params'],
    },
    workgroups: [1, 1, 1],
    params: [rows, mean ? 1 : 0],
    flops: 2 * rows,
    bytesMoved: 8 * rows + 8,
  });
}

export function planCrossEntropyGradient(
  facts: DeviceFacts,
  dtype: Dtype,
  rows: number,
  columns: number,
  ignored: number,
  smoothing: number,
  perRow: boolean,
): Launch {
  const form = rowForm(facts, dtype, rows, columns);
  return makeLaunch({
    kernel: {
      op: 'cross-entropy-grad',
      variant: form.variant,
      dtype,
      family: 'loss',
      file: 'kernels/cross-entropy-grad.wgsl',
      source: gradSource,
      ...form.kernel,
      constants: { ...form.kernel.constants, WIDE: form.wide, PER_ROW: perRow },
      functions: [...form.kernel.functions, form.wide ? WIDE_COLUMNS : SCALAR_COLUMNS],
      bindings: ['in', 'in', 'in', 'in', 'in', 'out', 'params'],
    },
    workgroups: form.workgroups,
    params: [rows, form.columns, ignored, f32Bits(smoothing)],
    flops: rows * columns * 12,
    bytesMoved: 2 * rows * columns * (dtype === 'f16' ? 2 : 4) + rows * 8,
  });
}

/** Cross entropy of logits [rows, classes] and target classes [rows] (i32 or u32): a scalar, or [rows] without reduction. */
export const crossEntropy: Op<CrossEntropyAttributes> = {
  name: 'crossEntropy',
  forward(context, inputs, { reduction = 'mean', ignoreIndex = IGNORED, labelSmoothing = 0 }) {
    const x = input(inputs, 0, 'cross entropy');
    const target = input(inputs, 1, 'cross entropy');
    const [rows, columns] = x.shape as [number, number];
    if (x.shape.length !== 2 || target.shape.length !== 1 || target.shape[0] !== rows)
      throw shapeError(
        'cross entropy',
        `logits ${show(x.shape)} take one target class a row, got targets ${show(target.shape)}`,
      );
    if (target.dtype !== 'u32' && target.dtype !== 'i32')
      throw shapeError('cross entropy', `targets are class numbers (i32 or u32), got ${target.dtype}`);
    refuseEmpty('cross entropy', x);
    const loss = context.empty([rows], 'f32', reduction === 'none' ? 'activation' : 'workspace');
    const shift = context.empty([rows], 'f32');
    const weight = context.empty([rows], 'f32', 'workspace');
    context.launch(context.plan(planCrossEntropy, x.dtype, rows, columns, ignoreIndex, labelSmoothing), [
      x,
      target,
      loss,
      shift,
      weight,
    ]);
    if (reduction === 'none') {
      weight.release();
      return { outputs: [loss], saved: [x, target, shift] };
    }
    const result = context.empty([], 'f32');
    const scale = context.empty([], 'f32');
    context.launch(context.plan(planCrossEntropyMean, rows, reduction === 'mean'), [
      loss,
      weight,
      result,
      scale,
    ]);
    loss.release();
    weight.release();
    return { outputs: [result], saved: [x, target, shift, scale] };
  },
  backward(context, [g], saved, { ignoreIndex = IGNORED, labelSmoothing = 0 }, needs) {
    const [x, target, shift, scale] = saved as [DeviceArray, DeviceArray, DeviceArray, DeviceArray?];
    if (!g || !needs[0]) return [null, null];
    const [rows, columns] = x.shape as [number, number];
    const dx = context.gradient(0, x.shape, x.dtype);
    context.launch(
      context.plan(planCrossEntropyGradient, x.dtype, rows, columns, ignoreIndex, labelSmoothing, !scale),
      [x, target, shift, scale ?? shift, g, dx],
    );
    return [dx, null];
  },
};
