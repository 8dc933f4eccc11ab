/** Plans of the convolutions that one subgroup computes by tiles. */
import type { Dtype } from '../gpu/array.ts';
import type { DeviceFacts } from '../gpu/facts.ts';
import { ceilDiv, type Launch } from '../gpu/launch.ts';
import { uniConv, uniConvVectors, type UniConv } from '../../kernels/conv-uni.ts';
import { uniConvWeight, uniConvWeightVectors, type UniConvWeight } from '../../kernels/conv-uni-weight.ts';
import type { Activation } from './activations.ts';
import { launchGathering, launchWeights } from './conv-launch.ts';
import { convFlops, convFromKey, type ConvSizes, type Layout } from './conv-shape.ts';

const PIXELS_PER_LANE = 4;

/** Work of one pass from which a software adapter gains by larger tiles, which take it twice as long to compile. */
const LARGE_FLOPS = 4e8;

/** Channels in a tile: the fewest of 8, 16 and 32 that hold them all; 32 is for large work only on a software adapter. */
function tileChannels(facts: DeviceFacts, sizes: ConvSizes, channels: number): number {
  if (channels <= 8) return 8;
  return channels <= 16 || (facts.software && convFlops(sizes) < LARGE_FLOPS) ? 16 : 32;
}

/** Whether a tap of the window can fall outside the image it reads. */
function reachesOutside(pass: 'forward' | 'data' | 'weight', s: ConvSizes): boolean {
  if (s.paddingH > 0 || s.paddingW > 0) return true;
  return pass === 'data' && (s.kh > 1 || s.kw > 1 || s.strideH > 1 || s.strideW > 1);
}

/** What makes a kernel's text another one belongs into its name: `-odd-in-padded`. */
function marks(kinds: Readonly<Record<string, boolean>>): string {
  return Object.entries(kinds)
    .map(([kind, is]) => (is ? `-${kind}` : ''))
    .join('');
}

/**
 * y from x, or dx from dy. Arrays: image, weights, bias if any, result. The weight of (tap, channel met, channel made) lies at
 * tap * tapStride + met * metStride + made.
 */
export function planConvUni(
  facts: DeviceFacts,
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
  const [met, made] = pass === 'forward' ? [sizes.inputs, sizes.outputs] : [sizes.outputs, sizes.inputs];
  const conv: UniConv = {
    pass,
    layout,
    subgroup: facts.subgroupSize ?? 0,
    channels: tileChannels(facts, sizes, made),
    pixels: PIXELS_PER_LANE,
    vectorIn: met % 4 === 0,
    vectorOut: made % 4 === 0,
    padded: reachesOutside(pass, sizes),
    strided: sizes.strideH > 1 || sizes.strideW > 1,
  };
  return launchGathering(
    pass,
    {
      variant: `${layout}-uni-${conv.channels}x${conv.pixels}${marks({ 'odd-in': !conv.vectorIn, 'odd-out': !conv.vectorOut, padded: conv.padded, strided: conv.strided })}`,
      file: 'kernels/conv-uni.ts',
      source: uniConv(conv),
      dtype,
      sizes,
      subgroups: true,
      vectors: uniConvVectors(conv),
    },
    activation,
    hasBias,
    [tapStride, metStride],
    { m: conv.subgroup * conv.pixels, n: conv.channels },
  );
}

/** Workgroups that keep the device busy; lines of pixels are cut into chunks until there are so many. */
const ENOUGH_WORKGROUPS = { software: 32, hardware: 1024 };

export function weightChunks(facts: DeviceFacts, layout: Layout, sizes: ConvSizes): number {
  const { columns, rows } = weightTile(facts, layout, sizes);
  const tiles = ceilDiv(sizes.kh * sizes.kw * sizes.inputs, columns) * ceilDiv(sizes.outputs, rows);
  const enough = facts.software ? ENOUGH_WORKGROUPS.software : ENOUGH_WORKGROUPS.hardware;
  const lines = sizes.batch * sizes.oh;
  const wanted = Math.min(ceilDiv(enough, tiles), ceilDiv(lines, 4));
  return ceilDiv(lines, ceilDiv(lines, wanted));
}

function weightTile(
  facts: DeviceFacts,
  layout: Layout,
  sizes: ConvSizes,
): { readonly columns: number; readonly rows: number; readonly places: number } {
  const { inputs, outputs, kh, kw } = sizes;
  const subgroup = facts.subgroupSize ?? 0;
  const all = kh * kw * inputs;
  // Places taken in fours fill half as many registers: twice as many fit.
  const wide = layout === 'nhwc' && inputs % 4 === 0;
  const places = wide ? (all >= subgroup * 8 ? 8 : 4) : all <= subgroup * 2 ? 2 : 4;
  return { columns: subgroup * places, rows: tileChannels(facts, sizes, outputs), places };
}

/** Partial gradients [chunks][outputs][taps][inputs] of the weights. Arrays: x, dy, result. */
export function planConvUniWeight(
  facts: DeviceFacts,
  layout: Layout,
  dtype: Dtype,
  key: string,
  chunks: number,
): Launch {
  const sizes = convFromKey(key);
  const tile = weightTile(facts, layout, sizes);
  const wideOwn = layout === 'nhwc' && sizes.inputs % 4 === 0;
  const conv: UniConvWeight = {
    layout,
    subgroup: facts.subgroupSize ?? 0,
    channels: tile.rows,
    places: tile.places,
    unroll: sizes.ow % 2 === 1 ? 1 : wideOwn || sizes.ow % 4 === 2 ? 2 : 4,
    vectorInputs: sizes.inputs % 4 === 0,
    vectorOutputs: sizes.outputs % 4 === 0,
    padded: reachesOutside('weight', sizes),
  };
  const { image, gradient, result } = uniConvWeightVectors(conv);
  return launchWeights(
    {
      variant: `${layout}-uni-${conv.channels}x${conv.places}u${conv.unroll}${marks({ 'odd-in': !conv.vectorInputs, 'odd-out': !conv.vectorOutputs, padded: conv.padded })}`,
      file: 'kernels/conv-uni-weight.ts',
      source: uniConvWeight(conv),
      dtype,
      sizes,
      subgroups: true,
      vectors: { image_in: image, gradient, result },
    },
    ['image_in', 'gradient', 'result'],
    chunks,
    { m: tile.rows, n: tile.columns },
  );
}
