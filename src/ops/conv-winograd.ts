/**
 * A 3 x 3 convolution by Winograd's minimal filtering (see kernels/winograd.ts): a quarter of the multiplications for more
 * memory and some accuracy (the largest error is about twice that of a sum in order). A pixel that is not finite would make NaN of all 16
 * pixels of the tiles that meet it: such tiles are computed directly (kernels/winograd-direct.wgsl). The gradient of the weights is left
 * as it comes, for each of them meets nearly all pixels by right.
 *
 * The gradients are the transposes of the forward pass, so that both have the coefficients of dy in common.
 */
import type { DeviceArray } from '../gpu/array.ts';
import type { DeviceFacts } from '../gpu/facts.ts';
import { ceilDiv } from '../gpu/launch.ts';
import { WINOGRAD_COEFFICIENTS, WINOGRAD_TILE } from '../../kernels/winograd.ts';
import {
  convFlops,
  type ConvSizes,
  type DataPass,
  type ForwardPass,
  type Layout,
  type WeightPass,
} from './conv-shape.ts';
import {
  planWinogradOverlap,
  planWinogradTiles,
  planWinogradWeights,
  NO_SOURCE,
  sourceKey,
  tilesKey,
  type Tiles,
} from './conv-winograd-plans.ts';
import { gemm } from './gemm.ts';
import type { OpContext } from './op.ts';

export function winogradFits({ kh, kw, strideH, strideW, dilationH, dilationW, groups }: ConvSizes): boolean {
  return kh === 3 && kw === 3 && [strideH, strideW, dilationH, dilationW, groups].every((n) => n === 1);
}

/**
 * What the changes of basis cost grows with the sum of the channels of both sides, what they save with their product: from half of
 * a harmonic mean of so many channels, and so much work, on it pays on a software adapter.
 */
const FEWEST_CHANNELS = 10;
const FEWEST_FLOPS = 1e8;

export function winogradPays(sizes: ConvSizes): boolean {
  const { inputs, outputs } = sizes;
  return (inputs * outputs) / (inputs + outputs) >= FEWEST_CHANNELS && convFlops(sizes) >= FEWEST_FLOPS;
}

/** Most bytes of the coefficients of one image's side of a pass: so many images are taken at a time. */
const MOST_BYTES = { software: 4 << 20, hardware: 64 << 20 };

interface Run {
  readonly x: Tiles;
  readonly y: Tiles;
  /** Tiles of all images. */
  readonly tiles: number;
}

/** The images in runs of equal length (but for the last). */
function runsOf(facts: DeviceFacts, sizes: ConvSizes): Run[] {
  const { batch, inputs, outputs, h, w, oh, ow, paddingH, paddingW } = sizes;
  const [tilesH, tilesW] = [ceilDiv(oh, WINOGRAD_TILE), ceilDiv(ow, WINOGRAD_TILE)];
  const bytes = 4 * WINOGRAD_COEFFICIENTS * tilesH * tilesW * Math.max(inputs, outputs);
  const most = Math.max(1, Math.floor((facts.software ? MOST_BYTES.software : MOST_BYTES.hardware) / bytes));
  const length = ceilDiv(batch, ceilDiv(batch, most));
  return Array.from({ length: ceilDiv(batch, length) }, (_, i) => {
    const first = i * length;
    const shared = { tilesH, tilesW, first, images: Math.min(length, batch - first) };
    return {
      x: { ...shared, h, w, channels: inputs, paddingH, paddingW },
      y: { ...shared, h: oh, w: ow, channels: outputs, paddingH: 0, paddingW: 0 },
      tiles: shared.images * tilesH * tilesW,
    };
  });
}

const coefficients = (context: OpContext, rows: number, columns: number): DeviceArray =>
  context.empty([WINOGRAD_COEFFICIENTS, rows, columns], 'f32', 'workspace');

/** Strides of output channels, input channels and taps in the weights. */
function weightStrides(
  layout: Layout,
  inputs: number,
): readonly [output: number, input: number, tap: number] {
  return layout === 'nhwc' ? [9 * inputs, 1, inputs] : [9 * inputs, 9, 1];
}

