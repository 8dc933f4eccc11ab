import type { DeviceArray } from '../gpu/array.ts';
import type { Activation } from './activations.ts';
import { convBackward, convBackwardBias, convForward } from './conv-run.ts';
import { convSizes, imageShape, type ConvAttributes } from './conv-shape.ts';
import type { Op } from './op.ts';
import { input, refuseEmpty, shapeError, show } from './shape.ts';
import { unaryGradient } from './unary.ts';

export interface Conv2dAttributes extends ConvAttributes {
  /** Applied in the same kernel; those whose gradient needs the result alone. */
  readonly activation?: Extract<Activation, 'none' | 'relu' | 'sigmoid' | 'tanh'>;
}

/**
 * Two-dimensional cross-correlation, as torch.nn.functional.conv2d. Inputs: x, weight, and bias [outputs] if there is one.
 * nchw: x [n, c, h, w], weight [o, c / groups, kh, kw]. nhwc: x [n, h, w, c], weight [o, kh, kw, c / groups].
 */
export const conv2d: Op<Conv2dAttributes> = {
  name: 'conv2d',
  forward(context, inputs, attributes) {
    const { layout = 'nchw', activation = 'none' } = attributes;
    const x = input(inputs, 0, 'conv2d');
    const weight = input(inputs, 1, 'conv2d');
    const bias = inputs[2];
    refuseEmpty('conv2d', x);
    const sizes = convSizes('conv2d', x.shape, weight.shape, attributes);
    if (bias && (bias.shape.length !== 1 || bias.shape[0] !== sizes.outputs))
      throw shapeError(
        'conv2d',
        `the bias is ${show(bias.shape)}, the weight gives ${sizes.outputs} channels`,
      );
    const y = context.empty(imageShape(layout, sizes.batch, sizes.outputs, sizes.oh, sizes.ow), x.dtype);
    convForward(context, { layout, sizes, x, weight, bias, activation, y });
    return { outputs: [y], saved: activation === 'none' ? [x, weight] : [x, weight, y] };
  },
  backward(context, [gy], saved, attributes, needs) {
    const { layout = 'nchw', activation = 'none' } = attributes;
    const [x, weight, y] = saved as [DeviceArray, DeviceArray, DeviceArray?];
    if (!gy) return [null, null, null];
    const sizes = convSizes('conv2d', x.shape, weight.shape, attributes);
    const g =
      y && activation !== 'none'
        ? unaryGradient(context, gy, y, { kind: activation }, context.empty(gy.shape, gy.dtype))
        : gy;
    const dx = needs[0] ? context.gradient(0, x.shape, x.dtype) : null;
    const dw = needs[1] ? context.gradient(1, weight.shape, weight.dtype) : null;
    const pass = { layout, sizes, x, weight, dy: g };
    convBackward(context, dx && { ...pass, dx }, dw && { ...pass, dw });
    const db = needs[2] ? convBackwardBias(context, layout, sizes.outputs, g) : null;
    if (g !== gy) g.release();
    return [dx, dw, db];
  },
};
