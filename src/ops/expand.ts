import type { DeviceArray } from '../gpu/array.ts';
import type { Op, OpContext } from './op.ts';
import { sumTo } from './reduce.ts';
import { broadcastShapes, input, sameShape, shapeError, show, stridesOf, type Shape } from './shape.ts';
import { copyStrided } from './strided.ts';

export interface ExpandAttributes {
  readonly shape: Shape;
}

/** y = scale * x repeated to a larger shape, by NumPy's rule. */
export function repeatTo(context: OpContext, x: DeviceArray, y: DeviceArray, scale = 1): void {
  const lead = y.shape.length - x.shape.length;
  const own = stridesOf(x.shape);
  const strides = y.shape.map((_, d) =>
    d < lead || x.shape[d - lead] === 1 ? 0 : (own[d - lead] as number),
  );
  copyStrided(context, x, y, {
    op: 'expand',
    sizes: y.shape,
    stridesX: strides,
    stridesY: stridesOf(y.shape),
    scale,
  });
}

/** x repeated along dimensions of size 1, and new ones in front. */
export const expand: Op<ExpandAttributes> = {
  name: 'expand',
  forward(context, inputs, { shape }) {
    const x = input(inputs, 0, 'expand');
    if (!sameShape(broadcastShapes('expand', x.shape, shape), shape))
      throw shapeError('expand', `${show(x.shape)} cannot become ${show(shape)}`);
    const y = context.empty(shape, x.dtype);
    repeatTo(context, x, y);
    return { outputs: [y], saved: [x] };
  },
  backward(context, [g], [x], _attributes, [needed]) {
    if (!g || !x || !needed) return [null];
    return [sumTo(context, g, x.shape, () => context.gradient(0, x.shape, x.dtype))];
  },
};
