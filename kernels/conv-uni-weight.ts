/**
 * Writes the WGSL of the gradient of a convolution's weights, [outputs][taps][inputs], as a matrix product over all pixels.
 * The lanes own places of the window (tap and input channel), the gradients of the output channels go round by shuffles.
 * Pixels are cut into `group.z` chunks of lines, whose partial results are summed afterwards.
 */
import { each, products, tileStores } from './uni-tile.ts';

export interface UniConvWeight {
  readonly layout: 'nchw' | 'nhwc';
  readonly subgroup: number;
  /** Output channels in a tile, and places of the window a lane. */
  readonly channels: number;
  readonly places: number;
  /** Pixels chained into each sum; a line of the result is divisible by it. */
  readonly unroll: 1 | 2 | 4;
  /** Input (output) channels are divisible by four. */
  readonly vectorInputs: boolean;
  readonly vectorOutputs: boolean;
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
}: UniConvWeight): Form {
  const wideOwn = layout === 'nhwc' && vectorInputs;
  const shared =
    layout === 'nhwc' ? (vectorOutputs ? 'channels' : 'single') : unroll === 4 ? 'pixels' : 'single';
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
  const { subgroup, channels, places, unroll } = conv;
  const form = formOf(conv);
  const wide = form.wideOwn ? 4 : 1;
  const acrossChannels = form.shared === 'channels' ? 4 : 1;
  // Everything about channels is counted in what a lane loads at a time.
  return [
    `@compute @workgroup_size(${subgroup})`,
    'fn main(@builtin(workgroup_id) group: vec3u, @builtin(subgroup_invocation_id) lane: u32) {',
    `  let inputs = params.inputs / ${wide}u;`,
    `  let outputs = params.outputs / ${acrossChannels}u;`,
    // Read once: the software adapter reads a uniform anew wherever it is named.
    ...[
      'h',
      'w',
      'oh',
      'ow',
      'kw',
      'stride_h',
      'stride_w',
      'padding_h',
      'padding_w',
      'dilation_h',
      'dilation_w',
    ].map((name) => `  let ${name} = params.${name};`),
    '  let place_count = params.kh * kw * inputs;',
    `  let first_place = group.x * ${(subgroup * places) / wide}u + lane;`,
    `  let first_channel = group.y * ${channels}u;`,
    ...each(form.columns, (j) => placeOf(conv, j)).flat(),
    ...each(
      form.loads,
      (g) =>
        `  let row${g} = ${rowStart(conv, `min(first_channel / ${acrossChannels}u + lane + ${g * subgroup}u, outputs - 1u)`)};`,
    ),
    ...each(
      channels * form.columns,
      (i) =>
        `  var c${Math.floor(i / form.columns)}_${i % form.columns} = ${form.wideOwn ? 'vec4f()' : '0.0'};`,
    ),
    '  let line_count = params.batch * oh;',
    '  let chunk = (line_count + params.chunks - 1u) / params.chunks;',
    '  let first_line = min(group.z * chunk, line_count);',
    '  let last_line = min(first_line + chunk, line_count);',
    '  var image = first_line / oh;',
    '  var oy = first_line % oh;',
    '  var ox = 0u;',
    `  let rounds = (last_line - first_line) * (ow / ${unroll}u);`,
    '  for (var round = 0u; round < rounds; round++) {',
    ...pixelSteps(conv, form).map((text) => `    ${text}`),
    `    ox += ${unroll}u;`,
    '    if (ox == ow) {',
    '      ox = 0u;',
    '      oy++;',
    '      if (oy == oh) {',
    '        oy = 0u;',
    '        image++;',
    '      }',
    '    }',
    '  }',
    ...stores(conv, form).map((text) => `  ${text}`),
    '}',
  ].join('\n');
}

