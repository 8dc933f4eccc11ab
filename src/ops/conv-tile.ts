/** Plans of the convolutions by tiles in workgroup memory, for devices whose subgroups vary in size and for GPUs in general. */
import type { Dtype } from '../gpu/array.ts';
import type { DeviceFacts } from '../gpu/facts.ts';
import { ceilDiv, makeLaunch, type Launch } from '../gpu/launch.ts';
import nchwSource from '../../kernels/conv-nchw.wgsl';
import nhwcSource from '../../kernels/conv-nhwc.wgsl';
import weightSource from '../../kernels/conv-tile-weight.wgsl';
import source from '../../kernels/conv-tile.wgsl';
import { finishFunctions, type Activation } from './activations.ts';
import {
  CONV_PARAMS,
  convElements,
  convFlops,
  convFromKey,
  convProduct,
  convWords,
  type ConvSizes,
  type Layout,
} from './conv-shape.ts';
import { elementTypes } from './kernel-parts.ts';

const TILE = { pixels: 64, channels: 32, outputs: 64, places: 32 };

/** Where a tap of the window lies in the image read from; outside it is beyond its sizes. */
const TAP_AT = {
  forward: `fn tap_at(y: u32, x: u32, ky: u32, kx: u32) -> vec2u {
  return vec2u(y * params.stride_h + ky * params.dilation_h - params.padding_h, x * params.stride_w + kx * params.dilation_w - params.padding_w);
}`,
  data: `fn tap_at(y: u32, x: u32, ky: u32, kx: u32) -> vec2u {
  let h = y + params.padding_h - ky * params.dilation_h;
  let w = x + params.padding_w - kx * params.dilation_w;
  let whole = h % params.stride_h == 0u && w % params.stride_w == 0u;
  return select(vec2u(0xffffffffu), vec2u(h / params.stride_h, w / params.stride_w), whole);
}`,
} as const;

/** Which array is read and which is made, and their sizes by the names of the uniform block. */
const ROLES = {
  forward: {
    image: 'x',
    result: 'y',
    sizes: { from_h: 'h', from_w: 'w', met: 'inputs', to_h: 'oh', to_w: 'ow', made: 'outputs' },
  },
  data: {
    image: 'y',
    result: 'x',
    sizes: { from_h: 'oh', from_w: 'ow', met: 'outputs', to_h: 'h', to_w: 'w', made: 'inputs' },
  },
} as const;

const places = (layout: Layout): string => (layout === 'nchw' ? nchwSource : nhwcSource);

/** y from x, or dx from dy. Arrays and weights as in `planConvUni`. */
export function planConvTile(
  _facts: DeviceFacts,
  pass: 'forward' | 'data',
  layout: Layout,
  dtype: Dtype,
  key: string,
  activation: Activation,
  hasBias: boolean,
  tapStride: number,
  metStride: number,
): Launch {
  const sizes = convFromKey(key);
  const { image, result, sizes: fields } = ROLES[pass];
  const forward = pass === 'forward';
  const made = forward ? sizes.outputs : sizes.inputs;
  const pixels = sizes.batch * (forward ? sizes.oh * sizes.ow : sizes.h * sizes.w);
  const elements = convElements(sizes);
  const last = hasBias ? 3 : 2;
  return makeLaunch({
    kernel: {
      op: forward ? 'conv2d' : 'conv2d-data',
      variant: `${layout}-tile${hasBias ? '-bias' : ''}${activation === 'none' ? '' : `-${activation}`}`,
      dtype,
      family: 'convolution',
      file: 'kernels/conv-tile.wgsl',
      source,
      ...elementTypes(dtype),
      functions: [
        CONV_PARAMS.replace('groups: u32,', 'groups: u32, weight_tap: u32, weight_met: u32,'),
        '@group(0) @binding(0) var<storage, read> image: array<Element>;',
        '@group(0) @binding(1) var<storage, read> weight: array<Element>;',
        ...(hasBias ? ['@group(0) @binding(2) var<storage, read> bias: array<Element>;'] : []),
        `@group(0) @binding(${last}) var<storage, read_write> result: array<Element>;`,
        `@group(0) @binding(${last + 1}) var<uniform> params: Params;`,
        places(layout),
        `fn image_at(n: u32, c: u32, h: u32, w: u32) -> u32 { return ${image}_at(n, c, h, w); }`,
        `fn result_at(n: u32, c: u32, h: u32, w: u32) -> u32 { return ${result}_at(n, c, h, w); }`,
        ...Object.entries(fields).map(([name, field]) => `fn ${name}() -> u32 { return params.${field}; }`),
        TAP_AT[pass],
        ...finishFunctions(activation, hasBias, false),
      ],
      bindings: ['in', 'in', ...(hasBias ? (['in'] as const) : []), 'out', 'params'],
    },
    workgroups: [ceilDiv(pixels, TILE.pixels), ceilDiv(made, TILE.channels), 1],
    params: [...convWords(sizes), tapStride, metStride],
    flops: convFlops(sizes),
    sizes: convProduct(pass, sizes, { m: TILE.pixels, n: TILE.channels }),
    bytesMoved: (elements.x + elements.y + elements.weight) * (dtype === 'f16' ? 2 : 4),
  });
}

/** Chunks of pixels that keep the device busy. */
export function tileWeightChunks(facts: DeviceFacts, sizes: ConvSizes): number {
  const tiles =
    ceilDiv(sizes.kh * sizes.kw * sizes.inputs, TILE.places) * ceilDiv(sizes.outputs, TILE.outputs);
  const pixels = sizes.batch * sizes.oh * sizes.ow;
  const wanted = Math.min(ceilDiv(facts.software ? 32 : 1024, tiles), ceilDiv(pixels, 64));
  return ceilDiv(pixels, ceilDiv(pixels, wanted));
}

/** Partial gradients [chunks][outputs][taps][inputs] of the weights. Arrays: x, dy, result. */
export function planConvTileWeight(
  _facts: DeviceFacts,
  layout: Layout,
  dtype: Dtype,
  key: string,
  chunks: number,
): Launch {
  const sizes = convFromKey(key);
  const elements = convElements(sizes);
  return makeLaunch({
    kernel: {
      op: 'conv2d-weight',
      variant: `${layout}-tile`,
      dtype,
      family: 'convolution',
      file: 'kernels/conv-tile-weight.wgsl',
      source: weightSource,
      ...elementTypes(dtype),
      functions: [
        CONV_PARAMS.replace('groups: u32,', 'groups: u32, chunks: u32,'),
        '@group(0) @binding(0) var<storage, read> x: array<Element>;',
        '@group(0) @binding(1) var<storage, read> dy: array<Element>;',
        '@group(0) @binding(2) var<storage, read_write> parts: array<Element>;',
        '@group(0) @binding(3) var<uniform> params: Params;',
        places(layout),
      ],
      bindings: ['in', 'in', 'out', 'params'],
    },
    workgroups: [
      ceilDiv(sizes.kh * sizes.kw * sizes.inputs, TILE.places),
      ceilDiv(sizes.outputs, TILE.outputs),
      chunks,
    ],
    params: [...convWords(sizes), chunks],
    flops: convFlops(sizes),
    sizes: convProduct('weight', sizes, { m: TILE.outputs, n: TILE.places }),
    bytesMoved: (elements.x + elements.y + chunks * elements.weight) * (dtype === 'f16' ? 2 : 4),
  });
}
