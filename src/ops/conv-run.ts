/** The passes of a convolution, each by the algorithm chosen for the device and the sizes. */
import type { DeviceArray } from '../gpu/array.ts';
import type { Activation } from './activations.ts';
import { planConvNaive } from './conv-naive.ts';
import { convElements, convKey, type ConvSizes, type Layout } from './conv-shape.ts';
import { planConvUni, planConvUniWeight, weightChunks } from './conv-uni.ts';
import type { OpContext } from './op.ts';
import { foldMiddle } from './reduce.ts';
import { copyStrided } from './strided.ts';

/** One subgroup a tile needs a fixed subgroup size; grouped convolutions have too few channels for it. */
function usesUni(context: OpContext, { groups }: ConvSizes): boolean {
  return context.facts.subgroupSize !== null && groups === 1;
}

export function convForward(
  context: OpContext,
  layout: Layout,
  sizes: ConvSizes,
  x: DeviceArray,
  weight: DeviceArray,
  bias: DeviceArray | undefined,
  activation: Activation,
  y: DeviceArray,
): void {
  const key = convKey(sizes);
  const hasBias = bias !== undefined;
  if (!usesUni(context, sizes)) {
    const launch = context.plan(planConvNaive, 'forward', layout, x.dtype, key, activation, hasBias);
    context.launch(launch, bias ? [x, weight, bias, y] : [x, weight, y]);
    return;
  }
  const { kh, kw, inputs, outputs } = sizes;
  const taps = kh * kw;
  // [o][taps][c] or [o][c][taps] -> [taps][c][o]
  const strides = layout === 'nhwc' ? [inputs, 1, inputs * taps] : [1, taps, inputs * taps];
  const turned = reordered(context, weight, [taps, inputs, outputs], strides);
  const launch = context.plan(
    planConvUni,
    'forward',
    layout,
    x.dtype,
    key,
    activation,
    hasBias,
    inputs * outputs,
    outputs,
  );
  context.launch(launch, bias ? [x, turned, bias, y] : [x, turned, y]);
  turned.release();
}

export function convBackwardData(
  context: OpContext,
  layout: Layout,
  sizes: ConvSizes,
  dy: DeviceArray,
  weight: DeviceArray,
  dx: DeviceArray,
): void {
  const key = convKey(sizes);
  if (!usesUni(context, sizes)) {
    context.launch(context.plan(planConvNaive, 'data', layout, dy.dtype, key, 'none', false), [
      dy,
      weight,
      dx,
    ]);
    return;
  }
  const { kh, kw, inputs, outputs } = sizes;
  const taps = kh * kw;
  // As it lies in NHWC, [o][taps][c]; in NCHW [o][c][taps] is turned into that.
  const turned =
    layout === 'nhwc' || taps === 1
      ? weight
      : reordered(context, weight, [outputs, taps, inputs], [inputs * taps, 1, taps]);
  const launch = context.plan(
    planConvUni,
    'data',
    layout,
    dy.dtype,
    key,
    'none',
    false,
    inputs,
    inputs * taps,
  );
  context.launch(launch, [dy, turned, dx]);
  if (turned !== weight) turned.release();
}

export function convBackwardWeight(
  context: OpContext,
  layout: Layout,
  sizes: ConvSizes,
  x: DeviceArray,
  dy: DeviceArray,
  dw: DeviceArray,
): void {
  const key = convKey(sizes);
  if (!usesUni(context, sizes)) {
    context.launch(context.plan(planConvNaive, 'weight', layout, x.dtype, key, 'none', false), [x, dy, dw]);
    return;
  }
  const { kh, kw, inputs, outputs } = sizes;
  const taps = kh * kw;
  const elements = convElements(sizes).weight;
  const chunks = weightChunks(context.facts, layout, sizes);
  const inOrder = layout === 'nhwc' || taps === 1 || inputs === 1;
  const launch = context.plan(planConvUniWeight, layout, x.dtype, key, chunks);
  const whole = inOrder ? dw : context.empty([outputs, taps, inputs], dw.dtype, 'workspace');
  if (chunks === 1) context.launch(launch, [x, dy, whole]);
  else {
    const partial = context.empty([chunks, elements], dw.dtype, 'workspace');
    context.launch(launch, [x, dy, partial]);
    foldMiddle(context, 'sum', partial, 1, chunks, elements, whole);
    partial.release();
  }
  if (!inOrder) {
    copyStrided(context, whole, dw, {
      op: 'conv2d-weights',
      sizes: [outputs, inputs, taps],
      stridesX: [taps * inputs, 1, inputs],
      stridesY: [inputs * taps, taps, 1],
    });
    whole.release();
  }
}

/** The weights in another order of dimensions: `strides` of the three new dimensions in the old order. */
function reordered(
  context: OpContext,
  weight: DeviceArray,
  sizes: readonly [number, number, number],
  strides: readonly number[],
): DeviceArray {
  const [, b, c] = sizes;
  const result = context.empty(sizes, weight.dtype, 'workspace');
  copyStrided(context, weight, result, {
    op: 'conv2d-weights',
    sizes,
    stridesX: strides,
    stridesY: [b * c, c, 1],
  });
  return result;
}
