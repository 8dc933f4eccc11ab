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
  /** A line of the result is divisible by four. */
  readonly vectorLine: boolean;
  readonly padded: boolean;
}

interface Form {
  /** A lane's places are vectors of four input channels (else single ones). */
  readonly wideOwn: boolean;
  /** Gradients are loaded as vectors of four output channels, or of four pixels of a line, or one by one. */
  readonly shared: 'channels' | 'pixels' | 'single';
  readonly columns: number;
  readonly loads: number;
}

function formOf({
  layout,
  subgroup,
  channels,
  places,
  unroll,
  vectorInputs,
  vectorOutputs,
  vectorLine,
}: UniConvWeight): Form {
  const wideOwn = layout === 'nhwc' && vectorInputs;
  const shared =
    layout === 'nhwc'
      ? vectorOutputs
        ? 'channels'
        : 'single'
      : vectorLine && unroll === 4
        ? 'pixels'
        : 'single';
  return {
    wideOwn,
    shared,
    columns: wideOwn ? places / 4 : places,
    loads: Math.ceil((shared === 'channels' ? channels / 4 : channels) / subgroup),
  };
}

export function uniConvWeightVectors(conv: UniConvWeight): {
  readonly image: boolean;
  readonly gradient: boolean;
  readonly result: boolean;
} {
  const { wideOwn, shared } = formOf(conv);
  return { image: wideOwn, gradient: shared !== 'single', result: wideOwn };
}

export function uniConvWeight(conv: UniConvWeight): string {
  const { layout, subgroup, channels, places, unroll } = conv;
  const form = formOf(conv);
  const wide = form.wideOwn ? 4 : 1;
  // Everything about input channels is counted in what a lane loads at a time.
  return [
    `@compute @workgroup_size(${subgroup})`,
    'fn main(@builtin(workgroup_id) group: vec3u, @builtin(subgroup_invocation_id) lane: u32) {',
    `  let inputs = params.inputs / ${wide}u;`,
    `  let outputs = params.outputs / ${form.shared === 'channels' ? 4 : 1}u;`,
    '  let place_count = params.kh * params.kw * inputs;',
    `  let line_length = params.ow / ${form.shared === 'pixels' ? 4 : 1}u;`,
    `  let first_place = group.x * ${(subgroup * places) / wide}u + lane;`,
    `  let first_channel = group.y * ${channels}u;`,
    ...each(form.columns, (j) => [
      `  let place${j} = min(first_place + ${j * subgroup}u, place_count - 1u);`,
      `  let tap${j} = place${j} / inputs;`,
      `  let channel${j} = place${j} % inputs;`,
      `  let dy${j} = (tap${j} / params.kw) * params.dilation_h - params.padding_h;`,
      `  let dx${j} = (tap${j} % params.kw) * params.dilation_w - params.padding_w;`,
    ]).flat(),
    ...each(
      form.loads,
      (g) =>
        `  let row${g} = min(first_channel${form.shared === 'channels' ? ' / 4u' : ''} + lane + ${g * subgroup}u, outputs - 1u);`,
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
    ...(layout === 'nhwc'
      ? ['    let from_gradient = line * params.ow;']
      : each(
          form.loads,
          (g) => `    let from${g} = ((image * outputs + row${g}) * params.oh + oy) * line_length;`,
        )),
    `    let main = params.ow - params.ow % ${unroll}u;`,
    `    for (var ox = 0u; ox < main; ox += ${unroll}u) {`,
    ...pixelSteps(conv, form, unroll).map((text) => `      ${text}`),
    '    }',
    ...(unroll === 1 || form.shared === 'pixels'
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
      ? `((image * params.h + h${j}) * params.w + dx${j}) * inputs + channel${j}`
      : `((image * inputs + channel${j}) * params.h + h${j}) * params.w + dx${j}`;
  // Outside, the address is anything; what is read there is not used.
  return [
    `let h${j} = oy * params.stride_h + dy${j};`,
    ...(padded ? [`let ok${j} = h${j} < params.h;`] : []),
    `let at${j} = ${start};`,
  ];
}

function pixelSteps(conv: UniConvWeight, form: Form, steps: number): string[] {
  const { layout, subgroup, padded, channels } = conv;
  const lines: string[] = [];
  if (form.shared === 'pixels')
    for (let g = 0; g < form.loads; g++) lines.push(`let p${g} = vec4f(gradient[from${g} + ox / 4u]);`);
  else
    for (let k = 0; k < steps; k++)
      for (let g = 0; g < form.loads; g++) {
        if (form.shared === 'channels')
          lines.push(`let p${k}_${g} = vec4f(gradient[(from_gradient + ox + ${k}u) * outputs + row${g}]);`);
        else if (layout === 'nhwc')
          lines.push(`let p${k}_${g} = f32(gradient[(from_gradient + ox + ${k}u) * outputs + row${g}]);`);
        else lines.push(`let p${k}_${g} = f32(gradient[from${g} + ox + ${k}u]);`);
      }
  const value = form.wideOwn ? 'vec4f' : 'f32';
  for (let k = 0; k < steps; k++) {
    lines.push(`let x${k} = (ox + ${k}u) * params.stride_w;`);
    for (let j = 0; j < form.columns; j++) {
      const read = `${value}(image_in[at${j} + x${k}${layout === 'nhwc' ? ' * inputs' : ''}])`;
      lines.push(
        `let l${k}_${j} = ${padded ? `select(${value}(), ${read}, ok${j} && x${k} + dx${j} < params.w)` : read};`,
      );
    }
  }
  return [
    ...lines,
    ...products({
      rows: channels,
      columns: form.columns,
      steps,
      shared: (row, k) => {
        if (form.shared === 'channels')
          return `subgroupShuffle(p${k}_${Math.floor((row >> 2) / subgroup)}.${'xyzw'[row & 3]}, ${(row >> 2) % subgroup}u)`;
        const load = Math.floor(row / subgroup);
        return form.shared === 'pixels'
          ? `subgroupShuffle(p${load}.${'xyzw'[k]}, ${row % subgroup}u)`
          : `subgroupShuffle(p${k}_${load}, ${row % subgroup}u)`;
      },
      own: (column, k) => `l${k}_${column}`,
      splat: (shared) => (form.wideOwn ? `vec4f(${shared})` : shared),
    }),
  ];
}

function stores({ channels, subgroup }: UniConvWeight, form: Form): string[] {
  const lines: string[] = ['let base = group.z * params.outputs * place_count;'];
  for (let j = 0; j < form.columns; j++) {
    lines.push(`if (first_place + ${j * subgroup}u < place_count) {`);
    for (let row = 0; row < channels; row++) {
      const sum = `Element${form.wideOwn ? '4' : ''}(c${row}_${j})`;
      lines.push(
        `  if (first_channel + ${row}u < params.outputs) { result[base + (first_channel + ${row}u) * place_count + place${j}] = ${sum}; }`,
      );
    }
    lines.push('}');
  }
  return lines;
}
