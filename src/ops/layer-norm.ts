import type { DeviceArray, Dtype } from '../gpu/array.ts';
import type { DeviceFacts } from '../gpu/facts.ts';
import { ceilDiv, f32Bits, foldGrid, makeLaunch, type Launch } from '../gpu/launch.ts';
import gradSource from '../../kernels/layer-norm-grad.wgsl';
import weightsSource from '../../kernels/layer-norm-weights.wgsl';
import source from '../../kernels/layer-norm.wgsl';
import type { Op, OpContext } from './op.ts';
import { chunksFor, foldMiddle } from './reduce.ts';
import { rowForm } from './rows.ts';
import { count, input, refuseEmpty, shapeError, show, type Shape } from './shape.ts';
import { copyStrided } from './strided.ts';

export interface LayerNormAttributes {
  /** Trailing dimensions that are normalized together; default 1. */
  readonly dims?: number;
  readonly eps?: number;
  /** `rms`: the root-mean-square norm, which subtracts no mean. */
  readonly kind?: 'layer' | 'rms';
}

const DEFAULT_EPS = 1e-5;

type Affine = 'none' | 'gamma' | 'gamma-beta';

const array = (index: number, access: string, name: string, type: string): string =>
  `@group(0) @binding(${index}) var<storage, ${access}> ${name}: array<${type}>;`;

export function planLayerNorm(
  facts: DeviceFacts,
  pass: 'forward' | 'backward',
  kind: 'layer' | 'rms',
  affine: Affine,
  dtype: Dtype,
  rows: number,
  columns: number,
  eps: number,
): Launch {
  const form = rowForm(facts, dtype, rows, columns);
  const forward = pass === 'forward';
  const gamma = affine !== 'none';
  const beta = affine === 'gamma-beta' && forward;
  const names: [string, string, string][] = forward
    ? [
        ['read', 'x', 'Stored'],
        ...(gamma ? [['read', 'gamma', 'Stored'] as [string, string, string]] : []),
        ...(beta ? [['read', 'beta', 'Stored'] as [string, string, string]] : []),
        ['read_write', 'y', 'Stored'],
        ['read_write', 'moments', 'vec2f'],
      ]
    : [
        ['read', 'g', 'Stored'],
        ['read', 'x', 'Stored'],
        ['read', 'moments', 'vec2f'],
        ...(gamma ? [['read', 'gamma', 'Stored'] as [string, string, string]] : []),
        ['read_write', 'dx', 'Stored'],
      ];
  const scaled = gamma ? 'v * Value(gamma[c])' : 'v';
  return makeLaunch({
    kernel: {
      op: `${kind}-norm${forward ? '' : '-grad'}`,
      variant: `${form.variant}${affine === 'none' ? '' : `-${affine}`}`,
      dtype,
      family: 'normalization',
      file: forward ? 'kernels/layer-norm.wgsl' : 'kernels/layer-norm-grad.wgsl',
      source: forward ? source : gradSource,
      ...form.kernel,
      constants: { ...form.kernel.constants, MEAN: kind === 'layer' },
      functions: [
        ...form.kernel.functions,
        ...names.map(([access, name, type], i) => array(i, access, name, type)),
        `@group(0) @binding(${names.length}) var<uniform> params: Params;`,
        forward
          ? `fn affine(v: Value, c: u32) -> Value { return ${scaled}${beta ? ' + Value(beta[c])' : ''}; }`
          : `fn weighted(v: Value, c: u32) -> Value { return ${scaled}; }`,
      ],
      bindings: [
        ...names.map(([access]) => (access === 'read' ? ('in' as const) : ('out' as const))),
        'params',
      ],
    },
    workgroups: form.workgroups,
    params: [rows, form.columns, f32Bits(eps), f32Bits(1 / columns)],
    flops: rows * columns * (forward ? 8 : 12),
    bytesMoved: rows * columns * (forward ? 2 : 3) * (dtype === 'f16' ? 2 : 4) + rows * 8,
  });
}

