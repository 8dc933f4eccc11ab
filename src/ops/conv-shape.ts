/** Sizes of a two-dimensional convolution, shared by its plans, and its passes. */
import { formatValue } from '../base/format.ts';
import type { DeviceArray } from '../gpu/array.ts';
import type { Activation } from './activations.ts';
import { shapeError, show, type Shape } from './shape.ts';

export type Layout = 'nchw' | 'nhwc';

/** In the order of the uniform block. */
const FIELDS = [
  'batch', 'inputs', 'h', 'w', 'outputs', 'oh', 'ow', 'kh', 'kw',
  'strideH', 'strideW', 'paddingH', 'paddingW', 'dilationH', 'dilationW', 'groups',
] as const; // prettier-ignore

export type ConvSizes = Readonly<Record<(typeof FIELDS)[number], number>>;

export type Pair = number | readonly [h: number, w: number];

export interface ConvAttributes {
  readonly layout?: Layout;
  readonly stride?: Pair;
  readonly padding?: Pair;
  readonly dilation?: Pair;
  readonly groups?: number;
}

export const pair = (value: Pair): readonly [number, number] =>
  Array.isArray(value) ? (value as readonly [number, number]) : [value as number, value as number];

/** [batch, channels, rows, columns] of an image tensor of either layout. */
export function imageSizes(shape: Shape, layout: Layout): readonly [number, number, number, number] {
  const [n, a, b, c] = shape as [number, number, number, number];
  return layout === 'nchw' ? [n, a, b, c] : [n, c, a, b];
}

export function imageShape(layout: Layout, n: number, channels: number, h: number, w: number): number[] {
  return layout === 'nchw' ? [n, channels, h, w] : [n, h, w, channels];
}

export type Window = Pick<
  ConvSizes,
  'strideH' | 'strideW' | 'paddingH' | 'paddingW' | 'dilationH' | 'dilationW'
>;

/** How a window moves, each attribute given for both sides or for each. */
export function windowOf({
  stride = 1,
  padding = 0,
  dilation = 1,
}: Pick<ConvAttributes, 'stride' | 'padding' | 'dilation'>): Window {
  const [strideH, strideW] = pair(stride);
  const [paddingH, paddingW] = pair(padding);
  const [dilationH, dilationW] = pair(dilation);
  for (const [what, sides, least] of [
    ['stride', [strideH, strideW], 1],
    ['padding', [paddingH, paddingW], 0],
    ['dilation', [dilationH, dilationW], 1],
  ] as const)
    if (!sides.every((side: unknown) => Number.isInteger(side) && (side as number) >= least))
      throw new RangeError(
        `the ${what} of a window is a whole number of at least ${least}, or two of them, not ${sides.map(formatValue).join(' and ')}`,
      );
  return { strideH, strideW, paddingH, paddingW, dilationH, dilationW };
}

/** Places of a window of kh x kw in an image of h x w; `along` counts those of one side. */
export function placesOf(
  h: number,
  w: number,
  kh: number,
  kw: number,
  window: Window,
  along = outputSize,
): readonly [oh: number, ow: number] {
  return [
    along(h, kh, window.strideH, window.paddingH, window.dilationH),
    along(w, kw, window.strideW, window.paddingW, window.dilationW),
  ];
}

/** Pixels that a window of `kernel` finds along a side. */
export function outputSize(
  size: number,
  kernel: number,
  stride: number,
  padding: number,
  dilation: number,
): number {
  return Math.floor((size + 2 * padding - dilation * (kernel - 1) - 1) / stride) + 1;
}

