import type { DeviceArray } from '../gpu/array.ts';
import { convBackward, convBackwardBias, convForward } from './conv-run.ts';
import {
  imageShape,
  imageSizes,
  pair,
  windowOf,
  type ConvAttributes,
  type ConvSizes,
  type Pair,
} from './conv-shape.ts';
import { combine } from './binary.ts';
import type { Op } from './op.ts';
import { input, refuseEmpty, shapeError, show, type Shape } from './shape.ts';

export interface ConvTranspose2dAttributes extends ConvAttributes {
  /** Rows and columns added at the far edges, which a stride leaves open. */
  readonly outputPadding?: Pair;
}

/** Sizes of the convolution that this one runs backward: its input is our result. */
function sizesOf(
  x: Shape,
  weight: Shape,
  { layout = 'nchw', groups = 1, outputPadding = 0, ...attributes }: ConvTranspose2dAttributes,
): ConvSizes {
  if (x.length !== 4) throw shapeError('conv transpose', `the input is ${show(x)}; it needs four dimensions`);
  const [batch, outputs, oh, ow] = imageSizes(x, layout);
  const [taken, perGroup, kh, kw] = imageSizes(weight, layout);
  if (taken !== outputs)
    throw shapeError(
      'conv transpose',
      `the input ${show(x)} (${layout}) has ${outputs} channels, the weight ${show(weight)} takes ${taken}`,
    );
  const window = windowOf(attributes);
  const { strideH, strideW, paddingH, paddingW, dilationH, dilationW } = window;
  const [extraH, extraW] = pair(outputPadding);
  if (extraH >= Math.max(strideH, dilationH) || extraW >= Math.max(strideW, dilationW))
    throw shapeError('conv transpose', 'the output padding is smaller than the stride or the dilation');
  const h = (oh - 1) * strideH - 2 * paddingH + dilationH * (kh - 1) + extraH + 1;
  const w = (ow - 1) * strideW - 2 * paddingW + dilationW * (kw - 1) + extraW + 1;
  if (h < 1 || w < 1)
    throw shapeError('conv transpose', `nothing is left of ${show(x)} with padding ${paddingH}x${paddingW}`);
  return { batch, inputs: perGroup * groups, h, w, outputs, oh, ow, kh, kw, ...window, groups };
}

/**
 * The gradient of a convolution as an operation of its own, as torch.nn.functional.conv_transpose2d. Inputs: x, weight, and bias
 * [made] if there is one. nchw: weight [channels of x, made / groups, kh, kw]; nhwc: [channels of x, kh, kw, made / groups].
 */
export const convTranspose2d: Op<ConvTranspose2dAttributes> = {
  name: 'convTranspose2d',
  forward(context, inputs, attributes) {
    const { layout = 'nchw' } = attributes;
    const x = input(inputs, 0, 'conv transpose');
    const weight = input(inputs, 1, 'conv transpose');
    const bias = inputs[2];
    refuseEmpty('conv transpose', x);
    const sizes = sizesOf(x.shape, weight.shape, attributes);
    const plain = context.empty(imageShape(layout, sizes.batch, sizes.inputs, sizes.h, sizes.w), x.dtype);
    convBackward(context, { layout, sizes, dy: x, weight, dx: plain }, null);
    if (!bias) return { outputs: [plain], saved: [x, weight] };
    const shaped = context.view(bias, layout === 'nchw' ? [sizes.inputs, 1, 1] : [sizes.inputs]);
    const y = combine(context, 'bias', 'a + b', plain, shaped);
    plain.release();
    shaped.release();
    return { outputs: [y], saved: [x, weight] };
  },
  backward(context, [g], saved, attributes, needs) {
    const { layout = 'nchw' } = attributes;
    const [x, weight] = saved as [DeviceArray, DeviceArray];
    if (!g) return [null, null, null];
    const sizes = sizesOf(x.shape, weight.shape, attributes);
    const result: (DeviceArray | null)[] = [null, null, null];
    if (needs[0]) {
      const dx = context.gradient(0, x.shape, x.dtype);
      convForward(context, { layout, sizes, x: g, weight, y: dx });
      result[0] = dx;
    }
    if (needs[1]) {
      const dw = context.gradient(1, weight.shape, weight.dtype);
      convBackward(context, null, { layout, sizes, x: g, dy: x, dw });
      result[1] = dw;
    }
    if (needs[2]) result[2] = convBackwardBias(context, layout, sizes.inputs, g);
    return result;
  },
};
