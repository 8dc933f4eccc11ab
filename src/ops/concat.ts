import type { DeviceArray } from '../gpu/array.ts';
import type { Op } from './op.ts';
import { axisOf, sameShape, shapeError, show, stridesOf } from './shape.ts';
import { copyStrided } from './strided.ts';

export interface ConcatAttributes {
  readonly dim: number;
  /** Size of each input along `dim`, for the gradient. Filled in by the caller. */
  readonly sizes: readonly number[];
}

/** The inputs one after another along a dimension. */
export const concat: Op<ConcatAttributes> = {
  name: 'concat',
  forward(context, inputs, { dim }) {
    const first = inputs[0];
    if (!first) throw shapeError('concat', 'there is nothing to join');
    const at = axisOf('concat', dim, first.shape.length);
    let total = 0;
    for (const x of inputs) {
      if (
        x.shape.length !== first.shape.length ||
        !sameShape(x.shape.with(at, 0), first.shape.with(at, 0)) ||
        x.dtype !== first.dtype
      )
        throw shapeError(
          'concat',
          `${x.dtype} ${show(x.shape)} cannot follow ${first.dtype} ${show(first.shape)} along dimension ${dim}`,
        );
      total += x.shape[at] as number;
    }
    const y = context.empty(first.shape.with(at, total), first.dtype);
    const strides = stridesOf(y.shape);
    let start = 0;
    for (const x of inputs) {
      copyStrided(context, x, y, {
        op: 'concat',
        sizes: x.shape,
        stridesX: stridesOf(x.shape),
        stridesY: strides,
        offsetY: start * (strides[at] as number),
      });
      start += x.shape[at] as number;
    }
    return { outputs: [y], saved: [] };
  },
  backward(context, [g], _saved, { dim, sizes }, needs) {
    if (!g) return sizes.map(() => null);
    const at = axisOf('concat', dim, g.shape.length);
    const strides = stridesOf(g.shape);
    let start = 0;
    return sizes.map((size, i): DeviceArray | null => {
      const offset = start * (strides[at] as number);
      start += size;
      if (!needs[i]) return null;
      const dx = context.gradient(i, g.shape.with(at, size), g.dtype);
      copyStrided(context, g, dx, {
        op: 'concat-grad',
        sizes: dx.shape,
        stridesX: strides,
        stridesY: stridesOf(dx.shape),
        offsetX: offset,
      });
      return dx;
    });
  },
};
