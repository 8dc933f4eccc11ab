/**
 * Writes the WGSL of a convolution as a matrix product without ever laying out the matrix: one subgroup computes a tile,
 * the lanes own pixels (or, for the weights, places of the window), the other operand goes round by shuffles as in
 * gemm-uni.ts. No workgroup memory, no barrier; sound only where the subgroup size is fixed.
 *
 * `forward` and `data` are one kernel: a pixel of the result gathers, for each tap of the window, the channels it meets. The
 * weights come as [channels of the result][taps][channels met]. `weight` is in conv-uni-weight.ts.
 */
import { each, products } from './uni-tile.ts';

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
  return { image: layout === 'nhwc' && vectorIn, weight: vectorIn, result: layout === 'nhwc' && vectorOut };
}

export function uniConv(conv: UniConv): string {
  const { pass, layout, subgroup, channels, pixels, vectorIn } = conv;
  // Sizes of the image read from and of the result, by the names of the uniform block.
  const from =
    pass === 'forward'
      ? { h: 'params.h', w: 'params.w', c: 'params.inputs' }
      : { h: 'params.oh', w: 'params.ow', c: 'params.outputs' };
  const to =
    pass === 'forward'
      ? { h: 'params.oh', w: 'params.ow', c: 'params.outputs' }
      : { h: 'params.h', w: 'params.w', c: 'params.inputs' };
  const steps = vectorIn ? 4 : 1;
  const loads = Math.ceil(channels / subgroup);
  return [
    `@compute @workgroup_size(${subgroup})`,
    'fn main(@builtin(workgroup_id) group: vec3u, @builtin(subgroup_invocation_id) lane: u32) {',
    `  let pixel_count = params.batch * ${to.h} * ${to.w};`,
    `  let met = ${from.c} / ${steps}u;`,
    `  let made = ${to.c};`,
    '  let taps = params.kh * params.kw;',
    `  let plane = ${from.h} * ${from.w};`,
    `  let first_pixel = group.x * ${subgroup * pixels}u + lane;`,
    `  let first_channel = group.y * ${channels}u;`,
    ...each(pixels, (j) => [
      `  let pixel${j} = min(first_pixel + ${j * subgroup}u, pixel_count - 1u);`,
      `  let column${j} = pixel${j} % ${to.w};`,
      `  let line${j} = pixel${j} / ${to.w};`,
      `  let image${j} = line${j} / ${to.h};`,
      pass === 'forward'
        ? `  let y${j} = (line${j} % ${to.h}) * params.stride_h - params.padding_h;`
        : `  let y${j} = (line${j} % ${to.h}) + params.padding_h;`,
      pass === 'forward'
        ? `  let x${j} = column${j} * params.stride_w - params.padding_w;`
        : `  let x${j} = column${j} + params.padding_w;`,
    ]).flat(),
    ...each(
      loads,
      (g) => `  let row${g} = min(first_channel + lane + ${g * subgroup}u, made - 1u) * taps * met;`,
    ),
    ...each(channels * pixels, (i) => `  var c${Math.floor(i / pixels)}_${i % pixels} = 0.0;`),
    '  for (var ky = 0u; ky < params.kh; ky++) {',
    '    for (var kx = 0u; kx < params.kw; kx++) {',
    ...each(pixels, (j) => tapAddress(conv, j, from))
      .flat()
      .map((line) => `      ${line}`),
    '      let tap = (ky * params.kw + kx) * met;',
    '      for (var k = 0u; k < met; k++) {',
    ...each(loads, (g) =>
      vectorIn
        ? `let p${g} = vec4f(weight[row${g} + tap + k]);`
        : `let p${g} = f32(weight[row${g} + tap + k]);`,
    ).map((line) => `        ${line}`),
    ...each(pixels, (j) => `        ${imageLoad(conv, j)}`),
    ...products({
      rows: channels,
      columns: pixels,
      steps,
      shared: (row, k) =>
        `subgroupShuffle(p${Math.floor(row / subgroup)}${vectorIn ? `.${'xyzw'[k]}` : ''}, ${row % subgroup}u)`,
      own: (column, k) => (vectorIn ? `l${column}.${'xyzw'[k]}` : `l${column}`),
      splat: (value) => value,
    }).map((line) => `        ${line}`),
    '      }',
    '    }',
    '  }',
    ...stores(conv, layout, subgroup, to).map((line) => `  ${line}`),
    '}',
  ].join('\n');
}

