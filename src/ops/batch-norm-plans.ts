/** Plans of batch normalization: statistics of each channel of [outer, channels, inner], and what is done with them. */
import type { Dtype } from '../gpu/array.ts';
import type { DeviceFacts } from '../gpu/facts.ts';
import type { Binding, KernelDef } from '../gpu/kernel.ts';
import { ceilDiv, f32Bits, foldGrid, makeLaunch, type Launch } from '../gpu/launch.ts';
import applySource from '../../kernels/batch-norm-apply.wgsl';
import fixedSource from '../../kernels/batch-norm-fixed.wgsl';
import gradSource from '../../kernels/batch-norm-grad.wgsl';
import mergeSource from '../../kernels/batch-norm-merge.wgsl';
import sumsSource from '../../kernels/batch-norm-sums.wgsl';
import momentsSource from '../../kernels/channel-moments.wgsl';
import { elementTypes, launchByPlaces } from './kernel-parts.ts';

/**
 * How four elements are taken together: `columns` are four channels side by side, `planes` four elements of one channel,
 * `scalar` where neither divides evenly.
 */
type Form = 'columns' | 'planes' | 'scalar';

function formOf(channels: number, inner: number): Form {
  if (inner === 1) return channels % 4 === 0 ? 'columns' : 'scalar';
  return inner % 4 === 0 ? 'planes' : 'scalar';
}

interface Units {
  readonly form: Form;
  /** Channels and inner elements in Values. */
  readonly channels: number;
  readonly inner: number;
  readonly kernel: Required<Pick<KernelDef, 'enables' | 'aliases' | 'functions'>>;
}

function unitsOf(dtype: Dtype, channels: number, inner: number): Units {
  const form = formOf(channels, inner);
  const types = elementTypes(dtype);
  const wide = form !== 'scalar';
  return {
    form,
    channels: form === 'columns' ? channels / 4 : channels,
    inner: form === 'planes' ? inner / 4 : inner,
    kernel: {
      enables: types.enables ?? [],
      aliases: {
        ...types.aliases,
        Value: wide ? 'vec4f' : 'f32',
        Stored: wide ? 'Element4' : 'Element',
        Stat: form === 'columns' ? 'vec4f' : 'f32',
      },
      functions: [
        `fn gather(v: Value) -> Stat { return ${form === 'planes' ? 'v.x + v.y + v.z + v.w' : 'v'}; }`,
      ],
    },
  };
}

/** Pieces of `outer` that statistics are gathered in. */
export function statisticChunks(facts: DeviceFacts, outer: number, channels: number, inner: number): number {
  const invocations = formOf(channels, inner) === 'columns' ? channels / 4 : channels;
  const wanted = Math.min(ceilDiv(facts.software ? 64 : 16_384, invocations), outer);
  return ceilDiv(outer, ceilDiv(outer, wanted));
}

const bytesOf = (dtype: Dtype): number => (dtype === 'f16' ? 2 : 4);
const groupOf = (facts: DeviceFacts): number => (facts.software ? 8 : 64);

/** Arrays by name: element type and access, in the order they are bound. */
function declare(arrays: readonly (readonly [name: string, type: string, access: 'in' | 'out'])[]): {
  readonly functions: string[];
  readonly bindings: Binding[];
} {
  return {
    functions: [
      ...arrays.map(
        ([name, type, access], i) =>
          `@group(0) @binding(${i}) var<storage, ${access === 'in' ? 'read' : 'read_write'}> ${name}: array<${type}>;`,
      ),
      `@group(0) @binding(${arrays.length}) var<uniform> params: Params;`,
    ],
    bindings: [...arrays.map(([, , access]) => access), 'params'],
  };
}

/** Access to per-channel numbers, four channels at a time where they lie side by side. */
function perChannel(form: Form, name: string, array: string, part = ''): string {
  const one = (index: string): string => `f32(${array}[${index}]${part})`;
  const body =
    form === 'columns' ? `vec4f(${[0, 1, 2, 3].map((q) => one(`c * 4u + ${q}u`)).join(', ')})` : one('c');
  return `fn ${name}(c: u32) -> Stat { return ${body}; }`;
}

const MOMENTS = (form: Form): string[] => [
  perChannel(form, 'mean_of', 'moments', '.x'),
  perChannel(form, 'scale_of', 'moments', '.y'),
];

export function planChannelMoments(
  facts: DeviceFacts,
  dtype: Dtype,
  outer: number,
  channels: number,
  inner: number,
  chunks: number,
): Launch {
  const units = unitsOf(dtype, channels, inner);
  return makeLaunch({
    kernel: {
      op: 'channel-moments', variant: units.form, dtype, family: 'normalization', file: 'kernels/channel-moments.wgsl', source: momentsSource,
      ...units.kernel, constants: { GROUP: groupOf(facts) }, bindings: ['in', 'out', 'out', 'params'],
    }, // prettier-ignore
    workgroups: foldGrid(facts, ceilDiv(chunks * units.channels, groupOf(facts))),
    params: [
      outer,
      units.channels,
      units.inner,
      chunks,
      ceilDiv(outer, chunks),
      units.form === 'planes' ? 4 : 1,
    ],
    flops: 4 * outer * channels * inner,
    bytesMoved: outer * channels * inner * bytesOf(dtype),
  });
}

