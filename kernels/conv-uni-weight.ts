/**
 * Writes the WGSL of the gradient of a convolution's weights, [outputs][taps][inputs], as a matrix product over all pixels.
 * The lanes own places of the window (tap and input channel), the gradients of the output channels go round by shuffles.
 * Pixels are cut into `group.z` chunks of lines, whose partial results are summed afterwards.
 */
import { each, products } from './uni-tile.ts';

export interface UniConvWeight {
  readonly layout: 'nchw' | 'nhwc';
  readonly subgroup: number;
  /** Output channels in a tile, and places of the window a lane. */
  readonly channels: number;
  readonly places: number;
  /** Pixels chained into each sum. */
  readonly unroll: 1 | 2 | 4;
  /** Input (output) channels are divisible by four. */
  readonly vectorInputs: boolean;
  readonly vectorOutputs: boolean;
  readonly padded: boolean;
}

interface Form {
  /** A lane's places are vectors of four input channels (else single ones). */
  readonly wideOwn: boolean;
  /** Gradients are loaded as vectors of four output channels (else single ones, a pixel each). */
  readonly wideShared: boolean;
  readonly columns: number;
  readonly loads: number;
}

function formOf({ layout, subgroup, channels, places, vectorInputs, vectorOutputs }: UniConvWeight): Form {
  const wideOwn = layout === 'nhwc' && vectorInputs;
  const wideShared = layout === 'nhwc' && vectorOutputs;
  return {
    wideOwn,
    wideShared,
    columns: wideOwn ? places / 4 : places,
    loads: Math.ceil((wideShared ? channels / 4 : channels) / subgroup),
  };
}

export function uniConvWeightVectors(conv: UniConvWeight): {
  readonly image: boolean;
  readonly gradient: boolean;
  readonly result: boolean;
} {
  const { wideOwn, wideShared } = formOf(conv);
  return { image: wideOwn, gradient: wideShared, result: wideOwn };
}

export function uniConvWeight(conv: UniConvWeight): string {
  const { layout, subgroup, channels, places, unroll } = conv;
  const form = formOf(conv);
  const wide = form.wideOwn ? 4 : 1;
  return [
    `@compute @workgroup_size(${subgroup})`,
    'fn main(@builtin(workgroup_id) group: vec3u, @builtin(subgroup_invocation_id) lane: u32) {',
    '  let inputs = params.inputs;',
    '  let outputs = params.outputs;',
    '  let place_count = params.kh * params.kw * inputs;',
    '  let plane = params.h * params.w;',
    '  let out_plane = params.oh * params.ow;',
    `  let first_place = group.x * ${subgroup * places}u + lane * ${wide}u;`,
    `  let first_channel = group.y * ${channels}u;`,
    ...each(form.columns, (j) => [
      `  let place${j} = min(first_place + ${j * subgroup * wide}u, place_count - ${wide}u);`,
      `  let tap${j} = place${j} / inputs;`,
      `  let channel${j} = place${j} % inputs;`,
      `  let dy${j} = (tap${j} / params.kw) * params.dilation_h - params.padding_h;`,
      `  let dx${j} = (tap${j} % params.kw) * params.dilation_w - params.padding_w;`,
    ]).flat(),
    ...each(form.loads, (g) =>
      form.wideShared
        ? `  let row${g} = min(first_channel / 4u + lane + ${g * subgroup}u, outputs / 4u - 1u);`
        : `  let row${g} = min(first_channel + lane + ${g * subgroup}u, outputs - 1u);`,
    ),
    ...each(
      channels * form.columns,
      (i) =>
        `  var c${Math.floor(i / form.columns)}_${i % form.columns} = ${form.wideOwn ? 'vec4f()' : '0.0'};`,
    ),
    '  let line_count = params.batch * params.oh;',
    '  let chunk = (line_count + params.chunks - 1u) / params.chunks;',
    '  let last_line = min((group.z + 1u) * chunk, line_count);',
    '  for (var line = group.z * chunk; line < last_line; line++) {',
    '    let image = line / params.oh;',
    '    let oy = line % params.oh;',
    ...each(form.columns, (j) => lineAddress(conv, j))
      .flat()
      .map((text) => `    ${text}`),
    layout === 'nhwc'
      ? '    let from_gradient = line * params.ow;'
      : '    let from_gradient = image * outputs * out_plane + oy * params.ow;',
    `    let main = params.ow - params.ow % ${unroll}u;`,
    `    for (var ox = 0u; ox < main; ox += ${unroll}u) {`,
    ...pixelSteps(conv, form, unroll).map((text) => `      ${text}`),
    '    }',
    ...(unroll === 1
      ? []
      : [
          '    for (var ox = main; ox < params.ow; ox++) {',
          ...pixelSteps(conv, form, 1).map((text) => `      ${text}`),
          '    }',
        ]),
    '  }',
    ...stores(conv, form).map((text) => `  ${text}`),
    '}',
  ].join('\n');
}