/** Where pixel j finds this tap: `at<j>`, the first channel there (in vectors where they are bound so), and `in<j>` where it can be outside. */
function tapAddress(
  { pass, layout, padded, strided }: UniConv,
  j: number,
  from: { h: string; w: string; c: string },
): string[] {
  const lines: string[] = [];
  if (pass === 'forward')
    lines.push(`let h${j} = y${j} + ky * params.dilation_h;`, `let w${j} = x${j} + kx * params.dilation_w;`);
  else if (!strided)
    lines.push(`let h${j} = y${j} - ky * params.dilation_h;`, `let w${j} = x${j} - kx * params.dilation_w;`);
  else
    lines.push(
      `let ys${j} = y${j} - ky * params.dilation_h;`,
      `let xs${j} = x${j} - kx * params.dilation_w;`,
      `let h${j} = ys${j} / params.stride_h;`,
      `let w${j} = xs${j} / params.stride_w;`,
    );
  const place =
    layout === 'nhwc'
      ? `((image${j} * ${from.h} + h${j}) * ${from.w} + w${j}) * met`
      : `(image${j} * ${from.c} * ${from.h} + h${j}) * ${from.w} + w${j}`;
  if (!padded) return [...lines, `let at${j} = ${place};`];
  const whole =
    pass === 'data' && strided
      ? ` && h${j} * params.stride_h == ys${j} && w${j} * params.stride_w == xs${j}`
      : '';
  return [
    ...lines,
    `let in${j} = h${j} < ${from.h} && w${j} < ${from.w}${whole};`,
    // Outside, the address is anything; what is read there is not used.
    `let at${j} = ${place};`,
  ];
}

function imageLoad({ layout, vectorIn, padded }: UniConv, j: number): string {
  if (!vectorIn) {
    const value = layout === 'nhwc' ? `f32(image[at${j} + k])` : `f32(image[at${j} + k * plane])`;
    return `let l${j} = ${padded ? `select(0.0, ${value}, in${j})` : value};`;
  }
  const value =
    layout === 'nhwc'
      ? `vec4f(image[at${j} + k])`
      : `vec4f(${each(4, (q) => `f32(image[at${j} + (k * 4u + ${q}u) * plane])`).join(', ')})`;
  return `let l${j} = ${padded ? `select(vec4f(), ${value}, in${j})` : value};`;
}

function stores(
  conv: UniConv,
  layout: 'nchw' | 'nhwc',
  subgroup: number,
  to: { h: string; w: string; c: string },
): string[] {
  const { channels, pixels } = conv;
  const { result } = uniConvVectors(conv);
  const lines: string[] = [];
  for (let j = 0; j < pixels; j++) {
    lines.push(`if (first_pixel + ${j * subgroup}u < pixel_count) {`);
    if (layout === 'nchw')
      lines.push(`  let base = image${j} * made * ${to.h} * ${to.w} + pixel${j} % (${to.h} * ${to.w});`);
    for (let row = 0; row < channels; row += result ? 4 : 1) {
      const channel = `first_channel + ${row}u`;
      if (result) {
        const values = each(4, (q) => `c${row + q}_${j}`).join(', ');
        lines.push(
          `  if (${channel} < made) { result[(pixel${j} * made + ${channel}) / 4u] = Element4(finish4(vec4f(${values}), ${channel})); }`,
        );
      } else {
        const place =
          layout === 'nhwc' ? `pixel${j} * made + ${channel}` : `base + (${channel}) * ${to.h} * ${to.w}`;
        lines.push(
          `  if (${channel} < made) { result[${place}] = Element(finish(c${row}_${j}, ${channel})); }`,
        );
      }
    }
    lines.push('}');
  }
  return lines;
}
