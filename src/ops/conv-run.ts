/** The passes of a convolution, each by the algorithm chosen for the device and the sizes. */
import type { DeviceArray } from '../gpu/array.ts';
import { BYTES_OF } from '../gpu/pooled-array.ts';
import type { Launch } from '../gpu/launch.ts';
import type { Activation } from './activations.ts';
import { planConvNaive } from './conv-naive.ts';
import { convElements, convKey, type ConvPass, type ConvSizes, type Layout } from './conv-shape.ts';
import { planConvTile, planConvTileWeight, tileWeightChunks } from './conv-tile.ts';
import { planConvUni, planConvUniWeight, weightChunks } from './conv-uni.ts';
import type { OpContext } from './op.ts';
import { foldDimensions, foldMiddle } from './reduce.ts';
import { copyStrided } from './strided.ts';

/** `uni`: a subgroup a tile; `tile`: a workgroup a tile; `naive`: an invocation an element. */
type Algorithm = 'uni' | 'tile' | 'naive';

/** Best guess first. Grouped convolutions have too few channels for tiles. */
function candidates(context: OpContext, { groups }: ConvSizes): readonly Algorithm[] {
  if (groups > 1) return ['naive'];
  const { software, subgroupSize } = context.facts;
  if (subgroupSize === null) return ['tile'];
  return software ? ['uni', 'tile'] : ['tile', 'uni'];
}

const sizeClass = (size: number): string => (size <= 4 ? 's' : size <= 16 ? 'm' : size <= 64 ? 'l' : 'x');

function choose(
  context: OpContext,
  pass: ConvPass,
  layout: Layout,
  sizes: ConvSizes,
  x: DeviceArray,
  plan: (algorithm: Algorithm) => Launch,
  resultElements: (algorithm: Algorithm) => number,
): Algorithm {
  const { inputs, outputs, kh, kw, strideH, strideW, groups } = sizes;
  const key = `conv2d ${pass} ${layout} ${sizeClass(inputs)}${sizeClass(outputs)} ${kh}x${kw} by ${strideH}x${strideW} ${groups > 1 ? 'grouped' : 'whole'} ${x.dtype}`;
  const elements = convElements(sizes);
  const read = {
    forward: [elements.x, elements.weight],
    data: [elements.y, elements.weight],
    weight: [elements.x, elements.y],
  }[pass];
  const name = context.choose('conv2d', key, () => ({
    candidates: candidates(context, sizes),
    trial: (candidate) => ({
      launch: plan(candidate as Algorithm),
      arrayBytes: [...read, resultElements(candidate as Algorithm)].map((count) => count * BYTES_OF[x.dtype]),
    }),
  }));
  if (name === 'uni' || name === 'tile' || name === 'naive') return sizes.groups > 1 ? 'naive' : name;
  throw new RangeError(`no convolution algorithm is called '${name}'; there are uni, tile and naive`);
}

export function convForward(
  context: OpContext,
  layout: Layout,
  sizes: ConvSizes,
  x: DeviceArray,
  weight: DeviceArray,
  bias: DeviceArray | undefined,
  activation: Activation,
  y: DeviceArray,
): void {
  const key = convKey(sizes);
  const { kh, kw, inputs, outputs } = sizes;
  const taps = kh * kw;
  const plan = (algorithm: Algorithm, act: Activation, hasBias: boolean): Launch =>
    algorithm === 'naive'
      ? context.plan(planConvNaive, 'forward', layout, x.dtype, key, act, hasBias)
      : context.plan(
          algorithm === 'uni' ? planConvUni : planConvTile,
          'forward',
          layout,
          x.dtype,
          key,
          act,
          hasBias,
          inputs * outputs,
          outputs,
        );
  const algorithm = choose(
    context,
    'forward',
    layout,
    sizes,
    x,
    (candidate) => plan(candidate, 'none', false),
    () => convElements(sizes).y,
  );
  const launch = plan(algorithm, activation, bias !== undefined);
  // [o][taps][c] or [o][c][taps] -> [taps][c][o]
  const strides = layout === 'nhwc' ? [inputs, 1, inputs * taps] : [1, taps, inputs * taps];
  const turned =
    algorithm === 'naive' ? weight : reordered(context, weight, [taps, inputs, outputs], strides);
  context.launch(launch, bias ? [x, turned, bias, y] : [x, turned, y]);
  if (turned !== weight) turned.release();
}

