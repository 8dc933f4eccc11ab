import type { DeviceArray } from '../gpu/array.ts';
import { convBackward, convBackwardBias, convForward } from './conv-run.ts';
import { convSizes, imageShape, type ConvAttributes } from './conv-shape.ts';
import { elementTypes } from './kernel-parts.ts';
import type { Begun, Op, OpContext } from './op.ts';
import { input, refuseEmpty, shapeError, show } from './shape.ts';

function begin(context: OpContext, inputs: readonly DeviceArray[], attributes: ConvAttributes): Begun {
  const { layout = 'nchw' } = attributes;
  const x = input(inputs, 0, 'conv2d');
  const weight = input(inputs, 1, 'conv2d');
  const bias = inputs[2];
  refuseEmpty('conv2d', x);
  elementTypes(x.dtype);
  const sizes = convSizes('conv2d', x.shape, weight.shape, attributes);
  if (bias && (bias.shape.length !== 1 || bias.shape[0] !== sizes.outputs))
    throw shapeError('conv2d', `the bias is ${show(bias.shape)}, the weight gives ${sizes.outputs} channels`);
  const shape = imageShape(layout, sizes.batch, sizes.outputs, sizes.oh, sizes.ow);
  return {
    shape,
    dtype: x.dtype,
    saved: [x, weight],
    finish(activation) {
      const y = context.empty(shape, x.dtype);
      convForward(context, { layout, sizes, x, weight, bias, activation, y });
      return y;
    },
  };
}

/**
 * Two-dimensional cross-correlation, as torch.nn.functional.conv2d. Inputs: x, weight, and bias [outputs] if there is one.
 * nchw: x [n, c, h, w], weight [o, c / groups, kh, kw]. nhwc: x [n, h, w, c], weight [o, kh, kw, c / groups].
 */
export const conv2d: Op<ConvAttributes> = {
  name: 'conv2d',
  begin,
  forward(context, inputs, attributes) {
    const { saved, finish } = begin(context, inputs, attributes);
    return { outputs: [finish('none')], saved };
  },
  backward(context, [g], saved, attributes, needs) {
    const { layout = 'nchw' } = attributes;
    const [x, weight] = saved as [DeviceArray, DeviceArray];
    if (!g) return [null, null, null];
    const sizes = convSizes('conv2d', x.shape, weight.shape, attributes);
    const dx = needs[0] ? context.gradient(0, x.shape, x.dtype) : null;
    const dw = needs[1] ? context.gradient(1, weight.shape, weight.dtype) : null;
    const pass = { layout, sizes, x, weight, dy: g };
    convBackward(context, dx && { ...pass, dx }, dw && { ...pass, dw });
    const db = needs[2] ? convBackwardBias(context, layout, sizes.outputs, g) : null;
    return [dx, dw, db];
  },
};
