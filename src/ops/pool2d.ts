import type { DeviceArray, Dtype } from '../gpu/array.ts';
import type { DeviceFacts } from '../gpu/facts.ts';
import type { Binding } from '../gpu/kernel.ts';
import { ceilDiv, foldGrid, makeLaunch, type Launch } from '../gpu/launch.ts';
import avgGradSource from '../../kernels/avg-pool-grad.wgsl';
import avgSource from '../../kernels/avg-pool.wgsl';
import nchwSource from '../../kernels/conv-nchw.wgsl';
import nhwcSource from '../../kernels/conv-nhwc.wgsl';
import maxGradApartSource from '../../kernels/max-pool-grad-apart.wgsl';
import maxGradSource from '../../kernels/max-pool-grad.wgsl';
import maxSource from '../../kernels/max-pool.wgsl';
import {
  CONV_PARAMS,
  convElements,
  convFromKey,
  convKey,
  convWords,
  imageShape,
  imageSizes,
  outputSize,
  pair,
  type ConvSizes,
  type Layout,
  type Pair,
} from './conv-shape.ts';
import { ELEMENTWISE_GROUP, elementTypes } from './kernel-parts.ts';
import type { Op } from './op.ts';
import { input, refuseEmpty, shapeError, show, type Shape } from './shape.ts';

export interface PoolAttributes {
  readonly layout?: Layout;
  readonly kernelSize: Pair;
  /** The kernel size without it. */
  readonly stride?: Pair;
  readonly padding?: Pair;
  /** Also windows that reach beyond the edge, if they begin in the image or its padding. */
  readonly ceilMode?: boolean;
}

export interface MaxPoolAttributes extends PoolAttributes {
  readonly dilation?: Pair;
}

export interface AvgPoolAttributes extends PoolAttributes {
  /** Divide by the whole window at the edges too; default true. */
  readonly countIncludePad?: boolean;
}

const KERNELS = {
  'max-pool': { source: maxSource, bindings: ['in', 'out', 'out', 'params'] },
  'max-pool-grad': { source: maxGradSource, bindings: ['in', 'in', 'out', 'params'] },
  'max-pool-grad-apart': { source: maxGradApartSource, bindings: ['in', 'in', 'out', 'params'] },
  'avg-pool': { source: avgSource, bindings: ['in', 'out', 'params'] },
  'avg-pool-grad': { source: avgGradSource, bindings: ['in', 'out', 'params'] },
} as const satisfies Record<string, { source: string; bindings: readonly Binding[] }>;

export function planPool(
  facts: DeviceFacts,
  name: keyof typeof KERNELS,
  layout: Layout,
  dtype: Dtype,
  key: string,
  countPadding: boolean,
): Launch {
  const sizes = convFromKey(key);
  const { source, bindings } = KERNELS[name];
  const elements = convElements(sizes);
  const isAverage = name.startsWith('avg');
  return makeLaunch({
    kernel: {
      op: name,
      variant: layout,
      dtype,
      family: 'reduction',
      file: `kernels/${name}.wgsl`,
      source,
      ...elementTypes(dtype),
      ...(isAverage ? { constants: { COUNT_PADDING: countPadding } } : {}),
      functions: [CONV_PARAMS, layout === 'nchw' ? nchwSource : nhwcSource],
      bindings,
    },
    workgroups: foldGrid(facts, ceilDiv(name.endsWith('-grad') ? elements.x : elements.y, ELEMENTWISE_GROUP)),
    params: convWords(sizes),
    flops: elements.y * sizes.kh * sizes.kw,
    bytesMoved: (elements.x + elements.y) * (dtype === 'f16' ? 2 : 4) + (isAverage ? 0 : elements.y * 4),
  });
}