export function convBackwardData(
  context: OpContext,
  layout: Layout,
  sizes: ConvSizes,
  dy: DeviceArray,
  weight: DeviceArray,
  dx: DeviceArray,
): void {
  const key = convKey(sizes);
  const { kh, kw, inputs, outputs } = sizes;
  const taps = kh * kw;
  const plan = (algorithm: Algorithm): Launch =>
    algorithm === 'naive'
      ? context.plan(planConvNaive, 'data', layout, dy.dtype, key, 'none', false)
      : context.plan(
          algorithm === 'uni' ? planConvUni : planConvTile,
          'data',
          layout,
          dy.dtype,
          key,
          'none',
          false,
          inputs,
          inputs * taps,
        );
  const algorithm = choose(context, 'data', layout, sizes, dy, plan, () => convElements(sizes).x);
  // As it lies in NHWC, [o][taps][c]; in NCHW [o][c][taps] is turned into that.
  const asItLies = algorithm === 'naive' || layout === 'nhwc' || taps === 1;
  const turned = asItLies
    ? weight
    : reordered(context, weight, [outputs, taps, inputs], [inputs * taps, 1, taps]);
  context.launch(plan(algorithm), [dy, turned, dx]);
  if (turned !== weight) turned.release();
}

export function convBackwardWeight(
  context: OpContext,
  layout: Layout,
  sizes: ConvSizes,
  x: DeviceArray,
  dy: DeviceArray,
  dw: DeviceArray,
): void {
  const key = convKey(sizes);
  const elements = convElements(sizes).weight;
  const chunksOf = (algorithm: Algorithm): number =>
    algorithm === 'naive'
      ? 1
      : algorithm === 'uni'
        ? weightChunks(context.facts, layout, sizes)
        : tileWeightChunks(context.facts, sizes);
  const plan = (algorithm: Algorithm): Launch =>
    algorithm === 'naive'
      ? context.plan(planConvNaive, 'weight', layout, x.dtype, key, 'none', false)
      : context.plan(
          algorithm === 'uni' ? planConvUniWeight : planConvTileWeight,
          layout,
          x.dtype,
          key,
          chunksOf(algorithm),
        );
  const algorithm = choose(
    context,
    'weight',
    layout,
    sizes,
    x,
    plan,
    (candidate) => chunksOf(candidate) * elements,
  );
  const chunks = chunksOf(algorithm);
  const { kh, kw, inputs, outputs } = sizes;
  const taps = kh * kw;
  const asItLies = algorithm === 'naive' || layout === 'nhwc' || taps === 1 || inputs === 1;
  const whole = asItLies ? dw : context.empty([outputs, taps, inputs], dw.dtype, 'workspace');
  if (chunks === 1) context.launch(plan(algorithm), [x, dy, whole]);
  else {
    const partial = context.empty([chunks, elements], dw.dtype, 'workspace');
    context.launch(plan(algorithm), [x, dy, partial]);
    foldMiddle(context, 'sum', partial, 1, chunks, elements, whole);
    partial.release();
  }
  if (asItLies) return;
  copyStrided(context, whole, dw, {
    op: 'conv2d-weights',
    sizes: [outputs, inputs, taps],
    stridesX: [taps * inputs, 1, inputs],
    stridesY: [inputs * taps, taps, 1],
  });
  whole.release();
}

/** The gradient of a bias [channels]: the sum over all pixels. It is the third input of a convolution and of its transpose. */
export function convBackwardBias(
  context: OpContext,
  layout: Layout,
  channels: number,
  g: DeviceArray,
): DeviceArray {
  return foldDimensions(
    context,
    'sum',
    g,
    g.shape.map((_, d) => d !== (layout === 'nchw' ? 1 : 3)),
    () => context.gradient(2, [channels], g.dtype),
  );
}

/** The weights in another order of dimensions: `strides` of the three new dimensions in the old order. */
function reordered(
  context: OpContext,
  weight: DeviceArray,
  sizes: readonly [number, number, number],
  strides: readonly number[],
): DeviceArray {
  const [, b, c] = sizes;
  const result = context.empty(sizes, weight.dtype, 'workspace');
  copyStrided(context, weight, result, {
    op: 'conv2d-weights',
    sizes,
    stridesX: strides,
    stridesY: [b * c, c, 1],
  });
  return result;
}
