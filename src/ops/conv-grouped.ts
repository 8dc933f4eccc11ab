/** Plans of convolutions in groups: forward, and back to the image. */
import type { Dtype } from '../gpu/array.ts';
import type { DeviceFacts } from '../gpu/facts.ts';
import { ceilDiv, type Launch } from '../gpu/launch.ts';
import depthwiseSource from '../../kernels/conv-depthwise.wgsl';
import groupedSource from '../../kernels/conv-grouped.wgsl';
import { finishFunctions, type Activation } from './activations.ts';
import {
  CONV_PARAMS,
  convElements,
  convFlops,
  convProduct,
  convWords,
  type ConvSizes,
  type Layout,
} from './conv-shape.ts';
import { elementTypes, launchByPlaces } from './kernel-parts.ts';

/** A window larger than this takes long to compile where it is written out. */
const MOST_TAPS = 49;

/** Whether the kernels here know the case: all groups in NCHW; in NHWC each channel by itself, in fours. */
export function groupedFits({ groups, inputs, outputs, kh, kw }: ConvSizes, layout: Layout): boolean {
  if (groups === 1 || kh * kw > MOST_TAPS) return false;
  return layout === 'nchw' || (groups === inputs && groups === outputs && groups % 4 === 0);
}

/** y from x, or dx from dy. Arrays: image, weight, bias if any, result. */
export function planConvGrouped(
  facts: DeviceFacts,
  pass: 'forward' | 'data',
  layout: Layout,
  dtype: Dtype,
  sizes: ConvSizes,
  activation: Activation,
  hasBias: boolean,
): Launch {
  const back = pass === 'data';
  const first = layout === 'nchw';
  const { batch, inputs, outputs, h, w, oh, ow } = sizes;
  const [height, width] = back ? [h, w] : [oh, ow];
  const [metH, metW] = back ? [oh, ow] : [h, w];
  const elements = convElements(sizes);
  const vector = first ? 'Element' : 'Element4';
  const last = hasBias ? 3 : 2;
  const places = batch * height * ceilDiv(width, 4) * (first ? (back ? inputs : outputs) : inputs / 4);
  return launchByPlaces(
    facts,
    places,
    {
      kernel: {
        op: back ? 'conv2d-data' : 'conv2d',
        variant: `${layout}-${first ? 'grouped' : 'depthwise'}-${sizes.kh}x${sizes.kw}by${sizes.strideH}x${sizes.strideW}${hasBias ? '-bias' : ''}${activation === 'none' ? '' : `-${activation}`}`,
        dtype,
        family: 'convolution',
        file: `kernels/conv-${first ? 'grouped' : 'depthwise'}.wgsl`,
        source: first ? groupedSource : depthwiseSource,
        ...elementTypes(dtype),
        constants: {
          BACK: back,
          WINDOW_H: sizes.kh,
          WINDOW_W: sizes.kw,
          STRIDE_H: sizes.strideH,
          STRIDE_W: sizes.strideW,
          DILATION_H: sizes.dilationH,
          DILATION_W: sizes.dilationW,
        },
        functions: [
          CONV_PARAMS.replace('groups: u32,', 'groups: u32, met_h: u32, met_w: u32,'),
          `@group(0) @binding(0) var<storage, read> image: array<${vector}>;`,
          '@group(0) @binding(1) var<storage, read> weight: array<Element>;',
          ...(hasBias ? [`@group(0) @binding(2) var<storage, read> bias: array<${vector}>;`] : []),
          `@group(0) @binding(${last}) var<storage, read_write> made_image: array<${vector}>;`,
          `@group(0) @binding(${last + 1}) var<uniform> params: Params;`,
          ...finishFunctions(activation, hasBias, !first),
        ],
        bindings: ['in', 'in', ...(hasBias ? (['in'] as const) : []), 'out', 'params'],
      },
      params: [...convWords(sizes), metH, metW],
      flops: convFlops(sizes),
      sizes: convProduct(pass, sizes),
      bytesMoved: (elements.x + elements.y + elements.weight) * (dtype === 'f16' ? 2 : 4),
    },
    1,
  );
}
