/** A tensor in parts along a dimension. One operation, so that the gradients of all parts are joined in one. */
import type { DeviceArray } from '../gpu/array.ts';
import { concat } from '../ops/concat.ts';
import type { Op } from '../ops/op.ts';
import { slice } from '../ops/slice.ts';

export interface SplitAttributes {
  readonly dim: number;
  readonly sizes: readonly number[];
  /** Shape of the input, for the gradient of parts that were not used. */
  readonly shape: readonly number[];
}

export const split: Op<SplitAttributes> = {
  name: 'split',
  forward(context, [x], { dim, sizes, shape }) {
    let start = 0;
    const outputs = sizes.flatMap((length) => {
      const from = start;
      start += length;
      return slice.forward(context, x ? [x] : [], { dim, start: from, length, size: shape[dim] as number })
        .outputs;
    });
    return { outputs, saved: [] };
  },
  backward(context, gradients, _saved, { dim, sizes, shape }) {
    const unused: DeviceArray[] = [];
    const parts = gradients.map((g, i): DeviceArray => {
      if (g) return g;
      const zero = context.zeros(shape.with(dim, sizes[i] as number), 'f32', 'gradient');
      unused.push(zero);
      return zero;
    });
    const whole = concat.forward(context, parts, { dim, sizes });
    for (const zero of unused) zero.release();
    return whole.outputs;
  },
};
