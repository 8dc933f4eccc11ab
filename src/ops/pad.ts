import { fill } from './in-place.ts';
import type { Op } from './op.ts';
import { count, input, shapeError, show, stridesOf, type Shape } from './shape.ts';
import { copyStrided } from './strided.ts';

export interface PadAttributes {
  /** Elements in front of and behind each dimension; negative ones cut. */
  readonly around: readonly (readonly [before: number, after: number])[];
  readonly value: number;
  /** Shape of the input, for the gradient. Filled in by the caller. */
  readonly shape: Shape;
}

/** The part that input and output share: where it starts in each, and its sizes. */
function overlap({ around, shape }: PadAttributes) {
  const sizes = shape.map((size, d) => {
    const [before, after] = around[d] as readonly [number, number];
    return size + Math.min(before, 0) + Math.min(after, 0);
  });
  const offset = (of: Shape, start: (before: number) => number): number => {
    const strides = stridesOf(of);
    return around.reduce((sum, [before], d) => sum + start(before) * (strides[d] as number), 0);
  };
  return { sizes, offset };
}

/** x with a margin of `value`. */
export const pad: Op<PadAttributes> = {
  name: 'pad',
  forward(context, inputs, attributes) {
    const x = input(inputs, 0, 'pad');
    const { around, value } = attributes;
    const { sizes, offset } = overlap(attributes);
    const shape = x.shape.map((size, d) => size + (around[d]?.[0] ?? 0) + (around[d]?.[1] ?? 0));
    if (sizes.some((size) => size < 1))
      throw shapeError('pad', `nothing is left of ${show(x.shape)} with margins ${show(around.flat())}`);
    const y = context.empty(shape, x.dtype);
    fill(context, y, value);
    copyStrided(context, x, y, {
      op: 'pad',
      sizes,
      stridesX: stridesOf(x.shape),
      stridesY: stridesOf(shape),
      offsetX: offset(x.shape, (before) => Math.max(-before, 0)),
      offsetY: offset(shape, (before) => Math.max(before, 0)),
    });
    return { outputs: [y], saved: [] };
  },
  backward(context, [g], _saved, attributes, [needed]) {
    if (!g || !needed) return [null];
    const { shape } = attributes;
    const { sizes, offset } = overlap(attributes);
    // All of it is written, unless some of the input was cut away.
    const dx =
      count(sizes) === count(shape)
        ? context.gradient(0, shape, g.dtype)
        : context.zeros(shape, g.dtype, 'gradient');
    copyStrided(context, g, dx, {
      op: 'pad-grad',
      sizes,
      stridesX: stridesOf(g.shape),
      stridesY: stridesOf(shape),
      offsetX: offset(g.shape, (before) => Math.max(before, 0)),
      offsetY: offset(shape, (before) => Math.max(-before, 0)),
    });
    return [dx];
  },
};
