/**
 * A 3 x 3 convolution by Winograd's minimal filtering (see kernels/winograd.ts): a quarter of the multiplications for more
 * memory and some accuracy (the largest error is about twice that of a sum in order). A pixel that is not finite makes NaN of all 16
 * pixels of the tiles that meet it.
 *
 * The gradients are the transposes of the forward pass, so that both have the coefficients of dy in common.
 */
import type { DeviceArray } from '../gpu/array.ts';
import type { DeviceFacts } from '../gpu/facts.ts';
import { ceilDiv } from '../gpu/launch.ts';
import { WINOGRAD_COEFFICIENTS, WINOGRAD_TILE } from '../../kernels/winograd.ts';
import type { Activation } from './activations.ts';
import { convFlops, type ConvSizes, type Layout } from './conv-shape.ts';
import {
  planWinogradOverlap,
  planWinogradTiles,
  planWinogradWeights,
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

export function winogradForward(
  context: OpContext,
  layout: Layout,
  sizes: ConvSizes,
  x: DeviceArray,
  weight: DeviceArray,
  bias: DeviceArray | undefined,
  activation: Activation,
  y: DeviceArray,
): void {
  const { inputs, outputs } = sizes;
  const [byOutput, byInput, byTap] = weightStrides(layout, inputs);
  const u = coefficients(context, inputs, outputs);
  context.launch(
    context.plan(planWinogradWeights, 'weight', inputs, outputs, byInput, byOutput, byTap, false),
    [weight, u],
  );
  for (const run of runsOf(context.facts, sizes)) {
    const v = coefficients(context, run.tiles, inputs);
    context.launch(context.plan(planWinogradTiles, 'image', layout, tilesKey(run.x), 'none', false), [x, v]);
    const product = coefficients(context, run.tiles, outputs);
    gemm(context, { a: v, b: u, c: product, m: run.tiles, n: outputs, k: inputs, ...EACH });
    v.release();
    const launch = context.plan(
      planWinogradTiles,
      'result',
      layout,
      tilesKey(run.y),
      activation,
      bias !== undefined,
    );
    context.launch(launch, bias ? [product, bias, y] : [product, y]);
    product.release();
  }
  u.release();
}

/** A product for each coefficient. */
const EACH = { batch: WINOGRAD_COEFFICIENTS, transposeA: false, transposeB: false } as const;

/** Those of dx and dw that are given. */
export function winogradBackward(
  context: OpContext,
  layout: Layout,
  sizes: ConvSizes,
  x: DeviceArray | null,
  weight: DeviceArray | null,
  dy: DeviceArray,
  dx: DeviceArray | null,
  dw: DeviceArray | null,
): void {
  const { inputs, outputs } = sizes;
  const [byOutput, byInput, byTap] = weightStrides(layout, inputs);
  const u = dx && weight ? coefficients(context, outputs, inputs) : null;
  if (u && weight)
    context.launch(
      context.plan(planWinogradWeights, 'weight', outputs, inputs, byOutput, byInput, byTap, false),
      [weight, u],
    );
  for (const [i, run] of runsOf(context.facts, sizes).entries()) {
    const g = coefficients(context, run.tiles, outputs);
    context.launch(context.plan(planWinogradTiles, 'gradient', layout, tilesKey(run.y), 'none', false), [
      dy,
      g,
    ]);
    if (dx && u) {
      const squares = coefficients(context, run.tiles, inputs);
      gemm(context, { a: g, b: u, c: squares, m: run.tiles, n: inputs, k: outputs, ...EACH });
      context.launch(
        context.plan(planWinogradTiles, 'image-gradient', layout, tilesKey(run.x), 'none', false),
        [squares],
      );
      context.launch(context.plan(planWinogradOverlap, layout, tilesKey(run.x)), [squares, dx]);
      squares.release();
    }
    if (dw && x) {
      const v = coefficients(context, run.tiles, inputs);
      context.launch(context.plan(planWinogradTiles, 'image', layout, tilesKey(run.x), 'none', false), [
        x,
        v,
      ]);
      const product = coefficients(context, outputs, inputs);
      gemm(context, {
        a: g,
        b: v,
        c: product,
        m: outputs,
        n: inputs,
        k: run.tiles,
        ...EACH,
        transposeA: true,
      });
      v.release();
      context.launch(
        context.plan(
          planWinogradWeights,
          'weight-gradient',
          outputs,
          inputs,
          byOutput,
          byInput,
          byTap,
          i > 0,
        ),
        [product, dw],
      );
      product.release();
    }
    g.release();
  }
  u?.release();
}