export function winogradForward(context: OpContext, pass: ForwardPass): void {
  const { layout, sizes, x, weight, bias, activation = 'none', y } = pass;
  const { inputs, outputs } = sizes;
  const [byOutput, byInput, byTap] = weightStrides(layout, inputs);
  const u = coefficients(context, inputs, outputs);
  context.launch(
    context.plan(planWinogradWeights, 'weight', inputs, outputs, byInput, byOutput, byTap, false),
    [weight, u],
  );
  const source = sourceKey({
    h: sizes.h,
    w: sizes.w,
    channels: inputs,
    shiftH: -sizes.paddingH,
    shiftW: -sizes.paddingW,
    backwards: false,
    strides: [byOutput, byInput, byTap],
  });
  for (const run of runsOf(context.facts, sizes)) {
    const v = coefficients(context, run.tiles, inputs);
    changeBasis(context, 'image', layout, run.x, x, v);
    const product = coefficients(context, run.tiles, outputs);
    gemm(context, { a: v, b: u, c: product, m: run.tiles, n: outputs, k: inputs, ...EACH });
    v.release();
    const key = tilesKey(run.y);
    context.launch(
      context.plan(planWinogradTiles, 'result', layout, key, activation, bias !== undefined, source),
      [product, ...(bias ? [bias] : []), x, weight, y],
    );
    product.release();
  }
  u.release();
}

/** A product for each coefficient. */
const EACH = { batch: WINOGRAD_COEFFICIENTS, transposeA: false, transposeB: false } as const;

/** Pixels of a run of images to coefficients. */
function changeBasis(
  context: OpContext,
  part: 'image' | 'gradient',
  layout: Layout,
  tiles: Tiles,
  pixels: DeviceArray,
  made: DeviceArray,
): void {
  context.launch(context.plan(planWinogradTiles, part, layout, tilesKey(tiles), 'none', false, NO_SOURCE), [
    pixels,
    made,
  ]);
}

/** One of the passes or both, which have the coefficients of dy in common. */
export function winogradBackward(
  context: OpContext,
  ...[data, weights]: [DataPass, WeightPass | null] | [null, WeightPass]
): void {
  const { layout, sizes, dy } = data ?? weights;
  const { inputs, outputs } = sizes;
  const strides = weightStrides(layout, inputs);
  const u = data && coefficients(context, outputs, inputs);
  if (u)
    context.launch(context.plan(planWinogradWeights, 'weight', outputs, inputs, ...strides, false), [
      data.weight,
      u,
    ]);
  for (const [i, run] of runsOf(context.facts, sizes).entries()) {
    const g = coefficients(context, run.tiles, outputs);
    changeBasis(context, 'gradient', layout, run.y, dy, g);
    if (u) toImage(context, data, run, g, u);
    if (weights) toWeights(context, weights, run, g, i > 0);
    g.release();
  }
  u?.release();
}

/** dx of a run of images, from the coefficients of dy and of the weights. */
function toImage(
  context: OpContext,
  { layout, sizes, dy, weight, dx }: DataPass,
  run: Run,
  g: DeviceArray,
  u: DeviceArray,
): void {
  const { inputs, outputs } = sizes;
  const squares = coefficients(context, run.tiles, inputs);
  gemm(context, { a: g, b: u, c: squares, m: run.tiles, n: inputs, k: outputs, ...EACH });
  const key = tilesKey(run.x);
  context.launch(context.plan(planWinogradTiles, 'image-gradient', layout, key, 'none', false, NO_SOURCE), [
    squares,
  ]);
  const [byOutput, byInput, byTap] = weightStrides(layout, inputs);
  const source = sourceKey({
    h: sizes.oh,
    w: sizes.ow,
    channels: outputs,
    shiftH: sizes.paddingH,
    shiftW: sizes.paddingW,
    backwards: true,
    strides: [byInput, byOutput, byTap],
  });
  context.launch(context.plan(planWinogradOverlap, layout, key, source), [squares, dy, weight, dx]);
  squares.release();
}

/** What a run of images adds to dw (with `add`, to what is there), from the coefficients of dy. */
function toWeights(
  context: OpContext,
  { layout, sizes: { inputs, outputs }, x, dw }: WeightPass,
  run: Run,
  g: DeviceArray,
  add: boolean,
): void {
  const v = coefficients(context, run.tiles, inputs);
  changeBasis(context, 'image', layout, run.x, x, v);
  const product = coefficients(context, outputs, inputs);
  const shape = { m: outputs, n: inputs, k: run.tiles, ...EACH, transposeA: true };
  gemm(context, { a: g, b: v, c: product, ...shape });
  v.release();
  const strides = weightStrides(layout, inputs);
  context.launch(context.plan(planWinogradWeights, 'weight-gradient', outputs, inputs, ...strides, add), [
    product,
    dw,
  ]);
  product.release();
}