/** @throws RangeError where image, weight and attributes do not go together. */
export function convSizes(
  op: string,
  x: Shape,
  weight: Shape,
  { layout = 'nchw', groups = 1, ...attributes }: ConvAttributes,
): ConvSizes {
  if (x.length !== 4)
    throw shapeError(
      op,
      `the input is ${show(x)}; it needs four dimensions, ${layout === 'nchw' ? '[batch, channels, height, width]' : '[batch, height, width, channels]'}`,
    );
  const [batch, inputs, h, w] = imageSizes(x, layout);
  const [outputs, perGroup, kh, kw] = imageSizes(weight, layout);
  if (perGroup * groups !== inputs)
    throw shapeError(
      op,
      `the input ${show(x)} (${layout}) has ${inputs} channels, the weight ${show(weight)} takes ${perGroup * groups}`,
    );
  if (outputs % groups !== 0)
    throw shapeError(op, `${outputs} output channels cannot be split into ${groups} groups`);
  const window = windowOf(attributes);
  const [oh, ow] = placesOf(h, w, kh, kw, window);
  if (oh < 1 || ow < 1)
    throw shapeError(
      op,
      `a window of ${kh}x${kw} does not fit into ${h}x${w} with padding ${window.paddingH}x${window.paddingW}`,
    );
  return { batch, inputs, h, w, outputs, oh, ow, kh, kw, ...window, groups };
}

/** The sizes as the words of the uniform block, and as one key of a plan. */
export function convWords(sizes: ConvSizes): number[] {
  return FIELDS.map((field) => sizes[field]);
}

export const CONV_PARAMS = `struct Params {
  batch: u32, inputs: u32, h: u32, w: u32, outputs: u32, oh: u32, ow: u32, kh: u32, kw: u32,
  stride_h: u32, stride_w: u32, padding_h: u32, padding_w: u32, dilation_h: u32, dilation_w: u32, groups: u32,
}`;

export function convKey(sizes: ConvSizes): string {
  return convWords(sizes).join();
}

export function convFromKey(key: string): ConvSizes {
  const words = key.split(',');
  return Object.fromEntries(FIELDS.map((field, i) => [field, Number(words[i])])) as ConvSizes;
}

export type ConvPass = 'forward' | 'data' | 'weight';

interface Pass {
  readonly layout: Layout;
  readonly sizes: ConvSizes;
}

/** y from x. */
export interface ForwardPass extends Pass {
  readonly x: DeviceArray;
  readonly weight: DeviceArray;
  readonly bias?: DeviceArray | undefined;
  readonly activation?: Activation;
  readonly y: DeviceArray;
}

/** dx from dy. */
export interface DataPass extends Pass {
  readonly dy: DeviceArray;
  readonly weight: DeviceArray;
  readonly dx: DeviceArray;
}

/** dw from x and dy. */
export interface WeightPass extends Pass {
  readonly x: DeviceArray;
  readonly dy: DeviceArray;
  readonly dw: DeviceArray;
}

/**
 * A pass as the product that it amounts to, for the trace: pixels made by channels made for `forward` and `data`, channels by places
 * of the window for `weight`. `tile`: the part of it that one workgroup makes.
 */
export function convProduct(
  pass: ConvPass,
  s: ConvSizes,
  tile?: { readonly m: number; readonly n: number },
): Readonly<Record<string, number>> {
  const taps = s.kh * s.kw;
  const made = s.batch * s.oh * s.ow;
  const product =
    pass === 'forward'
      ? { m: made, n: s.outputs, k: (s.inputs / s.groups) * taps }
      : pass === 'data'
        ? { m: s.batch * s.h * s.w, n: s.inputs, k: (s.outputs / s.groups) * taps }
        : { m: s.outputs, n: (s.inputs / s.groups) * taps, k: made };
  return { ...product, batch: 1, ...(tile ? { tileM: tile.m, tileN: tile.n } : {}) };
}

/** Multiply-adds of one pass count two. */
export function convFlops(s: ConvSizes): number {
  return 2 * s.batch * s.outputs * s.oh * s.ow * (s.inputs / s.groups) * s.kh * s.kw;
}

export function convElements(s: ConvSizes): {
  readonly x: number;
  readonly y: number;
  readonly weight: number;
} {
  return {
    x: s.batch * s.inputs * s.h * s.w,
    y: s.batch * s.outputs * s.oh * s.ow,
    weight: (s.outputs * s.inputs * s.kh * s.kw) / s.groups,
  };
}
