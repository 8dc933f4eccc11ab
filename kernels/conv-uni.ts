/**
 * Writes the WGSL of a convolution as a matrix product without ever laying out the matrix: one subgroup computes a tile,
 * the lanes own pixels, the weights go round by shuffles as in gemm-uni.ts. No workgroup memory, no barrier; sound only
 * where the subgroup size is fixed.
 *
 * `forward` and `data` are one kernel: a pixel of the result gathers, for each tap of the window, the channels it meets. Taps
 * and channels are one loop, because the software adapter copies all sums at the end of an inner one. The weight of (tap,
 * channel met, channel made) lies at tap * weight_tap + met * weight_met + made. The gradient of the weights is in
 * conv-uni-weight.ts.
 */
import { each, products, tileStores } from './uni-tile.ts';

export interface UniConv {
  readonly pass: 'forward' | 'data';
  readonly layout: 'nchw' | 'nhwc';
  readonly subgroup: number;
  /** Channels of the result in a tile, and pixels a lane. */
  readonly channels: number;
  readonly pixels: number;
  /** The channels met, and those of the result, are divisible by four. */
  readonly vectorIn: boolean;
  readonly vectorOut: boolean;
  /** Taps can fall outside the image. */
  readonly padded: boolean;
  /** The stride is not 1 (asked by `data` alone). */
  readonly strided: boolean;
}

/** How the arrays are bound: as single elements or as vectors of four. */
export function uniConvVectors({ layout, vectorIn, vectorOut }: UniConv): {
  readonly image: boolean;
  readonly weight: boolean;
  readonly result: boolean;
} {
  return { image: layout === 'nhwc' && vectorIn, weight: vectorOut, result: layout === 'nhwc' && vectorOut };
}

/** Fields of the uniform block: of the input and of the output of the convolution. */
const X = { h: 'params.h', w: 'params.w', c: 'params.inputs' };
const Y = { h: 'params.oh', w: 'params.ow', c: 'params.outputs' };

export function uniConv(conv: UniConv): string {
  const { pass, subgroup, channels, pixels, vectorIn, vectorOut } = conv;
  const [from, to] = pass === 'forward' ? [X, Y] : [Y, X];
  const steps = vectorIn ? 4 : 1;
  // Weights are loaded as vectors of four made channels, or one by one.
  const width = vectorOut ? 4 : 1;
  const loads = Math.ceil(channels / width / subgroup);
  return [
    `@compute @workgroup_size(${subgroup})`,
    'fn main(@builtin(workgroup_id) group: vec3u, @builtin(subgroup_invocation_id) lane: u32) {',
    // Read once: the software adapter reads a uniform anew wherever it is named.
    `  let from_h = ${from.h};`,
    `  let from_w = ${from.w};`,
    `  let to_h = ${to.h};`,
    `  let to_w = ${to.w};`,
    `  let met = ${from.c} / ${steps}u;`,
    `  let made = ${to.c};`,
    ...['kw', 'stride_h', 'stride_w', ...(pass === 'data' ? ['dilation_h', 'dilation_w'] : [])].map(
      (name) => `  let ${name} = params.${name};`,
    ),
    '  let pixel_count = params.batch * to_h * to_w;',
    '  let plane = from_h * from_w;',
    `  let weight_tap = params.weight_tap / ${width}u;`,
    `  let weight_met = params.weight_met / ${width}u;`,
    `  let first_pixel = group.x * ${subgroup * pixels}u + lane;`,
    `  let first_channel = group.y * ${channels}u;`,
    ...each(pixels, (j) => pixelPlace(conv, j))
      .flat()
      .map((line) => `  ${line}`),
    ...each(
      loads,
      (g) =>
        `  let row${g} = min(first_channel / ${width}u + lane + ${g * subgroup}u, made / ${width}u - 1u);`,
    ),
    ...each(channels * pixels, (i) => `  var c${Math.floor(i / pixels)}_${i % pixels} = 0.0;`),
    '  var k = 0u;',
    '  var ky = 0u;',
    '  var kx = 0u;',
    '  let rounds = params.kh * kw * met;',
    '  for (var round = 0u; round < rounds; round++) {',
    `    let weights = (ky * kw + kx) * weight_tap + k * ${steps}u * weight_met;`,
    ...each(steps, (q) =>
      each(
        loads,
        (g) =>
          `    let p${q}_${g} = ${vectorOut ? 'vec4f' : 'f32'}(weight[weights + ${q}u * weight_met + row${g}]);`,
      ),
    ).flat(),
    ...[...tapOffset(conv), ...each(pixels, (j) => [...tapPlace(conv, j), imageLoad(conv, j)]).flat()].map(
      (line) => `    ${line}`,
    ),
    ...products({
      rows: channels,
      columns: pixels,
      steps,
      shared: (row, k) => {
        const place = Math.floor(row / width);
        return `subgroupShuffle(p${k}_${Math.floor(place / subgroup)}${vectorOut ? `.${'xyzw'[row % 4]}` : ''}, ${place % subgroup}u)`;
      },
      own: (column, k) => (vectorIn ? `l${column}.${'xyzw'[k]}` : `l${column}`),
      splat: (value) => value,
    }).map((line) => `    ${line}`),
    '    k++;',
    '    if (k == met) {',
    '      k = 0u;',
    '      kx++;',
    '      if (kx == kw) {',
    '        kx = 0u;',
    '        ky++;',
    '      }',
    '    }',
    '  }',
    ...stores(conv).map((line) => `  ${line}`),
    '}',
  ].join('\n');
}

