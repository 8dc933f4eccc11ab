import type { Op } from './op.ts';
import { axisOf, input, shapeError, show, stridesOf } from './shape.ts';
import { copyStrided } from './strided.ts';

export interface SliceAttributes {
  readonly dim: number;
  readonly start: number;
  readonly length: number;
  /** Every `step`-th element; default 1. */
  readonly step?: number;
  /** Size of the dimension before, which the gradient has again. Filled in by the caller from the input's shape. */
  readonly size: number;
}

/** `length` elements along one dimension, from `start`. */
export const slice: Op<SliceAttributes> = {
  name: 'slice',
  forward(context, inputs, { dim, start, length, step = 1 }) {
    const x = input(inputs, 0, 'slice');
    const at = axisOf('slice', dim, x.shape.length);
    const size = x.shape[at] as number;
    if (start < 0 || length < 1 || step < 1 || start + (length - 1) * step >= size)
      throw shapeError(
        'slice',
        `${length} elements from ${start}${step === 1 ? '' : ` by ${step}`} of dimension ${dim} of ${show(x.shape)}`,
      );
    const y = context.empty(x.shape.with(at, length), x.dtype);
    const own = stridesOf(x.shape);
    const stride = own[at] as number;
    copyStrided(context, x, y, {
      op: 'slice',
      sizes: y.shape,
      stridesX: own.with(at, stride * step),
      stridesY: stridesOf(y.shape),
      offsetX: start * stride,
    });
    return { outputs: [y], saved: [] };
  },
  backward(context, [g], _saved, { dim, start, size, step = 1 }, [needed]) {
    if (!g || !needed) return [null];
    const at = axisOf('slice', dim, g.shape.length);
    const dx = context.zeros(g.shape.with(at, size), g.dtype, 'gradient');
    const own = stridesOf(dx.shape);
    const stride = own[at] as number;
    copyStrided(context, g, dx, {
      op: 'slice-grad',
      sizes: g.shape,
      stridesX: stridesOf(g.shape),
      stridesY: own.with(at, stride * step),
      offsetY: start * stride,
    });
    return [dx];
  },
};
