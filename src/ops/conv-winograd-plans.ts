/** Plans of the parts of Winograd's convolution that are not matrix products: the changes of basis and what they leave to add. */
import type { DeviceFacts } from '../gpu/facts.ts';
import type { Binding } from '../gpu/kernel.ts';
import type { Launch } from '../gpu/launch.ts';
import {
  winograd,
  winogradSides,
  WINOGRAD_COEFFICIENTS,
  WINOGRAD_TILE,
  type WinogradPart,
} from '../../kernels/winograd.ts';
import { each } from '../../kernels/uni-tile.ts';
import directSource from '../../kernels/winograd-direct.wgsl';
import overlapSource from '../../kernels/winograd-overlap.wgsl';
import tilesSource from '../../kernels/winograd-tiles.wgsl';
import weightsSource from '../../kernels/winograd-weights.wgsl';
import { finishFunctions, type Activation } from './activations.ts';
import { elementTypes, launchByPlaces } from './kernel-parts.ts';
import type { Layout } from './conv-shape.ts';

/** A run of images cut into tiles. `h`, `w`: pixels of an image; `first`: number of the first image. */
export interface Tiles {
  readonly h: number;
  readonly w: number;
  readonly channels: number;
  readonly tilesH: number;
  readonly tilesW: number;
  readonly first: number;
  readonly images: number;
  readonly paddingH: number;
  readonly paddingW: number;
}

/** What tiles are computed from where their coefficients are not finite (kernels/winograd-direct.wgsl): x for y, dy for dx. */
export interface Source {
  readonly h: number;
  readonly w: number;
  readonly channels: number;
  /** From a pixel to the first one that its window meets, and whether the window goes backwards from there. */
  readonly shiftH: number;
  readonly shiftW: number;
  readonly backwards: boolean;
  /** Strides in the weights of the channels made, of the source's and of the taps. */
  readonly strides: readonly [made: number, source: number, tap: number];
}

/** The words of the uniform block, as one key of a plan. */
export const sourceKey = ({ h, w, channels, shiftH, shiftW, backwards, strides }: Source): string =>
  [h, w, channels, shiftH, shiftW, backwards ? -1 : 1, ...strides].map((word) => word >>> 0).join();

/** Of parts that need none. */
export const NO_SOURCE = Array<number>(9).fill(0).join();

const FIELDS = [
  'h', 'w', 'channels', 'tilesH', 'tilesW', 'first', 'images', 'paddingH', 'paddingW',
] as const satisfies readonly (keyof Tiles)[]; // prettier-ignore

/** As one key of a plan. */
export const tilesKey = (tiles: Tiles): string => FIELDS.map((field) => tiles[field]).join();

function fromKey(key: string): Tiles {
  const numbers = key.split(',').map(Number);
  return Object.fromEntries(FIELDS.map((field, i) => [field, numbers[i]])) as unknown as Tiles;
}

const bind = (index: number, name: string, access: string, type = 'Value'): string =>
  `@group(0) @binding(${index}) var<storage, ${access}> ${name}: array<${type}>;`;

const bindParams = (index: number): string => `@group(0) @binding(${index}) var<uniform> params: Params;`;

/** How many channels are one value, and how the pixels that they are met at are read and written. */
class Pixels {
  readonly width: 1 | 4;
  readonly last: boolean;
  /** A value's channels lie apart, but four pixels of a tile's line are a vector. */
  readonly lines: boolean;
  /** Places side by side are tiles of a line. */
  readonly strips: boolean;

  constructor(part: WinogradPart | 'overlap', layout: Layout, { channels, w, paddingW }: Tiles) {
    this.width = channels % 4 === 0 ? 4 : 1;
    this.last = layout === 'nhwc';
    this.strips = !this.last && part !== 'image-gradient';
    this.lines = (part === 'gradient' || part === 'result') && this.apart && (w | paddingW) % 4 === 0;
  }

  get value(): string {
    return this.width === 4 ? 'vec4f' : 'f32';
  }

  /** A value's channels lie apart: one is read or written after the other. */
  get apart(): boolean {
    return this.width === 4 && !this.last;
  }

  /** `Pixel` is what an array of pixels has for elements. */
  get aliases(): Readonly<Record<string, string>> {
    const pixel = this.apart && !this.lines ? 'f32' : this.value;
    return {
      ...elementTypes('f32').aliases,
      Value: this.value,
      Bits: this.width === 4 ? 'vec4u' : 'u32',
      Pixel: pixel,
    };
  }

  get constants(): Readonly<Record<string, boolean | number>> {
    return { LAST: this.last, STRIPS: this.strips, WIDTH: this.width };
  }

  get variant(): string {
    return `${this.last ? 'nhwc' : 'nchw'}${this.width === 4 ? '-vec4' : ''}${this.lines ? '-lines' : ''}`;
  }

