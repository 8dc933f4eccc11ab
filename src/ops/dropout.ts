import type { DeviceArray, Dtype } from '../gpu/array.ts';
import type { DeviceFacts } from '../gpu/facts.ts';
import { ceilDiv, f32Bits, type Launch } from '../gpu/launch.ts';
import source from '../../kernels/dropout.wgsl';
import { elementTypes, launchByPlaces } from './kernel-parts.ts';
import type { Op, OpContext } from './op.ts';
import { count, input, refuseEmpty, shapeError } from './shape.ts';

export interface DropoutAttributes {
  /** Share that is dropped, 0 <= p < 1. */
  readonly p: number;
  /** u32; the same seed drops the same elements. */
  readonly seed: number;
}

export function planDropout(facts: DeviceFacts, dtype: Dtype, elements: number): Launch {
  return launchByPlaces(facts, ceilDiv(elements, 4), {
    kernel: {
      op: 'dropout',
      variant: 'vec4',
      dtype,
      family: 'element-wise',
      file: 'kernels/dropout.wgsl',
      source,
      ...elementTypes(dtype),
      bindings: ['in', 'out', 'params'],
    },
    flops: 2 * elements,
    bytesMoved: 2 * elements * (dtype === 'f16' ? 2 : 4),
  });
}

function drop(context: OpContext, x: DeviceArray, y: DeviceArray, { p, seed }: DropoutAttributes): void {
  const elements = count(x.shape);
  context.launch(
    context.plan(planDropout, x.dtype, elements),
    [x, y],
    Uint32Array.of(
      elements,
      seed >>> 0,
      Math.min(2 ** 32 - 1, Math.round(p * 2 ** 32)),
      f32Bits(1 / (1 - p)),
    ),
  );
}

/** Elements dropped at random, the others scaled up to keep the mean. */
export const dropout: Op<DropoutAttributes> = {
  name: 'dropout',
  forward(context, inputs, attributes) {
    const x = input(inputs, 0, 'dropout');
    refuseEmpty('dropout', x);
    if (!(attributes.p >= 0 && attributes.p < 1))
      throw shapeError('dropout', `a share of ${attributes.p} to drop; it is at least 0 and below 1`);
    const y = context.empty(x.shape, x.dtype);
    drop(context, x, y, attributes);
    return { outputs: [y], saved: [] };
  },
  backward(context, [g], _saved, attributes, [needed]) {
    if (!g || !needed) return [null];
    const dx = context.gradient(0, g.shape, g.dtype);
    drop(context, g, dx, attributes);
    return [dx];
  },
};
