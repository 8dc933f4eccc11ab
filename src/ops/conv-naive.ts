/** Plans of the plain convolution kernels: every attribute, either layout, no speed. Groups have faster ones where these fit. */
import type { Dtype } from '../gpu/array.ts';
import type { DeviceFacts } from '../gpu/facts.ts';
import { ceilDiv, foldGrid, makeLaunch, type Launch } from '../gpu/launch.ts';
import dataSource from '../../kernels/conv-naive-data.wgsl';
import weightSource from '../../kernels/conv-naive-weight.wgsl';
import forwardSource from '../../kernels/conv-naive.wgsl';
import nchwSource from '../../kernels/conv-nchw.wgsl';
import nhwcSource from '../../kernels/conv-nhwc.wgsl';
import { finishFunctions, type Activation } from './activations.ts';
import {
  CONV_PARAMS,
  convElements,
  convFlops,
  convFromKey,
  convProduct,
  convWords,
  type ConvPass,
  type Layout,
} from './conv-shape.ts';
import { groupedFits, planConvGrouped } from './conv-grouped.ts';
import { ELEMENTWISE_GROUP, elementTypes } from './kernel-parts.ts';

const PASSES = {
  forward: {
    source: forwardSource,
    file: 'kernels/conv-naive.wgsl',
    op: 'conv2d',
    arrays: ['x', 'weight', 'y'],
  },
  data: {
    source: dataSource,
    file: 'kernels/conv-naive-data.wgsl',
    op: 'conv2d-data',
    arrays: ['dy', 'weight', 'dx'],
  },
  weight: {
    source: weightSource,
    file: 'kernels/conv-naive-weight.wgsl',
    op: 'conv2d-weight',
    arrays: ['x', 'dy', 'dw'],
  },
} as const;

export function planConvNaive(
  facts: DeviceFacts,
  pass: ConvPass,
  layout: Layout,
  dtype: Dtype,
  key: string,
  activation: Activation,
  hasBias: boolean,
): Launch {
  const sizes = convFromKey(key);
  if (pass !== 'weight' && groupedFits(sizes, layout))
    return planConvGrouped(facts, pass, layout, dtype, sizes, activation, hasBias);
  const { source, file, op, arrays } = PASSES[pass];
  const elements = convElements(sizes);
  const [first, second, out] = arrays;
  const withBias = pass === 'forward' && hasBias;
  const last = withBias ? 3 : 2;
  return makeLaunch({
    kernel: {
      op,
      variant: `${layout}-naive${withBias ? '-bias' : ''}${activation === 'none' ? '' : `-${activation}`}`,
      dtype,
      family: 'convolution',
      file,
      source,
      ...elementTypes(dtype),
      functions: [
        CONV_PARAMS,
        `@group(0) @binding(0) var<storage, read> ${first}: array<Element>;`,
        `@group(0) @binding(1) var<storage, read> ${second}: array<Element>;`,
        ...(withBias ? ['@group(0) @binding(2) var<storage, read> bias: array<Element>;'] : []),
        `@group(0) @binding(${last}) var<storage, read_write> ${out}: array<Element>;`,
        `@group(0) @binding(${last + 1}) var<uniform> params: Params;`,
        layout === 'nchw' ? nchwSource : nhwcSource,
        ...(pass === 'forward' ? finishFunctions(activation, hasBias, false) : []),
      ],
      bindings: ['in', 'in', ...(withBias ? (['in'] as const) : []), 'out', 'params'],
    },
    workgroups: foldGrid(
      facts,
      ceilDiv(
        pass === 'forward' ? elements.y : pass === 'data' ? elements.x : elements.weight,
        ELEMENTWISE_GROUP,
      ),
    ),
    params: convWords(sizes),
    flops: convFlops(sizes),
    sizes: convProduct(pass, sizes),
    bytesMoved: (elements.x + elements.y + elements.weight) * (dtype === 'f16' ? 2 : 4),
  });
}