  /** `fn load` (or `load_line`) of pixels; outside of the image they are zeros. */
  load(array: string): string {
    if (this.lines)
      return [
        'fn load_line(spot: Spot, row: u32) -> mat4x4f {',
        '  let at = pixel(spot, row, 0u) / 4u;',
        '  let plane = params.h * params.w / 4u;',
        '  let within = inside(spot, row, 0u);',
        // Outside, the address is anything; what is read there is not used.
        `  return transpose(mat4x4f(${each(4, (q) => `select(vec4f(), ${array}[at + ${q}u * plane], within)`).join(', ')}));`,
        '}',
      ].join('\n');
    const planes = each(4, (q) => `${array}[at + ${q}u * params.h * params.w]`).join(', ');
    return [
      'fn load(spot: Spot, row: u32, column: u32) -> Value {',
      '  let at = pixel(spot, row, column);',
      // Outside, the address is anything; what is read there is not used.
      `  return select(Value(), ${this.apart ? `vec4f(${planes})` : `${array}[at]`}, inside(spot, row, column));`,
      '}',
    ].join('\n');
  }

  /** `fn store` (or `store_line`) of pixels: what `finished` makes of `value`. */
  store(array: string, finished = 'value'): string {
    if (this.lines)
      return [
        `fn finished(spot: Spot, value: Value) -> Value { return ${finished}; }`,
        'fn store_line(spot: Spot, row: u32, line: mat4x4f) {',
        '  if (!inside(spot, row, 0u)) { return; }',
        '  let at = pixel(spot, row, 0u) / 4u;',
        '  let plane = params.h * params.w / 4u;',
        `  let planes = transpose(mat4x4f(${each(4, (p) => `finished(spot, line[${p}])`).join(', ')}));`,
        ...each(4, (q) => `  ${array}[at + ${q}u * plane] = planes[${q}];`),
        '}',
        'fn store(spot: Spot, row: u32, column: u32, value: Value) {',
        '  if (!inside(spot, row, column)) { return; }',
        '  let at = pixel(spot, row, column);',
        '  let pixels = finished(spot, value);',
        ...each(
          4,
          (q) => `  ${array}[(at + ${q}u * params.h * params.w) / 4u][at % 4u] = pixels.${'xyzw'[q]};`,
        ),
        '}',
      ].join('\n');
    return [
      'fn store(spot: Spot, row: u32, column: u32, value: Value) {',
      '  if (!inside(spot, row, column)) { return; }',
      '  let at = pixel(spot, row, column);',
      `  let pixels = ${finished};`,
      ...(this.apart
        ? each(4, (q) => `  ${array}[at + ${q}u * params.h * params.w] = pixels.${'xyzw'[q]};`)
        : [`  ${array}[at] = pixels;`]),
      '}',
    ].join('\n');
  }
}

/** Bindings of `source` and `weight`, and how a Value's channels of the weights are read. */
function directFunctions(index: number, { width }: Pixels): string[] {
  const weights = each(width, (q) => `weight[first + ${q}u * params.stride_made]`).join(', ');
  return [
    bind(index, 'source', 'read', 'f32'),
    bind(index + 1, 'weight', 'read', 'f32'),
    `fn weights_at(first: u32) -> Value { return Value(${weights}); }`,
    directSource,
  ];
}

/** A part's arrays, and how it reads and writes them. */
interface Form {
  readonly bindings: readonly Binding[];
  readonly functions: readonly string[];
}

const loadOf = (array: string): string =>
  `fn load(spot: Spot, row: u32, column: u32) -> Value { return ${array}[coefficient(spot, row, column)]; }`;
const storeOf = (array: string): string =>
  `fn store(spot: Spot, row: u32, column: u32, value: Value) { ${array}[coefficient(spot, row, column)] = value; }`;

function formOf(part: WinogradPart, activation: Activation, hasBias: boolean, pixels: Pixels): Form {
  if (part === 'image-gradient')
    return {
      bindings: ['out', 'params'],
      functions: [bind(0, 'values', 'read_write'), bindParams(1), loadOf('values'), storeOf('values')],
    };
  if (part === 'result') {
    const sources = hasBias ? 2 : 1;
    const last = sources + 2;
    const wide = pixels.width === 4;
    return {
      bindings: ['in', ...(hasBias ? (['in'] as const) : []), 'in', 'in', 'out', 'params'],
      functions: [
        bind(0, 'coefficients', 'read'),
        ...(hasBias ? [bind(1, 'bias', 'read')] : []),
        bind(last, 'result', 'read_write', 'Pixel'),
        bindParams(last + 1),
        ...finishFunctions(activation, hasBias, wide),
        ...directFunctions(sources, pixels),
        loadOf('coefficients'),
        pixels.store('result', wide ? 'finish4(value, spot.channel * 4u)' : 'finish(value, spot.channel)'),
      ],
    };
  }
  return {
    bindings: ['in', 'out', 'params'],
    functions: [
      bind(0, 'image', 'read', 'Pixel'),
      bind(1, 'coefficients', 'read_write'),
      bindParams(2),
      pixels.load('image'),
      storeOf('coefficients'),
    ],
  };
}

/**
 * Pixels to coefficients [36][tiles][channels] (`image`, `gradient`), coefficients to pixels (`result`, with bias and activation),
 * or both of the same memory (`image-gradient`). Arrays: met, bias if any, what it came from and the weights where there is a source,
 * made.
 */
