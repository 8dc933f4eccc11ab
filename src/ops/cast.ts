import type { DeviceArray, Dtype } from '../gpu/array.ts';
import type { DeviceFacts } from '../gpu/facts.ts';
import { ceilDiv, f32Bits, type Launch } from '../gpu/launch.ts';
import bytesSource from '../../kernels/widen-bytes.wgsl';
import { elementTypes, launchByPlaces } from './kernel-parts.ts';
import type { Op, OpContext } from './op.ts';
import { count, input, shapeError, stridesOf } from './shape.ts';
import { copyStrided } from './strided.ts';

export interface CastAttributes {
  readonly dtype: Dtype;
  /** Type of the input, which the gradient has again. Filled in by the caller. */
  readonly from: Dtype;
  /** From u8 alone: y = scale * x + shift, e.g. 1/255 and 0. */
  readonly scale?: number;
  readonly shift?: number;
}

export function planWidenBytes(
  facts: DeviceFacts,
  dtype: Dtype,
  elements: number,
  scale: number,
  shift: number,
): Launch {
  return launchByPlaces(facts, ceilDiv(elements, 4), {
    kernel: {
      op: 'cast',
      variant: 'from-u8',
      dtype,
      family: 'copy',
      file: 'kernels/widen-bytes.wgsl',
      source: bytesSource,
      ...elementTypes(dtype),
      bindings: ['in', 'out', 'params'],
    },
    params: [elements, f32Bits(scale), f32Bits(shift)],
    flops: 2 * elements,
    bytesMoved: elements * (1 + (dtype === 'f16' ? 2 : 4)),
  });
}

function convert(context: OpContext, x: DeviceArray, y: DeviceArray): void {
  const strides = stridesOf(x.shape);
  copyStrided(context, x, y, { op: 'cast', sizes: x.shape, stridesX: strides, stridesY: strides });
}

/** The same values in another type. */
export const cast: Op<CastAttributes> = {
  name: 'cast',
  forward(context, inputs, { dtype, scale = 1, shift = 0 }) {
    const x = input(inputs, 0, 'cast');
    const y = context.empty(x.shape, dtype);
    if (x.dtype === 'u8')
      context.launch(context.plan(planWidenBytes, dtype, count(x.shape), scale, shift), [x, y]);
    else if (scale !== 1 || shift !== 0)
      throw shapeError('cast', `scale and shift go with u8 values, these are ${x.dtype}`);
    else convert(context, x, y);
    return { outputs: [y], saved: [] };
  },
  backward(context, [g], _saved, { from }, [needed]) {
    if (!g || !needed || (from !== 'f32' && from !== 'f16')) return [null];
    const dx = context.gradient(0, g.shape, from);
    convert(context, g, dx);
    return [dx];
  },
};
