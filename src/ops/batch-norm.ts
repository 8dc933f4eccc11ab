import type { DeviceArray } from '../gpu/array.ts';
import {
  planBatchNormApply, planBatchNormFixed, planBatchNormGradient, planBatchNormMerge, planBatchNormSums, planChannelMoments, statisticChunks,
} from './batch-norm-plans.ts'; // prettier-ignore
import type { Layout } from './conv-shape.ts';
import type { Op, OpContext } from './op.ts';
import { foldMiddle } from './reduce.ts';
import { count, input, refuseEmpty, shapeError, show, type Shape } from './shape.ts';
import { copyStrided } from './strided.ts';

export interface BatchNormAttributes {
  /** Where channels are: dimension 1 (`nchw`, the default), or the last (`nhwc`). */
  readonly layout?: Layout;
  /** Statistics of the batch (and running ones moved toward them), or the running ones. */
  readonly training: boolean;
  readonly momentum?: number;
  readonly eps?: number;
}

interface Sizes {
  readonly outer: number;
  readonly channels: number;
  readonly inner: number;
}

function sizesOf(shape: Shape, layout: Layout): Sizes {
  if (shape.length < 2)
    throw shapeError('batch norm', `the input is ${show(shape)}; it needs a batch and channels`);
  const channels = (layout === 'nchw' ? shape[1] : shape.at(-1)) as number;
  const inner = layout === 'nchw' ? count(shape.slice(2)) : 1;
  return { outer: count(shape) / channels / inner, channels, inner };
}

/** Mean and 1 / root of the variance of each channel of the batch; the running ones, if given, are moved toward them. */
function batchMoments(
  context: OpContext,
  x: DeviceArray,
  { outer, channels, inner }: Sizes,
  running: readonly DeviceArray[],
  eps: number,
  momentum: number,
): DeviceArray {
  const chunks = statisticChunks(context.facts, outer, channels, inner);
  const means = context.empty([chunks, channels], 'f32', 'workspace');
  const squares = context.empty([chunks, channels], 'f32', 'workspace');
  context.launch(context.plan(planChannelMoments, x.dtype, outer, channels, inner, chunks), [
    x,
    means,
    squares,
  ]);
  const moments = context.empty([channels, 2], 'f32');
  const tracks = running.length === 2;
  const unused = tracks
    ? []
    : [context.empty([channels], 'f32', 'workspace'), context.empty([channels], 'f32', 'workspace')];
  context.launch(context.plan(planBatchNormMerge, outer, channels, inner, chunks, eps, momentum, tracks), [
    means,
    squares,
    moments,
    ...running,
    ...unused,
  ]);
  for (const array of [means, squares, ...unused]) array.release();
  return moments;
}

/** Inputs: x, gamma, beta [channels], and running mean and variance [channels] (changed in training) if they are kept. */
export const batchNorm: Op<BatchNormAttributes> = {
  name: 'batchNorm',
  forward(context, inputs, { layout = 'nchw', training, momentum = 0.1, eps = 1e-5 }) {
    const [x, gamma, beta] = [0, 1, 2].map((i) => input(inputs, i, 'batch norm')) as [
      DeviceArray,
      DeviceArray,
      DeviceArray,
    ];
    const running = inputs.slice(3);
    refuseEmpty('batch norm', x);
    const sizes = sizesOf(x.shape, layout);
    const { outer, channels, inner } = sizes;
    for (const weight of inputs.slice(1))
      if (count(weight.shape) !== channels)
        throw shapeError(
          'batch norm',
          `weights ${show(weight.shape)} for ${channels} channels of ${show(x.shape)}`,
        );
    if (training && outer * inner < 2)
      throw shapeError(
        'batch norm',
        `one value a channel in ${show(x.shape)} has no variance to train with; use a larger batch or eval()`,
      );
    if (!training && running.length !== 2)
      throw shapeError('batch norm', 'there are no running statistics to evaluate with');
    let moments: DeviceArray;
    if (training) moments = batchMoments(context, x, sizes, running, eps, momentum);
    else {
      moments = context.empty([channels, 2], 'f32');
      context.launch(context.plan(planBatchNormFixed, channels, eps), [...running, moments]);
    }
    const y = context.empty(x.shape, x.dtype);
    context.launch(context.plan(planBatchNormApply, x.dtype, outer, channels, inner), [
      x,
      moments,
      gamma,
      beta,
      y,
    ]);
    return { outputs: [y], saved: [x, moments, gamma] };
  },
  backward(context, [g], saved, { layout = 'nchw', training }, needs) {
    const [x, moments, gamma] = saved as [DeviceArray, DeviceArray, DeviceArray];
    if (!g) return [null, null, null];
    const { outer, channels, inner } = sizesOf(x.shape, layout);
    const chunks = statisticChunks(context.facts, outer, channels, inner);
    const parts = context.empty([chunks, 2, channels], 'f32', 'workspace');
    const sums = context.empty([2, channels], 'f32', 'workspace');
    context.launch(context.plan(planBatchNormSums, x.dtype, outer, channels, inner, chunks), [
      g,
      x,
      moments,
      parts,
    ]);
    foldMiddle(context, 'sum', parts, 1, chunks, 2 * channels, sums);
    parts.release();
    const result: (DeviceArray | null)[] = [null, null, null];
    if (needs[0]) {
      const dx = context.gradient(0, x.shape, x.dtype);
      context.launch(context.plan(planBatchNormGradient, x.dtype, outer, channels, inner, !training), [
        g,
        x,
        moments,
        sums,
        gamma,
        dx,
      ]);
      result[0] = dx;
    }
    for (const i of [1, 2]) {
      if (!needs[i]) continue;
      const target = context.gradient(i, gamma.shape, gamma.dtype);
      copyStrided(context, sums, target, {
        op: 'batch-norm-weights',
        sizes: [channels],
        stridesX: [1],
        stridesY: [1],
        offsetX: (i - 1) * channels,
      });
      result[i] = target;
    }
    sums.release();
    return result;
  },
};
