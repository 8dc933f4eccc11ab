/** What changes an array where it lies: fill, accumulate, clip. None of these is differentiable. */
import type { DeviceArray, Dtype } from '../gpu/array.ts';
import type { DeviceFacts } from '../gpu/facts.ts';
import { ceilDiv, f32Bits, type Launch } from '../gpu/launch.ts';
import clipSource from '../../kernels/clip-norm.wgsl';
import fillSource from '../../kernels/fill.wgsl';
import inPlaceSource from '../../kernels/in-place.wgsl';
import { elementTypes, launchByPlaces } from './kernel-parts.ts';
import type { OpContext } from './op.ts';
import { foldMiddle } from './reduce.ts';
import { count, sameShape, shapeError, show } from './shape.ts';

export function planFill(facts: DeviceFacts, dtype: Dtype, elements: number): Launch {
  const whole = dtype === 'i32' || dtype === 'u32';
  return launchByPlaces(facts, ceilDiv(elements, 4), {
    kernel: {
      op: 'fill',
      variant: 'vec4',
      dtype,
      family: 'copy',
      file: 'kernels/fill.wgsl',
      source: fillSource,
      ...(whole ? { aliases: { Element4: dtype === 'i32' ? 'vec4i' : 'vec4u' } } : elementTypes(dtype)),
      bindings: ['out', 'params'],
    },
    flops: 0,
    bytesMoved: elements * (dtype === 'f16' ? 2 : 4),
  });
}

export function planInPlace(
  facts: DeviceFacts,
  op: string,
  wgsl: string,
  dtype: Dtype,
  elements: number,
): Launch {
  return launchByPlaces(facts, ceilDiv(elements, 4), {
    kernel: {
      op,
      variant: 'vec4',
      dtype,
      family: 'element-wise',
      file: 'kernels/in-place.wgsl',
      source: inPlaceSource,
      ...elementTypes(dtype),
      functions: [`fn op(y: vec4f, x: vec4f) -> vec4f { return ${wgsl}; }`],
      bindings: ['out', 'in', 'params'],
    },
    params: [elements],
    flops: elements,
    bytesMoved: 3 * elements * (dtype === 'f16' ? 2 : 4),
  });
}

export function planClip(facts: DeviceFacts, elements: number): Launch {
  return launchByPlaces(facts, ceilDiv(elements, 4), {
    kernel: {
      op: 'clip-norm',
      variant: 'vec4',
      dtype: 'f32',
      family: 'optimizer',
      file: 'kernels/clip-norm.wgsl',
      source: clipSource,
      bindings: ['out', 'in', 'params'],
    },
    flops: elements,
    bytesMoved: 8 * elements,
  });
}

/** Every element becomes `value`. */
export function fill(context: OpContext, array: DeviceArray, value: number): void {
  const elements = count(array.shape);
  context.launch(
    context.plan(planFill, array.dtype, elements),
    [array],
    Uint32Array.of(elements, f32Bits(value)),
  );
}

/** into += from, which have one shape and do not share memory. */
export function accumulate(context: OpContext, into: DeviceArray, from: DeviceArray): void {
  if (!sameShape(into.shape, from.shape) || into.dtype !== from.dtype)
    throw shapeError(
      'accumulate',
      `${from.dtype} ${show(from.shape)} into ${into.dtype} ${show(into.shape)}`,
    );
  context.launch(context.plan(planInPlace, 'accumulate', 'y + x', into.dtype, count(into.shape)), [
    into,
    from,
  ]);
}

/** The sum of the squares of an array (f32), as a scalar on the device. */
export function sumOfSquares(context: OpContext, array: DeviceArray): DeviceArray {
  const total = context.empty([], 'f32', 'workspace');
  foldMiddle(context, 'squares', array, 1, count(array.shape), 1, total);
  return total;
}

/** Scales gradients (f32) in place so that their norm, the root of `squares`, is at most `most`. */
export function clipNorm(
  context: OpContext,
  gradients: DeviceArray,
  squares: DeviceArray,
  most: number,
): void {
  const elements = count(gradients.shape);
  context.launch(
    context.plan(planClip, elements),
    [gradients, squares],
    Uint32Array.of(ceilDiv(elements, 4), f32Bits(most)),
  );
}
