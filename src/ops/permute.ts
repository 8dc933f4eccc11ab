import type { DeviceArray } from '../gpu/array.ts';
import type { Op, OpContext } from './op.ts';
import { input, shapeError, show, stridesOf } from './shape.ts';
import { copyStrided } from './strided.ts';

export interface PermuteAttributes {
  /** Dimension i of the result is dimension `order[i]` of the input. */
  readonly order: readonly number[];
}

function permuteInto(context: OpContext, x: DeviceArray, y: DeviceArray, order: readonly number[]): void {
  const own = stridesOf(x.shape);
  copyStrided(context, x, y, {
    op: 'permute',
    sizes: y.shape,
    stridesX: order.map((d) => own[d] as number),
    stridesY: stridesOf(y.shape),
  });
}

/** The dimensions in another order, laid out anew. */
export const permute: Op<PermuteAttributes> = {
  name: 'permute',
  forward(context, inputs, { order }) {
    const x = input(inputs, 0, 'permute');
    if ([...order].sort((a, b) => a - b).some((d, i) => d !== i) || order.length !== x.shape.length)
      throw shapeError(
        'permute',
        `order ${show(order)} does not name each dimension of ${show(x.shape)} once`,
      );
    const y = context.empty(
      order.map((d) => x.shape[d] as number),
      x.dtype,
    );
    permuteInto(context, x, y, order);
    return { outputs: [y], saved: [] };
  },
  backward(context, [g], _saved, { order }, [needed]) {
    if (!g || !needed) return [null];
    const inverse = order.map((_, d) => order.indexOf(d));
    const dx = context.gradient(
      0,
      inverse.map((d) => g.shape[d] as number),
      g.dtype,
    );
    permuteInto(context, g, dx, inverse);
    return [dx];
  },
};
