/** Another shape of the same elements: no kernel runs, the memory is shared. */
import type { Op } from '../ops/op.ts';
import { shapeText } from './errors.ts';

interface ReshapeAttributes {
  readonly from: readonly number[];
  readonly to: readonly number[];
}

export const reshape: Op<ReshapeAttributes> = {
  name: 'reshape',
  forward(context, [x], { to }) {
    return { outputs: x ? [context.view(x, to)] : [], saved: [] };
  },
  backward(context, [g], _saved, { from }) {
    return [g ? context.view(g, from) : null];
  },
};

/** `shape` with its one -1 replaced by what makes the sizes fit. @throws RangeError where nothing does. */
export function resolveShape(from: readonly number[], shape: readonly number[]): number[] {
  const total = from.reduce((product, n) => product * n, 1);
  const known = shape.reduce((product, n) => (n === -1 ? product : product * n), 1);
  const open = shape.filter((n) => n === -1).length;
  const to = shape.map((n) => (n === -1 ? total / known : n));
  if (
    open > 1 ||
    to.some((n) => !Number.isInteger(n) || n < 0) ||
    to.reduce((product, n) => product * n, 1) !== total
  )
    throw new RangeError(
      `reshape: ${shapeText(shape)} does not hold the ${total} elements of shape ${shapeText(from)}`,
    );
  return to;
}
