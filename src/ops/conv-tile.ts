/** Plans of the convolutions by tiles in workgroup memory, for devices whose subgroups vary in size and for GPUs in general. */
import type { Dtype } from '../gpu/array.ts';
import type { DeviceFacts } from '../gpu/facts.ts';
import { ceilDiv, type Launch } from '../gpu/launch.ts';
import nchwSource from '../../kernels/conv-nchw.wgsl';
import nhwcSource from '../../kernels/conv-nhwc.wgsl';
import weightSource from '../../kernels/conv-tile-weight.wgsl';
import source from '../../kernels/conv-tile.wgsl';
import type { Activation } from './activations.ts';
import { launchGathering, launchWeights } from './conv-launch.ts';
import { convFromKey, type ConvSizes, type Layout } from './conv-shape.ts';

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
  return launchGathering(
    pass,
    {
      variant: `${layout}-tile`,
      file: 'kernels/conv-tile.wgsl',
      source,
      dtype,
      sizes,
      functions: [
        places(layout),
        `fn image_at(n: u32, c: u32, h: u32, w: u32) -> u32 { return ${image}_at(n, c, h, w); }`,
        `fn result_at(n: u32, c: u32, h: u32, w: u32) -> u32 { return ${result}_at(n, c, h, w); }`,
        ...Object.entries(fields).map(([name, field]) => `fn ${name}() -> u32 { return params.${field}; }`),
        TAP_AT[pass],
      ],
    },
    activation,
    hasBias,
    [tapStride, metStride],
    { m: TILE.pixels, n: TILE.channels },
  );
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
  return launchWeights(
    {
      variant: `${layout}-tile`,
      file: 'kernels/conv-tile-weight.wgsl',
      source: weightSource,
      dtype,
      sizes,
      functions: [places(layout)],
    },
    ['x', 'dy', 'parts'],
    chunks,
    { m: TILE.outputs, n: TILE.places },
  );
}
