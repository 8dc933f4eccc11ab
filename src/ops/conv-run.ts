/** The passes of a convolution, each by the algorithm chosen for the device and the sizes. */
import type { DeviceArray } from '../gpu/array.ts';
import type { Activation } from './activations.ts';
import { planConvNaive } from './conv-naive.ts';
import { convKey, type ConvSizes, type Layout } from './conv-shape.ts';
import type { OpContext } from './op.ts';

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
  const launch = context.plan(
    planConvNaive,
    'forward',
    layout,
    x.dtype,
    convKey(sizes),
    activation,
    bias !== undefined,
  );
  context.launch(launch, bias ? [x, weight, bias, y] : [x, weight, y]);
}

export function convBackwardData(
  context: OpContext,
  layout: Layout,
  sizes: ConvSizes,
  dy: DeviceArray,
  weight: DeviceArray,
  dx: DeviceArray,
): void {
  context.launch(context.plan(planConvNaive, 'data', layout, dy.dtype, convKey(sizes), 'none', false), [
    dy,
    weight,
    dx,
  ]);
}

export function convBackwardWeight(
  context: OpContext,
  layout: Layout,
  sizes: ConvSizes,
  x: DeviceArray,
  dy: DeviceArray,
  dw: DeviceArray,
): void {
  context.launch(context.plan(planConvNaive, 'weight', layout, x.dtype, convKey(sizes), 'none', false), [
    x,
    dy,
    dw,
  ]);
}