/** Start of the image's line that place j meets: `at<j>`, and `ok<j>` where it can be outside. */
function lineAddress({ layout, padded }: UniConvWeight, j: number): string[] {
  const start =
    layout === 'nhwc'
      ? `(image * params.h + h${j}) * params.w * inputs + channel${j}`
      : `((image * inputs + channel${j}) * params.h + h${j}) * params.w`;
  const lines = [`let h${j} = oy * params.stride_h + dy${j};`];
  if (!padded) return [...lines, `let at${j} = ${start};`];
  return [...lines, `let ok${j} = h${j} < params.h;`, `let at${j} = select(0u, ${start}, ok${j});`];
}

function pixelSteps(conv: UniConvWeight, form: Form, steps: number): string[] {
  const { layout, subgroup, padded, channels } = conv;
  const lines: string[] = [];
  for (let k = 0; k < steps; k++)
    for (let g = 0; g < form.loads; g++) {
      if (form.wideShared)
        lines.push(
          `let p${k}_${g} = vec4f(gradient[(from_gradient + ox + ${k}u) * (outputs / 4u) + row${g}]);`,
        );
      else if (layout === 'nhwc')
        lines.push(`let p${k}_${g} = f32(gradient[(from_gradient + ox + ${k}u) * outputs + row${g}]);`);
      else lines.push(`let p${k}_${g} = f32(gradient[from_gradient + row${g} * out_plane + ox + ${k}u]);`);
    }
  for (let k = 0; k < steps; k++)
    for (let j = 0; j < form.columns; j++) {
      lines.push(`let w${k}_${j} = (ox + ${k}u) * params.stride_w + dx${j};`);
      const step = layout === 'nhwc' ? ' * inputs' : '';
      const index = form.wideOwn ? `(at${j} + w${k}_${j}${step}) / 4u` : `at${j} + w${k}_${j}${step}`;
      const value = form.wideOwn ? 'vec4f' : 'f32';
      if (!padded) lines.push(`let l${k}_${j} = ${value}(image_in[${index}]);`);
      else
        lines.push(
          `let in${k}_${j} = ok${j} && w${k}_${j} < params.w;`,
          `let l${k}_${j} = select(${value}(), ${value}(image_in[select(0u, ${index}, in${k}_${j})]), in${k}_${j});`,
        );
    }
  return [
    ...lines,
    ...products({
      rows: channels,
      columns: form.columns,
      steps,
      shared: (row, k) =>
        form.wideShared
          ? `subgroupShuffle(p${k}_${Math.floor((row >> 2) / subgroup)}.${'xyzw'[row & 3]}, ${(row >> 2) % subgroup}u)`
          : `subgroupShuffle(p${k}_${Math.floor(row / subgroup)}, ${row % subgroup}u)`,
      own: (column, k) => `l${k}_${column}`,
      splat: (value) => (form.wideOwn ? `vec4f(${value})` : value),
    }),
  ];
}

function stores({ channels, subgroup }: UniConvWeight, form: Form): string[] {
  const wide = form.wideOwn ? 4 : 1;
  const lines: string[] = ['let base = group.z * outputs * place_count;'];
  for (let j = 0; j < form.columns; j++) {
    lines.push(`if (first_place + ${j * subgroup * wide}u < place_count) {`);
    for (let row = 0; row < channels; row++) {
      const place = `base + (first_channel + ${row}u) * place_count + place${j}`;
      const store = form.wideOwn
        ? `result[(${place}) / 4u] = Element4(c${row}_${j});`
        : `result[${place}] = Element(c${row}_${j});`;
      lines.push(`  if (first_channel + ${row}u < outputs) { ${store} }`);
    }
    lines.push('}');
  }
  return lines;
}