export function planLayerNormWeights(
  facts: DeviceFacts,
  dtype: Dtype,
  rows: number,
  columns: number,
  chunks: number,
): Launch {
  const form = rowForm(facts, dtype, rows, columns);
  const group = facts.software ? 8 : 64;
  return makeLaunch({
    kernel: {
      op: 'layer-norm-weights',
      variant: form.wide ? 'columns-vec4' : 'columns',
      dtype,
      family: 'normalization',
      file: 'kernels/layer-norm-weights.wgsl',
      source: weightsSource,
      enables: form.kernel.enables,
      aliases: form.kernel.aliases,
      constants: { GROUP: group },
      bindings: ['in', 'in', 'in', 'out', 'params'],
    },
    workgroups: foldGrid(facts, ceilDiv(chunks * form.columns, group)),
    params: [rows, form.columns, chunks, ceilDiv(rows, chunks)],
    flops: rows * columns * 5,
    bytesMoved: rows * columns * 2 * (dtype === 'f16' ? 2 : 4) + rows * 8,
  });
}

function sizesOf(shape: Shape, dims: number): readonly [rows: number, columns: number] {
  const columns = count(shape.slice(shape.length - dims));
  return [count(shape) / columns, columns];
}

/** Rows of the trailing dimensions made mean 0 and variance 1 (or root mean square 1). Inputs: x, gamma and beta if there are. */
export const layerNorm: Op<LayerNormAttributes> = {
  name: 'layerNorm',
  forward(context, inputs, { dims = 1, eps = DEFAULT_EPS, kind = 'layer' }) {
    const x = input(inputs, 0, 'layer norm');
    refuseEmpty('layer norm', x);
    const [, gamma, beta] = inputs;
    const [rows, columns] = sizesOf(x.shape, dims);
    for (const weight of [gamma, beta])
      if (weight && count(weight.shape) !== columns)
        throw shapeError(
          'layer norm',
          `weights ${show(weight.shape)} for the last ${dims} dimensions of ${show(x.shape)}`,
        );
    const y = context.empty(x.shape, x.dtype);
    const moments = context.empty([rows, 2], 'f32');
    const affine = beta ? 'gamma-beta' : gamma ? 'gamma' : 'none';
    context.launch(context.plan(planLayerNorm, 'forward', kind, affine, x.dtype, rows, columns, eps), [
      x,
      ...(gamma ? [gamma] : []),
      ...(beta ? [beta] : []),
      y,
      moments,
    ]);
    return { outputs: [y], saved: gamma ? [x, moments, gamma] : [x, moments] };
  },
  backward(context, [g], saved, { dims = 1, eps = DEFAULT_EPS, kind = 'layer' }, needs) {
    const [x, moments, gamma] = saved as [DeviceArray, DeviceArray, DeviceArray?];
    if (!g) return [null, null, null];
    const [rows, columns] = sizesOf(x.shape, dims);
    const result: (DeviceArray | null)[] = [null, null, null];
    if (needs[0]) {
      const dx = context.gradient(0, x.shape, x.dtype);
      context.launch(
        context.plan(planLayerNorm, 'backward', kind, gamma ? 'gamma' : 'none', x.dtype, rows, columns, eps),
        [g, x, moments, ...(gamma ? [gamma] : []), dx],
      );
      result[0] = dx;
    }
    if (gamma && (needs[1] || needs[2]))
      weightGradients(context, g, x, moments, gamma, rows, columns, needs, result);
    return result;
  },
};

function weightGradients(
  context: OpContext,
  g: DeviceArray,
  x: DeviceArray,
  moments: DeviceArray,
  gamma: DeviceArray,
  rows: number,
  columns: number,
  needs: readonly boolean[],
  result: (DeviceArray | null)[],
): void {
  const chunks = ceilDiv(rows, ceilDiv(rows, chunksFor(context.facts, ceilDiv(columns, 4), rows)));
  const parts = context.empty([chunks, 2, columns], 'f32', 'workspace');
  context.launch(context.plan(planLayerNormWeights, x.dtype, rows, columns, chunks), [g, x, moments, parts]);
  const both = context.empty([2, columns], 'f32', 'workspace');
  foldMiddle(context, 'sum', parts, 1, chunks, 2 * columns, both);
  parts.release();
  for (const [i, needed] of [needs[1], needs[2]].entries()) {
    if (!needed) continue;
    const target = context.gradient(i + 1, gamma.shape, gamma.dtype);
    copyStrided(context, both, target, {
      op: 'layer-norm-weights',
      sizes: [columns],
      stridesX: [1],
      stridesY: [1],
      offsetX: i * columns,
    });
    result[i + 1] = target;
  }
  both.release();
}
