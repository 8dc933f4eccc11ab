/** The passes of a convolution, each by the algorithm chosen for the device and the sizes. */
import type { DeviceArray, Dtype } from '../gpu/array.ts';
import { BYTES_OF } from '../gpu/pooled-array.ts';
import { planConvNaive } from './conv-naive.ts';
import {
  convElements,
  convKey,
  type ConvPass,
  type ConvSizes,
  type DataPass,
  type ForwardPass,
  type Layout,
  type WeightPass,
} from './conv-shape.ts';
import { planConvTile, planConvTileWeight, tileWeightChunks } from './conv-tile.ts';
import { planConvUni, planConvUniWeight, weightChunks } from './conv-uni.ts';
import { winogradBackward, winogradFits, winogradForward, winogradPays } from './conv-winograd.ts';
import type { OpContext } from './op.ts';
import { foldDimensions, foldMiddle } from './reduce.ts';
import { copyStrided } from './strided.ts';

/** `winograd`: fewer multiplications, for windows of 3 x 3; `uni`: a subgroup a tile; `tile`: a workgroup a tile; `naive`: an invocation an element. */
const ALGORITHMS = ['winograd', 'uni', 'tile', 'naive'] as const;
type Algorithm = (typeof ALGORITHMS)[number];
type Direct = Exclude<Algorithm, 'winograd'>;

/** Best guess first. Grouped convolutions have too few channels for tiles. */
function candidates(context: OpContext, sizes: ConvSizes, dtype: Dtype): readonly Algorithm[] {
  if (sizes.groups > 1) return ['naive'];
  const { software, subgroupSize } = context.facts;
  const tiles: Direct[] = subgroupSize === null ? ['tile'] : software ? ['uni', 'tile'] : ['tile', 'uni'];
  if (dtype !== 'f32' || !winogradFits(sizes) || !winogradPays(sizes)) return tiles;
  return software ? ['winograd', ...tiles] : [...tiles, 'winograd'];
}

const sizeClass = (size: number): string => (size <= 4 ? 's' : size <= 16 ? 'm' : size <= 64 ? 'l' : 'x');

/** The arrays of a trial: the two that a pass reads and the one it makes. */
type Trial = readonly [DeviceArray, DeviceArray, DeviceArray];

/** The algorithm of a pass; `run` is the pass by one of them, for the trial. */
function choose(
  context: OpContext,
  pass: ConvPass,
  { layout, sizes }: { readonly layout: Layout; readonly sizes: ConvSizes },
  dtype: Dtype,
  run: (algorithm: Algorithm, arrays: Trial) => void,
): Algorithm {
  const { inputs, outputs, kh, kw, strideH, strideW, groups } = sizes;
  const tried = candidates(context, sizes, dtype);
  const small = winogradFits(sizes) && !tried.includes('winograd') ? ' small' : '';
  const key = `conv2d ${pass} ${layout} ${sizeClass(inputs)}${sizeClass(outputs)} ${kh}x${kw} by ${strideH}x${strideW} ${groups > 1 ? 'grouped' : 'whole'}${small} ${dtype}`;
  const { x, y, weight } = convElements(sizes);
  const elements = { forward: [x, weight, y], data: [y, weight, x], weight: [x, y, weight] }[pass];
  const name = context.choose('conv2d', key, () => ({
    candidates: tried,
    trial: (candidate) => ({
      arrayBytes: elements.map((count) => count * BYTES_OF[dtype]),
      run: (arrays) => run(candidate as Algorithm, arrays as unknown as Trial),
    }),
  }));
  const algorithm = ALGORITHMS.find((each) => each === name);
  if (!algorithm)
    throw new RangeError(
      `no convolution algorithm is called '${name}'; there are ${ALGORITHMS.slice(0, -1).join(', ')} and naive`,
    );
  if (groups > 1) return 'naive';
  if (algorithm !== 'winograd' || (dtype === 'f32' && winogradFits(sizes))) return algorithm;
  return tried[0] as Algorithm;
}

export function convForward(context: OpContext, pass: ForwardPass): void {
  const { layout, sizes } = pass;
  const algorithm = choose(context, 'forward', pass, pass.x.dtype, (tried, [x, weight, y]) =>
    forwardBy(tried, context, { layout, sizes, x, weight, y }),
  );
  forwardBy(algorithm, context, pass);
}