export function planWinogradTiles(
  facts: DeviceFacts,
  part: Exclude<WinogradPart, 'weight' | 'weight-gradient'>,
  layout: Layout,
  key: string,
  activation: Activation,
  hasBias: boolean,
  source: string,
): Launch {
  const tiles = fromKey(key);
  const pixels = new Pixels(part, layout, tiles);
  const { bindings, functions } = formOf(part, activation, hasBias, pixels);
  const { met, made } = winogradSides(part);
  const squares = tiles.images * tiles.tilesH * tiles.tilesW * tiles.channels;
  return launchByPlaces(
    facts,
    squares / pixels.width,
    {
      kernel: {
        op: `winograd-${part}`,
        variant: `${pixels.variant}${hasBias ? '-bias' : ''}${activation === 'none' ? '' : `-${activation}`}`,
        dtype: 'f32',
        family: 'convolution',
        file: 'kernels/winograd.ts',
        source: winograd(part, pixels.lines),
        aliases: pixels.aliases,
        constants: pixels.constants,
        functions: [tilesSource, ...functions],
        bindings,
      },
      params: tilesWords(tiles, pixels, met, made, source),
      flops: squares * 2 * made * met * (met + made),
      bytesMoved: 4 * squares * (met * met + made * made),
    },
    1,
  );
}

function tilesWords(
  tiles: Tiles,
  { width }: Pixels,
  loads: number,
  stores: number,
  source: string,
): number[] {
  const { h, w, channels, tilesH, tilesW, first, images, paddingH, paddingW } = tiles;
  const count = images * tilesH * tilesW;
  const own = [h, w, channels / width, tilesH, tilesW, first, count, paddingH, paddingW, loads, stores];
  return [...own, ...source.split(',').map(Number)];
}

/** dx of some images from squares of 6 x 6 pixels [36][tiles][channels]. Arrays: squares, dy, weights, dx. */
export function planWinogradOverlap(facts: DeviceFacts, layout: Layout, key: string, source: string): Launch {
  const tiles = fromKey(key);
  const { images, tilesH, tilesW, channels, h, w } = tiles;
  const pixels = new Pixels('overlap', layout, tiles);
  const squares = images * tilesH * tilesW * channels;
  return launchByPlaces(
    facts,
    (images * (tilesH + 1) * (tilesW + 1) * channels) / pixels.width,
    {
      kernel: {
        op: 'winograd-overlap',
        variant: pixels.variant,
        dtype: 'f32',
        family: 'convolution',
        file: 'kernels/winograd-overlap.wgsl',
        source: overlapSource,
        aliases: pixels.aliases,
        constants: pixels.constants,
        functions: [
          tilesSource,
          ...directFunctions(1, pixels),
          bind(3, 'dx', 'read_write', 'Pixel'),
          bindParams(4),
          pixels.store('dx'),
        ],
        bindings: ['in', 'in', 'in', 'out', 'params'],
      },
      params: tilesWords(tiles, pixels, 0, WINOGRAD_TILE, source),
      flops: WINOGRAD_COEFFICIENTS * squares,
      bytesMoved: 4 * (WINOGRAD_COEFFICIENTS * squares + images * h * w * channels),
    },
    1,
  );
}

/**
 * Weights to coefficients [36][first][second] (`weight`), or the other way (`weight-gradient`; with `add` to what is there). The
 * strides are those of the two kinds of channels and of the taps in the weights. Arrays: met, made.
 */
export function planWinogradWeights(
  facts: DeviceFacts,
  part: 'weight' | 'weight-gradient',
  first: number,
  second: number,
  strideFirst: number,
  strideSecond: number,
  strideTap: number,
  add: boolean,
): Launch {
  const { met, made } = winogradSides(part);
  const pairs = first * second;
  return launchByPlaces(
    facts,
    pairs,
    {
      kernel: {
        op: `winograd-${part}`,
        variant: 'scalar',
        dtype: 'f32',
        family: 'convolution',
        file: 'kernels/winograd.ts',
        source: winograd(part),
        aliases: { Value: 'f32' },
        functions: [
          weightsSource,
          bind(0, 'given', 'read'),
          bind(1, 'made', 'read_write'),
          bindParams(2),
          ...(part === 'weight'
            ? [
                'fn load(spot: Spot, row: u32, column: u32) -> Value { return given[tap(spot, row, column)]; }',
                'fn store(spot: Spot, row: u32, column: u32, value: Value) { made[coefficient(spot, row, column)] = value; }',
              ]
            : [
                'fn load(spot: Spot, row: u32, column: u32) -> Value { return given[coefficient(spot, row, column)]; }',
                'fn store(spot: Spot, row: u32, column: u32, value: Value) { let at = tap(spot, row, column); made[at] = value + select(0.0, made[at], params.add == 1u); }',
              ]),
        ],
        bindings: ['in', 'out', 'params'],
      },
      params: [first, second, strideFirst, strideSecond, strideTap, add ? 1 : 0, met, made],
      flops: pairs * 2 * made * met * (met + made),
      bytesMoved: 4 * pairs * (met * met + made * made),
    },
    1,
  );
}