/** Place j of the lane: its tap's offset `dy<j>`, `dx<j>` in the image, and `at<j>`, what it adds to a pixel's address. */
function placeOf({ layout, subgroup }: UniConvWeight, j: number): string[] {
  return [
    `  let place${j} = min(first_place + ${j * subgroup}u, place_count - 1u);`,
    `  let tap${j} = place${j} / inputs;`,
    `  let channel${j} = place${j} % inputs;`,
    `  let dy${j} = (tap${j} / kw) * dilation_h - padding_h;`,
    `  let dx${j} = (tap${j} % kw) * dilation_w - padding_w;`,
    layout === 'nhwc'
      ? `  let at${j} = (dy${j} * w + dx${j}) * inputs + channel${j};`
      : `  let at${j} = (channel${j} * h + dy${j}) * w + dx${j};`,
  ];
}

/** What the gradient's row adds to a pixel's address. */
function rowStart({ layout }: UniConvWeight, row: string): string {
  return layout === 'nhwc' ? row : `${row} * oh * ow`;
}

function pixelSteps(conv: UniConvWeight, form: Form): string[] {
  const { layout, subgroup, padded, channels, unroll } = conv;
  const nhwc = layout === 'nhwc';
  const lines = [
    nhwc
      ? 'let pixel = ((image * oh + oy) * ow + ox) * outputs;'
      : 'let pixel = (image * outputs * oh + oy) * ow + ox;',
    'let top = oy * stride_h;',
    'let left = ox * stride_w;',
    nhwc
      ? 'let start = ((image * h + top) * w + left) * inputs;'
      : 'let start = (image * inputs * h + top) * w + left;',
    nhwc ? 'let across = stride_w * inputs;' : 'let across = stride_w;',
  ];
  const load = form.shared === 'channels' ? 'vec4f' : 'f32';
  for (let g = 0; g < form.loads; g++) {
    if (form.shared === 'pixels') lines.push(`let p${g} = vec4f(gradient[(pixel + row${g}) / 4u]);`);
    else
      for (let k = 0; k < unroll; k++)
        lines.push(`let p${k}_${g} = ${load}(gradient[pixel + ${k}u${nhwc ? ' * outputs' : ''} + row${g}]);`);
  }
  const value = form.wideOwn ? 'vec4f' : 'f32';
  for (let k = 0; k < unroll; k++)
    for (let j = 0; j < form.columns; j++) {
      // Outside, the address is anything; what is read there is not used.
      const read = `${value}(image_in[start + ${k}u * across + at${j}])`;
      const inside = `top + dy${j} < h && left + ${k}u * stride_w + dx${j} < w`;
      lines.push(`let l${k}_${j} = ${padded ? `select(${value}(), ${read}, ${inside})` : read};`);
    }
  return [
    ...lines,
    ...products({
      rows: channels,
      columns: form.columns,
      steps: unroll,
      shared: (row, k) => {
        if (form.shared === 'channels')
          return `subgroupShuffle(p${k}_${Math.floor((row >> 2) / subgroup)}.${'xyzw'[row & 3]}, ${(row >> 2) % subgroup}u)`;
        const at = Math.floor(row / subgroup);
        return form.shared === 'pixels'
          ? `subgroupShuffle(p${at}.${'xyzw'[k]}, ${row % subgroup}u)`
          : `subgroupShuffle(p${k}_${at}, ${row % subgroup}u)`;
      },
      own: (column, k) => `l${k}_${column}`,
      splat: (shared) => (form.wideOwn ? `vec4f(${shared})` : shared),
    }),
  ];
}

function stores({ channels, subgroup }: UniConvWeight, form: Form): string[] {
  return [
    'let base = group.z * params.outputs * place_count;',
    ...tileStores({
      rows: channels,
      columns: form.columns,
      height: 1,
      abreast: form.wideOwn ? 1 : form.columns,
      tile: 'group.y',
      size: 'params.outputs',
      store: ({ row, column, values: [sum = ''] }) => {
        const place = `first_place + (${column}) * ${subgroup}u`;
        const value = `Element${form.wideOwn ? '4' : ''}(${sum})`;
        return [
          `if (${place} < place_count) { result[base + (${row}) * place_count + ${place}] = ${value}; }`,
        ];
      },
    }),
  ];
}
