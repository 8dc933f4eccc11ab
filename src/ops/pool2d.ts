import type { DeviceArray, Dtype } from '../gpu/array.ts';
import type { DeviceFacts } from '../gpu/facts.ts';
import type { Binding } from '../gpu/kernel.ts';
import { type Launch } from '../gpu/launch.ts';
import avgGradSource from '../../kernels/avg-pool-grad.wgsl';
import avgSource from '../../kernels/avg-pool.wgsl';
import maxGradApartSource from '../../kernels/max-pool-grad-apart.wgsl';
import maxGradPairsSource from '../../kernels/max-pool-grad-pairs.wgsl';
import maxGradSource from '../../kernels/max-pool-grad.wgsl';
import maxPairsSource from '../../kernels/max-pool-pairs.wgsl';
import maxSource from '../../kernels/max-pool.wgsl';
import spotSource from '../../kernels/pool-spot.wgsl';
import {
  CONV_PARAMS,
  convElements,
  convFromKey,
  convKey,
  convWords,
  imageShape,
  imageSizes,
  pair,
  outputSize,
  placesOf,
  windowOf,
  type ConvSizes,
  type Layout,
  type Pair,
} from './conv-shape.ts';
import { elementTypes, launchByPlaces } from './kernel-parts.ts';
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
  'max-pool-pairs': { source: maxPairsSource, bindings: ['in', 'out', 'out', 'params'] },
  'max-pool-grad': { source: maxGradSource, bindings: ['in', 'in', 'out', 'params'] },
  'max-pool-grad-apart': { source: maxGradApartSource, bindings: ['in', 'in', 'out', 'params'] },
  'max-pool-grad-pairs': { source: maxGradPairsSource, bindings: ['in', 'in', 'out', 'params'] },
  'avg-pool': { source: avgSource, bindings: ['in', 'out', 'params'] },
  'avg-pool-grad': { source: avgGradSource, bindings: ['in', 'out', 'params'] },
} as const satisfies Record<string, { source: string; bindings: readonly Binding[] }>;

/** What of a shape makes another kernel. */
interface Form {
  readonly constants: Readonly<Record<string, boolean | number>>;
  /** Elements of a window's result that an invocation makes. */
  readonly width: number;
  readonly aliases: Readonly<Record<string, string>>;
  /** Places, for kernels that are not written for one layout. */
  readonly functions: readonly string[];
  readonly variant: string;
}

function formOf(
  name: keyof typeof KERNELS,
  layout: Layout,
  dtype: Dtype,
  sizes: ConvSizes,
  countPadding: boolean,
): Form {
  const aliases = elementTypes(dtype).aliases ?? {};
  if (name.endsWith('-pairs')) return { constants: {}, width: 2, aliases, functions: [], variant: layout };
  const wide = layout === 'nhwc' && sizes.inputs % 4 === 0;
  const width = wide ? 4 : 1;
  const apart = name === 'max-pool' && fillTheImage(sizes);
  const across = layout === 'nchw' ? '1u' : 'params.inputs / WIDTH';
  return {
    constants: {
      WIDTH: width,
      ...(name.startsWith('avg') ? { COUNT_PADDING: countPadding } : {}),
      ...(name === 'max-pool' ? { APART: apart } : {}),
    },
    width,
    aliases: {
      ...aliases,
      Value: wide ? 'vec4f' : 'f32',
      Stored: wide ? 'Element4' : 'Element',
      Place: wide ? 'vec4u' : 'u32',
    },
    functions: [`fn across() -> u32 { return ${across}; }`, spotSource],
    variant: `${layout}${wide ? '-vec4' : ''}${apart ? '-apart' : ''}`,
  };
}

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
  const { constants, width, aliases, functions, variant } = formOf(name, layout, dtype, sizes, countPadding);
  // The general gradients go by pixels of the image, all else by windows.
  const made = name === 'max-pool-grad' || name === 'avg-pool-grad' ? elements.x : elements.y;
  return launchByPlaces(facts, made / width, {
    kernel: {
      op: name,
      variant,
      dtype,
      family: 'reduction',
      file: `kernels/${name}.wgsl`,
      source,
      enables: elementTypes(dtype).enables ?? [],
      aliases,
      constants,
      functions: [CONV_PARAMS, ...functions],
      bindings,
    },
    params: convWords(sizes),
    flops: elements.y * sizes.kh * sizes.kw,
    bytesMoved:
      (elements.x + elements.y) * (dtype === 'f16' ? 2 : 4) + (name.startsWith('avg') ? 0 : elements.y * 4),
  });
}

function poolSizes(op: string, x: Shape, options: MaxPoolAttributes): ConvSizes {
  const { layout = 'nchw', kernelSize, stride = kernelSize, ceilMode = false, ...attributes } = options;
  if (x.length !== 4) throw shapeError(op, `the input is ${show(x)}; it needs four dimensions`);
  const [batch, channels, h, w] = imageSizes(x, layout);
  const [kh, kw] = pair(kernelSize);
  const window = windowOf({ ...attributes, stride });
  const { paddingH, paddingW } = window;
  if (paddingH * 2 > kh || paddingW * 2 > kw)
    throw shapeError(op, `padding ${paddingH}x${paddingW} is more than half of the window ${kh}x${kw}`);
  const [oh, ow] = placesOf(h, w, kh, kw, window, ceilMode ? windowsBeyond : outputSize);
  if (oh < 1 || ow < 1) throw shapeError(op, `a window of ${kh}x${kw} does not fit into ${h}x${w}`);
  return { batch, inputs: channels, h, w, outputs: channels, oh, ow, kh, kw, ...window, groups: channels };
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

/** Windows of 2 x 2 side by side, an even number in a line: two of them have a line of four pixels. */
function inPairs(layout: Layout, sizes: ConvSizes): boolean {
  return layout === 'nchw' && sizes.kh === 2 && sizes.kw === 2 && sizes.ow % 2 === 0 && fillTheImage(sizes);
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
    const name = inPairs(layout, sizes) ? 'max-pool-pairs' : 'max-pool';
    context.launch(context.plan(planPool, name, layout, x.dtype, convKey(sizes), false), [x, y, place]);
    return { outputs: [y], saved: [place] };
  },
  backward(context, [g], [place], attributes, [needed]) {
    if (!g || !place || !needed) return [null];
    const { layout = 'nchw', inputShape } = attributes;
    const dx = context.gradient(0, inputShape, g.dtype);
    const sizes = poolSizes('max pool', inputShape, attributes);
    const apart = inPairs(layout, sizes) ? 'max-pool-grad-pairs' : 'max-pool-grad-apart';
    const name = fillTheImage(sizes) ? apart : 'max-pool-grad';
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

/** The gradient of an average pool as an operation of its own, which is linear: its gradient is the pool. */
export const avgPool2dGradient: Op<AvgPoolAttributes & { readonly inputShape: Shape }> = {
  name: 'avgPool2dGradient',
  forward(context, inputs, attributes) {
    const g = input(inputs, 0, 'average pool');
    const [dx] = avgPool2d.backward(context, [g], [], attributes, [true]);
    return { outputs: [dx as DeviceArray], saved: [] };
  },
  backward(context, [g], _saved, attributes, [needed]) {
    return g && needed ? [avgPool2d.forward(context, [g], attributes).outputs[0] as DeviceArray] : [null];
  },
};