function forwardBy(algorithm: Algorithm, context: OpContext, pass: ForwardPass): void {
  if (algorithm === 'winograd') {
    winogradForward(context, pass);
    return;
  }
  const { layout, sizes, x, weight, bias, activation = 'none', y } = pass;
  const key = convKey(sizes);
  const { kh, kw, inputs, outputs } = sizes;
  const taps = kh * kw;
  const hasBias = bias !== undefined;
  const launch =
    algorithm === 'naive'
      ? context.plan(planConvNaive, 'forward', layout, x.dtype, key, activation, hasBias)
      : context.plan(
          algorithm === 'uni' ? planConvUni : planConvTile,
          'forward',
          layout,
          x.dtype,
          key,
          activation,
          hasBias,
          inputs * outputs,
          outputs,
        );
  // [o][taps][c] or [o][c][taps] -> [taps][c][o]
  const strides = layout === 'nhwc' ? [inputs, 1, inputs * taps] : [1, taps, inputs * taps];
  const turned =
    algorithm === 'naive' ? weight : reordered(context, weight, [taps, inputs, outputs], strides);
  context.launch(launch, bias ? [x, turned, bias, y] : [x, turned, y]);
  if (turned !== weight) turned.release();
}

/** The passes that are wanted, together, for they may have work in common. */
export function convBackward(context: OpContext, data: DataPass | null, weights: WeightPass | null): void {
  const byData = data && chooseData(context, data);
  const byWeight = weights && chooseWeight(context, weights);
  if (data && weights && byData === 'winograd' && byWeight === 'winograd')
    winogradBackward(context, data, weights);
  else {
    if (byData) dataBy(byData, context, data);
    if (byWeight) weightBy(byWeight, context, weights);
  }
}

const chooseData = (context: OpContext, pass: DataPass): Algorithm =>
  choose(context, 'data', pass, pass.dy.dtype, (tried, [dy, weight, dx]) =>
    dataBy(tried, context, { ...pass, dy, weight, dx }),
  );

const chooseWeight = (context: OpContext, pass: WeightPass): Algorithm =>
  choose(context, 'weight', pass, pass.dy.dtype, (tried, [x, dy, dw]) =>
    weightBy(tried, context, { ...pass, x, dy, dw }),
  );

function dataBy(algorithm: Algorithm, context: OpContext, pass: DataPass): void {
  if (algorithm === 'winograd') {
    winogradBackward(context, pass, null);
    return;
  }
  const { layout, sizes, dy, weight, dx } = pass;
  const key = convKey(sizes);
  const { kh, kw, inputs, outputs } = sizes;
  const taps = kh * kw;
  const launch =
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
  // As it lies in NHWC, [o][taps][c]; in NCHW [o][c][taps] is turned into that.
  const asItLies = algorithm === 'naive' || layout === 'nhwc' || taps === 1;
  const turned = asItLies
    ? weight
    : reordered(context, weight, [outputs, taps, inputs], [inputs * taps, 1, taps]);
  context.launch(launch, [dy, turned, dx]);
  if (turned !== weight) turned.release();
}

function weightBy(algorithm: Algorithm, context: OpContext, pass: WeightPass): void {
  if (algorithm === 'winograd') {
    winogradBackward(context, null, pass);
    return;
  }
  const { layout, sizes, x, dy, dw } = pass;
  const key = convKey(sizes);
  const elements = convElements(sizes).weight;
  const chunks =
    algorithm === 'naive'
      ? 1
      : algorithm === 'uni'
        ? weightChunks(context.facts, layout, sizes)
        : tileWeightChunks(context.facts, sizes);
  const launch =
    algorithm === 'naive'
      ? context.plan(planConvNaive, 'weight', layout, x.dtype, key, 'none', false)
      : context.plan(
          algorithm === 'uni' ? planConvUniWeight : planConvTileWeight,
          layout,
          x.dtype,
          key,
          chunks,
        );
  const { kh, kw, inputs, outputs } = sizes;
  const taps = kh * kw;
  const asItLies = algorithm === 'naive' || layout === 'nhwc' || taps === 1 || inputs === 1;
  const whole = asItLies ? dw : context.empty([outputs, taps, inputs], dw.dtype, 'workspace');
  if (chunks === 1) context.launch(launch, [x, dy, whole]);
  else {
    const partial = context.empty([chunks, elements], dw.dtype, 'workspace');
    context.launch(launch, [x, dy, partial]);
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
