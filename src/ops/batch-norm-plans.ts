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

/** As a plan is asked for: what it goes over, [outer, channels, inner]. */
type Sizes = [dtype: Dtype, outer: number, channels: number, inner: number];

/** Element types of arrays by name, in the order they are bound: those read, then those made. */
interface Arrays {
  readonly reads: Readonly<Record<string, string>>;
  readonly makes: Readonly<Record<string, string>>;
}

function declare({ reads, makes }: Arrays): { readonly functions: string[]; readonly bindings: Binding[] } {
  const arrays = [
    ...Object.entries(reads).map((array) => [...array, 'read'] as const),
    ...Object.entries(makes).map((array) => [...array, 'read_write'] as const),
  ];
  return {
    functions: [
      ...arrays.map(
        ([name, type, access], i) =>
          `@group(0) @binding(${i}) var<storage, ${access}> ${name}: array<${type}>;`,
      ),
      `@group(0) @binding(${arrays.length}) var<uniform> params: Params;`,
    ],
    bindings: [...arrays.map(([, , access]) => (access === 'read' ? 'in' : 'out')), 'params'],
  };
}

/** Access to per-channel numbers, four channels at a time where they lie side by side. */
function perChannel(form: Form, name: string, array: string, part = ''): string {
  const one = (index: string): string => `f32(${array}[${index}]${part})`;
  const body =
    form === 'columns' ? `vec4f(${[0, 1, 2, 3].map((q) => one(`c * 4u + ${q}u`)).join(', ')})` : one('c');
  return `fn ${name}(c: u32) -> Stat { return ${body}; }`;
}

const momentsOf = (form: Form): string[] => [
  perChannel(form, 'mean_of', 'moments', '.x'),
  perChannel(form, 'scale_of', 'moments', '.y'),
];

/** What makes the kernels over elements different from each other. */
interface Text extends Arrays, Pick<KernelDef, 'op' | 'file' | 'source' | 'constants'> {
  readonly functions?: readonly string[];
  /** What makes its text another one, for its name. */
  readonly mark?: string;
}

function kernelOf(
  dtype: Dtype,
  units: Units,
  { reads, makes, functions = [], mark = '', ...text }: Text,
): KernelDef {
  const declared = declare({ reads, makes });
  return {
    ...text,
    ...units.kernel,
    variant: `${units.form}${mark}`,
    dtype,
    family: 'normalization',
    functions: [...units.kernel.functions, ...declared.functions, ...functions],
    bindings: declared.bindings,
  };
}

/** A kernel with an invocation a chunk of `outer` and a channel; `reads`: arrays as long as x. */
function byChunks(
  facts: DeviceFacts,
  text: Text,
  reads: number,
  [dtype, outer, channels, inner]: Sizes,
  chunks: number,
): Launch {
  const units = unitsOf(dtype, channels, inner);
  const group = groupOf(facts);
  return makeLaunch({
    kernel: kernelOf(dtype, units, { ...text, constants: { GROUP: group } }),
    workgroups: foldGrid(facts, ceilDiv(chunks * units.channels, group)),
    params: [
      outer,
      units.channels,
      units.inner,
      chunks,
      ceilDiv(outer, chunks),
      units.form === 'planes' ? 4 : 1,
    ],
    flops: 4 * outer * channels * inner,
    bytesMoved: reads * outer * channels * inner * bytesOf(dtype),
  });
}

/** Means and sums of squared differences of chunks. Arrays: x, both [chunks, channels]. */
export function planChannelMoments(
  facts: DeviceFacts,
  ...[dtype, outer, channels, inner, chunks]: [...Sizes, chunks: number]
): Launch {
  const text: Text = {
    op: 'channel-moments',
    file: 'kernels/channel-moments.wgsl',
    source: momentsSource,
    reads: { x: 'Stored' },
    makes: { means: 'Stat', squares: 'Stat' },
  };
  return byChunks(facts, text, 1, [dtype, outer, channels, inner], chunks);
}

/** Sums for the gradients of chunks. Arrays: g, x, moments, sums [chunks, 2, channels]. */
export function planBatchNormSums(
  facts: DeviceFacts,
  ...[dtype, outer, channels, inner, chunks]: [...Sizes, chunks: number]
): Launch {
  const text: Text = {
    op: 'batch-norm-sums',
    file: 'kernels/batch-norm-sums.wgsl',
    source: sumsSource,
    reads: { g: 'Stored', x: 'Stored', moments: 'vec2f' },
    makes: { parts: 'Stat' },
    functions: momentsOf(formOf(channels, inner)),
  };
  return byChunks(facts, text, 2, [dtype, outer, channels, inner], chunks);
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

/** A kernel with an invocation a Value of x. `moved`: arrays as long as x that it reads or writes; `params` come behind the sizes. */
function byValues(
  facts: DeviceFacts,
  text: Text,
  [dtype, outer, channels, inner]: Sizes,
  cost: { readonly flops: number; readonly moved: number },
  params: readonly number[] = [],
): Launch {
  const units = unitsOf(dtype, channels, inner);
  const values = outer * units.channels * units.inner;
  const elements = outer * channels * inner;
  return launchByPlaces(facts, values, {
    kernel: kernelOf(dtype, units, text),
    params: [values, units.channels, units.inner, ...params],
    flops: cost.flops * elements,
    bytesMoved: cost.moved * elements * bytesOf(dtype),
  });
}

/** Arrays: x, moments, gamma, beta, y. */
export function planBatchNormApply(facts: DeviceFacts, ...sizes: Sizes): Launch {
  const [, , channels, inner] = sizes;
  const form = formOf(channels, inner);
  const text: Text = {
    op: 'batch-norm',
    file: 'kernels/batch-norm-apply.wgsl',
    source: applySource,
    reads: { x: 'Stored', moments: 'vec2f', gamma: 'f32', beta: 'f32' },
    makes: { y: 'Stored' },
    functions: [
      ...momentsOf(form),
      perChannel(form, 'gamma_of', 'gamma'),
      perChannel(form, 'beta_of', 'beta'),
    ],
  };
  return byValues(facts, text, sizes, { flops: 4, moved: 2 });
}

/** Arrays: g, x, moments, sums [2, channels], gamma, dx. `fixed`: the statistics were given and have no gradient. */
export function planBatchNormGradient(
  facts: DeviceFacts,
  ...[dtype, outer, channels, inner, fixed]: [...Sizes, fixed: boolean]
): Launch {
  const form = formOf(channels, inner);
  const text: Text = {
    op: 'batch-norm-grad',
    mark: fixed ? '-fixed' : '',
    file: 'kernels/batch-norm-grad.wgsl',
    source: gradSource,
    constants: { FIXED: fixed },
    reads: { g: 'Stored', x: 'Stored', moments: 'vec2f', sums: 'Stat', gamma: 'f32' },
    makes: { dx: 'Stored' },
    functions: [...momentsOf(form), perChannel(form, 'gamma_of', 'gamma')],
  };
  const share = f32Bits(1 / (outer * inner));
  return byValues(facts, text, [dtype, outer, channels, inner], { flops: 8, moved: 3 }, [share]);
}
