import type { DeviceArray } from '../gpu/array.ts';
import type { Op, OpContext } from './op.ts';
import { axisOf, input, refuseEmpty, stridesOf } from './shape.ts';
import { copyStrided } from './strided.ts';

export interface FlipAttributes {
  readonly dims: readonly number[];
}

function flipInto(context: OpContext, x: DeviceArray, y: DeviceArray, dims: readonly number[]): DeviceArray {
  const axes = new Set(dims.map((dim) => axisOf('flip', dim, x.shape.length)));
  const strides = stridesOf(x.shape);
  const last = (d: number): number => ((x.shape[d] as number) - 1) * (strides[d] as number);
  copyStrided(context, x, y, {
    op: 'flip',
    sizes: x.shape,
    // Backward from the last element: the kernel's sums of words wrap around.
    stridesX: strides.map((stride, d) => (axes.has(d) ? -stride : stride)),
    stridesY: strides,
    offsetX: [...axes].reduce((offset, d) => offset + last(d), 0),
  });
  return y;
}

/** The elements along some dimensions in reverse. */
export const flip: Op<FlipAttributes> = {
  name: 'flip',
  forward(context, inputs, { dims }) {
    const x = input(inputs, 0, 'flip');
    refuseEmpty('flip', x);
    return { outputs: [flipInto(context, x, context.empty(x.shape, x.dtype), dims)], saved: [] };
  },
  backward(context, [g], _saved, { dims }, [needed]) {
    return [g && needed ? flipInto(context, g, context.gradient(0, g.shape, g.dtype), dims) : null];
  },
};