function poolSizes(op: string, x: Shape, attributes: MaxPoolAttributes): ConvSizes {
  const { layout = 'nchw', kernelSize, stride = kernelSize, padding = 0, dilation = 1 } = attributes;
  const { ceilMode = false } = attributes;
  if (x.length !== 4) throw shapeError(op, `the input is ${show(x)}; it needs four dimensions`);
  const [batch, channels, h, w] = imageSizes(x, layout);
  const [kh, kw] = pair(kernelSize);
  const [strideH, strideW] = pair(stride);
  const [paddingH, paddingW] = pair(padding);
  const [dilationH, dilationW] = pair(dilation);
  if (paddingH * 2 > kh || paddingW * 2 > kw)
    throw shapeError(op, `padding ${paddingH}x${paddingW} is more than half of the window ${kh}x${kw}`);
  const windows = ceilMode ? windowsBeyond : outputSize;
  const oh = windows(h, kh, strideH, paddingH, dilationH);
  const ow = windows(w, kw, strideW, paddingW, dilationW);
  if (oh < 1 || ow < 1) throw shapeError(op, `a window of ${kh}x${kw} does not fit into ${h}x${w}`);
  return {
    batch,
    inputs: channels,
    h,
    w,
    outputs: channels,
    oh,
    ow,
    kh,
    kw,
    strideH,
    strideW,
    paddingH,
    paddingW,
    dilationH,
    dilationW,
    groups: channels,
  };
}

/** As `outputSize`, rounded up. */
function windowsBeyond(
  size: number,
  kernel: number,
  stride: number,
  padding: number,
  dilation: number,
): number {
  const count = Math.ceil((size + 2 * padding - dilation * (kernel - 1) - 1) / stride) + 1;
  return (count - 1) * stride >= size + padding ? count - 1 : count;
}

/** Whether each pixel is in exactly one window. */
function fillTheImage(sizes: ConvSizes): boolean {
  const { h, w, oh, ow, kh, kw, strideH, strideW, paddingH, paddingW, dilationH, dilationW } = sizes;
  const apart = strideH === kh && strideW === kw && dilationH === 1 && dilationW === 1;
  return apart && paddingH === 0 && paddingW === 0 && h === oh * kh && w === ow * kw;
}

/** The largest value of each window, as torch.nn.functional.max_pool2d. */
export const maxPool2d: Op<MaxPoolAttributes & { readonly inputShape: Shape }> = {
  name: 'maxPool2d',
  forward(context, inputs, attributes) {
    const { layout = 'nchw' } = attributes;
    const x = input(inputs, 0, 'max pool');
    refuseEmpty('max pool', x);
    const sizes = poolSizes('max pool', x.shape, attributes);
    const shape = imageShape(layout, sizes.batch, sizes.outputs, sizes.oh, sizes.ow);
    const y = context.empty(shape, x.dtype);
    const place = context.empty(shape, 'u32');
    context.launch(context.plan(planPool, 'max-pool', layout, x.dtype, convKey(sizes), false), [x, y, place]);
    return { outputs: [y], saved: [place] };
  },
  backward(context, [g], [place], attributes, [needed]) {
    if (!g || !place || !needed) return [null];
    const { layout = 'nchw', inputShape } = attributes;
    const dx = context.gradient(0, inputShape, g.dtype);
    const sizes = poolSizes('max pool', inputShape, attributes);
    const name = fillTheImage(sizes) ? 'max-pool-grad-apart' : 'max-pool-grad';
    context.launch(context.plan(planPool, name, layout, g.dtype, convKey(sizes), false), [g, place, dx]);
    return [dx];
  },
};

/** The mean of each window, as torch.nn.functional.avg_pool2d. */
export const avgPool2d: Op<AvgPoolAttributes & { readonly inputShape: Shape }> = {
  name: 'avgPool2d',
  forward(context, inputs, attributes) {
    const { layout = 'nchw', countIncludePad = true } = attributes;
    const x = input(inputs, 0, 'average pool');
    refuseEmpty('average pool', x);
    const sizes = poolSizes('average pool', x.shape, attributes);
    const y = context.empty(imageShape(layout, sizes.batch, sizes.outputs, sizes.oh, sizes.ow), x.dtype);
    context.launch(context.plan(planPool, 'avg-pool', layout, x.dtype, convKey(sizes), countIncludePad), [
      x,
      y,
    ]);
    return { outputs: [y], saved: [] };
  },
  backward(context, [g], _saved, attributes, [needed]) {
    if (!g || !needed) return [null];
    const { layout = 'nchw', countIncludePad = true, inputShape } = attributes;
    const dx: DeviceArray = context.gradient(0, inputShape, g.dtype);
    context.launch(
      context.plan(
        planPool,
        'avg-pool-grad',
        layout,
        g.dtype,
        convKey(poolSizes('average pool', inputShape, attributes)),
        countIncludePad,
      ),
      [g, dx],
    );
    return [dx];
  },
};