/**
 * Pixel j of the lane: its image, `y<j>`, `x<j>`, the place of the window's first tap in the image read from, and `base<j>`, the
 * address there. Without strides to undo, a tap's address is the base plus what all pixels share.
 */
function pixelPlace({ pass, layout, subgroup, vectorIn, strided }: UniConv, j: number): string[] {
  const [y, x] = [`line${j} % to_h`, `pixel${j} % to_w`];
  const forward = pass === 'forward';
  const base =
    layout === 'nhwc'
      ? `((image${j} * from_h + y${j}) * from_w + x${j}) * met`
      : `(image${j} * met * ${vectorIn ? 4 : 1}u * from_h + y${j}) * from_w + x${j}`;
  return [
    `let pixel${j} = min(first_pixel + ${j * subgroup}u, pixel_count - 1u);`,
    `let line${j} = pixel${j} / to_w;`,
    `let image${j} = line${j} / to_h;`,
    forward ? `let y${j} = (${y}) * stride_h - params.padding_h;` : `let y${j} = (${y}) + params.padding_h;`,
    forward ? `let x${j} = (${x}) * stride_w - params.padding_w;` : `let x${j} = (${x}) + params.padding_w;`,
    ...(forward || !strided ? [`let base${j} = ${base};`] : []),
  ];
}

/** What a tap adds to the address of every pixel; `data` looks the other way. */
function tapOffset({ pass, layout, vectorIn }: UniConv): string[] {
  const sign = pass === 'forward' ? '' : '0u - ';
  // Which of the two is faster on the software adapter was measured; it is its compiler's luck, 20 % either way.
  const dilation = pass === 'forward' ? 'params.dilation' : 'dilation';
  const channel = layout === 'nhwc' ? 'k' : vectorIn ? 'k * 4u * plane' : 'k * plane';
  return [
    `let dh = ky * ${dilation}_h;`,
    `let dw = kx * ${dilation}_w;`,
    `let offset = ${sign}(dh * from_w + dw)${layout === 'nhwc' ? ' * met' : ''} + ${channel};`,
  ];
}

/** `at<j>`, where pixel j finds this tap (in vectors where they are bound so), and `in<j>` where it can be outside. */
function tapPlace({ pass, layout, vectorIn, padded, strided }: UniConv, j: number): string[] {
  const sign = pass === 'forward' ? '+' : '-';
  if (pass === 'forward' || !strided) {
    // Outside, the address is anything; what is read there is not used.
    const inside = `let in${j} = y${j} ${sign} dh < from_h && x${j} ${sign} dw < from_w;`;
    return [`let at${j} = base${j} + offset;`, ...(padded ? [inside] : [])];
  }
  const channel = layout === 'nhwc' ? ' * met + k' : '';
  const place =
    layout === 'nhwc'
      ? `((image${j} * from_h + h${j}) * from_w + w${j})`
      : `(image${j} * met * ${vectorIn ? 4 : 1}u + k * ${vectorIn ? 4 : 1}u) * plane + h${j} * from_w + w${j}`;
  return [
    `let h${j} = (y${j} - dh) / stride_h;`,
    `let w${j} = (x${j} - dw) / stride_w;`,
    `let at${j} = ${place}${channel};`,
    `let in${j} = h${j} < from_h && w${j} < from_w && h${j} * stride_h == y${j} - dh && w${j} * stride_w == x${j} - dw;`,
  ];
}

function imageLoad({ layout, vectorIn, padded }: UniConv, j: number): string {
  const zero = vectorIn ? 'vec4f()' : '0.0';
  const one = `f32(image[at${j}])`;
  const four =
    layout === 'nhwc'
      ? `vec4f(image[at${j}])`
      : `vec4f(${each(4, (q) => `f32(image[at${j} + ${q}u * plane])`).join(', ')})`;
  const value = vectorIn ? four : one;
  return `let l${j} = ${padded ? `select(${zero}, ${value}, in${j})` : value};`;
}

function stores(conv: UniConv): string[] {
  const { layout, subgroup, channels, pixels } = conv;
  const { result } = uniConvVectors(conv);
  const places =
    layout === 'nhwc'
      ? []
      : each(pixels, (j) => `let to_${j}u = image${j} * made * to_h * to_w + pixel${j} % (to_h * to_w);`);
  return [
    ...places,
    ...tileStores({
      rows: channels,
      columns: pixels,
      height: result ? 4 : 1,
      abreast: result ? 1 : pixels,
      tile: 'group.y',
      size: 'made',
      store: ({ row, column, values }) => {
        const pixel = `first_pixel + (${column}) * ${subgroup}u`;
        const channel = `(${row})`;
        if (result)
          return [
            `if (${pixel} < pixel_count) { result[((${pixel}) * made + ${channel}) / 4u] = Element4(finish4(vec4f(${values.join(', ')}), ${channel})); }`,
          ];
        const place =
          layout === 'nhwc' ? `(${pixel}) * made + ${channel}` : `to_${column} + ${channel} * to_h * to_w`;
        return [
          `if (${pixel} < pixel_count) { result[${place}] = Element(finish(${values[0]}, ${channel})); }`,
        ];
      },
    }),
  ];
}
