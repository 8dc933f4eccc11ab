import type { Op } from './op.ts';
import { input, refuseEmpty } from './shape.ts';
import { copyWhole } from './strided.ts';

/** The same elements in memory of their own. */
export const clone: Op<object> = {
  name: 'clone',
  forward(context, inputs) {
    const x = input(inputs, 0, 'clone');
    refuseEmpty('clone', x);
    return { outputs: [copyWhole(context, x, context.empty(x.shape, x.dtype))], saved: [] };
  },
  backward(context, [g], _saved, _attributes, [needed]) {
    return [g && needed ? context.view(g, g.shape) : null];
  },
};
