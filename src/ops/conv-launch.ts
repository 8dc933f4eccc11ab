/** What the tiled convolutions share: arrays, uniform block, sizes and cost; an algorithm adds its text and its tile. */
import type { Dtype } from '../gpu/array.ts';
import type { KernelDef } from '../gpu/kernel.ts';
import { ceilDiv, makeLaunch, type Launch } from '../gpu/launch.ts';
import { finishFunctions, type Activation } from './activations.ts';
import {
  CONV_PARAMS,
  convElements,
  convFlops,
  convProduct,
  convWords,
  type ConvSizes,
} from './conv-shape.ts';
import { elementTypes } from './kernel-parts.ts';

interface TiledKernel extends Pick<KernelDef, 'variant' | 'file' | 'source'> {
  readonly dtype: Dtype;
  readonly sizes: ConvSizes;
  readonly subgroups?: boolean;
  /** By the names of the arrays, whether they are bound as vectors of four. */
  readonly vectors?: Readonly<Record<string, boolean>>;
  readonly functions?: readonly string[];
}

const bind = (index: number, name: string, access: string, vector = false): string =>
  `@group(0) @binding(${index}) var<storage, ${access}> ${name}: array<${vector ? 'Element4' : 'Element'}>;`;

function kernelOf(
  op: string,
  { dtype, variant, file, source, subgroups = false }: TiledKernel,
): Omit<KernelDef, 'functions' | 'bindings'> {
  const types = elementTypes(dtype);
  return {
    op,
    variant,
    dtype,
    family: 'convolution',
    file,
    source,
    aliases: types.aliases ?? {},
    enables: [...(types.enables ?? []), ...(subgroups ? (['subgroups'] as const) : [])],
  };
}

/**
 * y from x, or dx from dy. Arrays: image, weights, bias if any, result. The weight of (tap, channel met, channel made) lies at
 * tap * tapStride + met * metStride + made. A workgroup makes `tile.m` pixels of `tile.n` channels.
 */
export function launchGathering(
  pass: 'forward' | 'data',
  kernel: TiledKernel,
  activation: Activation,
  hasBias: boolean,
  [tapStride, metStride]: readonly [number, number],
  tile: { readonly m: number; readonly n: number },
): Launch {
  const { dtype, sizes, vectors = {}, functions = [] } = kernel;
  const forward = pass === 'forward';
  const pixels = sizes.batch * (forward ? sizes.oh * sizes.ow : sizes.h * sizes.w);
  const elements = convElements(sizes);
  const last = hasBias ? 3 : 2;
  const variant = `${kernel.variant}${hasBias ? '-bias' : ''}${activation === 'none' ? '' : `-${activation}`}`;
  return makeLaunch({
    kernel: {
      ...kernelOf(forward ? 'conv2d' : 'conv2d-data', { ...kernel, variant }),
      functions: [
        CONV_PARAMS.replace('groups: u32,', 'groups: u32, weight_tap: u32, weight_met: u32,'),
        bind(0, 'image', 'read', vectors['image']),
        bind(1, 'weight', 'read', vectors['weight']),
        ...(hasBias ? [bind(2, 'bias', 'read', vectors['result'])] : []),
        bind(last, 'result', 'read_write', vectors['result']),
        `@group(0) @binding(${last + 1}) var<uniform> params: Params;`,
        ...functions,
        ...finishFunctions(activation, hasBias, vectors['result'] ?? false),
      ],
      bindings: ['in', 'in', ...(hasBias ? (['in'] as const) : []), 'out', 'params'],
    },
    workgroups: [ceilDiv(pixels, tile.m), ceilDiv(forward ? sizes.outputs : sizes.inputs, tile.n), 1],
    params: [...convWords(sizes), tapStride, metStride],
    flops: convFlops(sizes),
    sizes: convProduct(pass, sizes, tile),
    bytesMoved: (elements.x + elements.y + elements.weight) * (dtype === 'f16' ? 2 : 4),
  });
}

/**
 * Partial gradients [chunks][outputs][taps][inputs] of the weights. `arrays` are the kernel's names of x, dy and the result. A
 * workgroup makes `tile.m` channels of `tile.n` places of the window.
 */
export function launchWeights(
  kernel: TiledKernel,
  arrays: readonly [x: string, dy: string, result: string],
  chunks: number,
  tile: { readonly m: number; readonly n: number },
): Launch {
  const { dtype, sizes, vectors = {}, functions = [] } = kernel;
  const elements = convElements(sizes);
  return makeLaunch({
    kernel: {
      ...kernelOf('conv2d-weight', kernel),
      functions: [
        CONV_PARAMS.replace('groups: u32,', 'groups: u32, chunks: u32,'),
        ...arrays.map((name, i) => bind(i, name, i < 2 ? 'read' : 'read_write', vectors[name])),
        '@group(0) @binding(3) var<uniform> params: Params;',
        ...functions,
      ],
      bindings: ['in', 'in', 'out', 'params'],
    },
    workgroups: [ceilDiv(sizes.kh * sizes.kw * sizes.inputs, tile.n), ceilDiv(sizes.outputs, tile.m), chunks],
    params: [...convWords(sizes), chunks],
    flops: convFlops(sizes),
    sizes: convProduct('weight', sizes, tile),
    bytesMoved: (elements.x + elements.y + chunks * elements.weight) * (dtype === 'f16' ? 2 : 4),
  });
}