export function planBatchNormMerge(
  _facts: DeviceFacts,
  outer: number,
  channels: number,
  inner: number,
  chunks: number,
  eps: number,
  momentum: number,
  tracks: boolean,
): Launch {
  const length = ceilDiv(outer, chunks);
  return makeLaunch({
    kernel: {
      op: 'batch-norm-merge', variant: tracks ? 'tracking' : 'plain', dtype: 'f32', family: 'normalization', file: 'kernels/batch-norm-merge.wgsl', source: mergeSource,
      constants: { TRACKS: tracks }, bindings: ['in', 'in', 'out', 'out', 'out', 'params'],
    }, // prettier-ignore
    workgroups: [ceilDiv(channels, 64), 1, 1],
    params: [
      channels,
      chunks,
      f32Bits(length * inner),
      f32Bits((outer - (chunks - 1) * length) * inner),
      f32Bits(eps),
      f32Bits(momentum),
    ],
    flops: 10 * channels * chunks,
    bytesMoved: 8 * channels * (chunks + 3),
  });
}

export function planBatchNormFixed(_facts: DeviceFacts, channels: number, eps: number): Launch {
  return makeLaunch({
    kernel: {
      op: 'batch-norm-fixed',
      variant: 'running',
      dtype: 'f32',
      family: 'normalization',
      file: 'kernels/batch-norm-fixed.wgsl',
      source: fixedSource,
      bindings: ['in', 'in', 'out', 'params'],
    },
    workgroups: [ceilDiv(channels, 64), 1, 1],
    params: [channels, f32Bits(eps)],
    flops: 3 * channels,
    bytesMoved: 16 * channels,
  });
}

export function planBatchNormApply(
  facts: DeviceFacts,
  dtype: Dtype,
  outer: number,
  channels: number,
  inner: number,
): Launch {
  const { form, kernel, ...units } = unitsOf(dtype, channels, inner);
  const values = outer * units.channels * units.inner;
  const arrays = declare([
    ['x', 'Stored', 'in'],
    ['moments', 'vec2f', 'in'],
    ['gamma', 'f32', 'in'],
    ['beta', 'f32', 'in'],
    ['y', 'Stored', 'out'],
  ]);
  return launchByPlaces(facts, values, {
    kernel: {
      op: 'batch-norm', variant: form, dtype, family: 'normalization', file: 'kernels/batch-norm-apply.wgsl', source: applySource, ...kernel,
      functions: [...arrays.functions, ...MOMENTS(form), perChannel(form, 'gamma_of', 'gamma'), perChannel(form, 'beta_of', 'beta')], bindings: arrays.bindings,
    }, // prettier-ignore
    params: [values, units.channels, units.inner],
    flops: 4 * outer * channels * inner,
    bytesMoved: 2 * outer * channels * inner * bytesOf(dtype),
  });
}

export function planBatchNormSums(
  facts: DeviceFacts,
  dtype: Dtype,
  outer: number,
  channels: number,
  inner: number,
  chunks: number,
): Launch {
  const { form, kernel, ...units } = unitsOf(dtype, channels, inner);
  const arrays = declare([
    ['g', 'Stored', 'in'],
    ['x', 'Stored', 'in'],
    ['moments', 'vec2f', 'in'],
    ['parts', 'Stat', 'out'],
  ]);
  return makeLaunch({
    kernel: {
      op: 'batch-norm-sums', variant: form, dtype, family: 'normalization', file: 'kernels/batch-norm-sums.wgsl', source: sumsSource, ...kernel,
      constants: { GROUP: groupOf(facts) }, functions: [...kernel.functions, ...arrays.functions, ...MOMENTS(form)], bindings: arrays.bindings,
    }, // prettier-ignore
    workgroups: foldGrid(facts, ceilDiv(chunks * units.channels, groupOf(facts))),
    params: [outer, units.channels, units.inner, chunks, ceilDiv(outer, chunks)],
    flops: 4 * outer * channels * inner,
    bytesMoved: 2 * outer * channels * inner * bytesOf(dtype),
  });
}

export function planBatchNormGradient(
  facts: DeviceFacts,
  dtype: Dtype,
  outer: number,
  channels: number,
  inner: number,
  fixed: boolean,
): Launch {
  const { form, kernel, ...units } = unitsOf(dtype, channels, inner);
  const values = outer * units.channels * units.inner;
  const arrays = declare([
    ['g', 'Stored', 'in'],
    ['x', 'Stored', 'in'],
    ['moments', 'vec2f', 'in'],
    ['sums', 'Stat', 'in'],
    ['gamma', 'f32', 'in'],
    ['dx', 'Stored', 'out'],
  ]);
  return launchByPlaces(facts, values, {
    kernel: {
      op: 'batch-norm-grad', variant: `${form}${fixed ? '-fixed' : ''}`, dtype, family: 'normalization', file: 'kernels/batch-norm-grad.wgsl', source: gradSource, ...kernel,
      constants: { FIXED: fixed }, functions: [...arrays.functions, ...MOMENTS(form), perChannel(form, 'gamma_of', 'gamma')], bindings: arrays.bindings,
    }, // prettier-ignore
    params: [values, units.channels, units.inner, f32Bits(1 / (outer * inner))],
    flops: 8 * outer * channels * inner,
    bytesMoved: 3 * outer * channels * inner * bytesOf(dtype),
  });
}
