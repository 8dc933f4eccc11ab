/** Faults in scripts that use WebGPU directly. */
import type { FaultPair } from './pair.ts';

/** A raw WebGPU loop: two kernels a step over `n` floats; `body` runs in the step, `before` ahead of the loop. */
function raw(options: {
  before?: string;
  step?: string;
  size?: number;
  groups?: string;
  n?: number;
  steps?: number;
}): string {
  const { before = '', step = '', size = 64, n = 1 << 18, steps = 40 } = options;
  return `
const adapter = await navigator.gpu.requestAdapter();
const device = await adapter.requestDevice();
const code = (work) => \`
@group(0) @binding(0) var<storage, read_write> x: array<f32>;
@compute @workgroup_size(${size}) fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x < arrayLength(&x)) { var v = x[id.x]; for (var i = 0; i < \${work}; i++) { v = v * 1.0001 + 0.5; } x[id.x] = v; }
}\`;
const pipelineOf = (work) => device.createComputePipeline({ label: 'work' + work, layout: 'auto', compute: { module: device.createShaderModule({ code: code(work) }) } });
const pipelines = [pipelineOf(8), pipelineOf(20), pipelineOf(12)];
const buffer = device.createBuffer({ size: ${n * 4}, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST });
const binds = pipelines.map((p) => device.createBindGroup({ layout: p.getBindGroupLayout(0), entries: [{ binding: 0, resource: { buffer } }] }));
const ORDER = [0, 1, 2, 0, 0, 1, 1, 2, 2, 0, 2, 1];
const groups = ${options.groups ?? Math.ceil(n / size)};
${before}
for (let step = 0; step < ${steps}; step++) {
  const dispatch = (encoder, i) => {
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipelines[i]);
    pass.setBindGroup(0, binds[i]);
    pass.dispatchWorkgroups(groups);
    pass.end();
  };
  ${step || 'const encoder = device.createCommandEncoder(); for (let i = 0; i < 3; i++) dispatch(encoder, i); device.queue.submit([encoder.finish()]);'}
  await device.queue.onSubmittedWorkDone();
}
`;
}

const SUBMIT_EACH = `for (const i of ORDER) { const encoder = device.createCommandEncoder(); dispatch(encoder, i); device.queue.submit([encoder.finish()]); }`;
const SUBMIT_ONCE = `const encoder = device.createCommandEncoder(); for (const i of ORDER) dispatch(encoder, i); device.queue.submit([encoder.finish()]);`;
const ONE =
  'const encoder = device.createCommandEncoder(); for (let i = 0; i < 3; i++) dispatch(encoder, i);';
const END = 'device.queue.submit([encoder.finish()]);';
const readback = (bytes: number): string =>
  `const read = device.createBuffer({ size: ${bytes}, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });`;
const map = (bytes: number): string =>
  `encoder.copyBufferToBuffer(buffer, 0, read, 0, ${bytes}); ${END} await read.mapAsync(GPUMapMode.READ); read.getMappedRange().slice(0); read.unmap();`;
const create = (count: number, destroy: boolean): string =>
  `${ONE} for (let i = 0; i < ${count}; i++) { const b = device.createBuffer({ size: 65536, usage: GPUBufferUsage.STORAGE }); ${destroy ? 'b.destroy();' : 'globalThis.kept = [...(globalThis.kept ?? []), b];'} } ${END}`;
const upload = (bytes: number): string =>
  `device.queue.writeBuffer(target, 0, bytes, 0, ${bytes}); ${ONE} ${END}`;
const target =
  'const bytes = new Uint8Array(1 << 24); const target = device.createBuffer({ size: 1 << 24, usage: GPUBufferUsage.COPY_DST });';
const compile = (fresh: boolean): string => `${ONE} pipelineOf(${fresh ? 'step + 100' : '8'}); ${END}`;
const ENCODER = 'const encoder = device.createCommandEncoder();';
/** Forty dispatches of the three kernels; one of them begins the step, which is known by what repeats. */
const MANY = 'const many = [..."2111000110101011000000010100101011100010"].map(Number);';
const FRESH_GROUP =
  'device.createBindGroup({ layout: pipelines[i].getBindGroupLayout(0), entries: [{ binding: 0, resource: { buffer } }] })';
const inOnePass = (group: string): string =>
  `${ENCODER} const pass = encoder.beginComputePass(); for (const i of many) { pass.setPipeline(pipelines[i]); pass.setBindGroup(0, ${group}); pass.dispatchWorkgroups(groups); } pass.end(); ${END}`;

/** One kernel of the script's own over `count` words, the place of each given by `index`. */
function matrix({ index, count = 1 << 20 }: { index: string; count?: number }): string {
  return `
const adapter = await navigator.gpu.requestAdapter();
const device = await adapter.requestDevice();
const code = \`
struct Params { rows: u32, columns: u32 }
@group(0) @binding(0) var<storage, read_write> x: array<f32>;
@group(0) @binding(1) var<uniform> p: Params;
@compute @workgroup_size(64) fn scale(@builtin(global_invocation_id) id: vec3u) {
  let i = ${index};
  x[i] = x[i] * 1.0001 + f32(p.rows);
}\`;
const pipeline = device.createComputePipeline({ label: 'scale', layout: 'auto', compute: { module: device.createShaderModule({ code }) } });
const buffer = device.createBuffer({ size: ${4 * count}, usage: GPUBufferUsage.STORAGE });
const params = device.createBuffer({ size: 8, usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST });
device.queue.writeBuffer(params, 0, new Uint32Array([1024, 1024]));
const other = device.createComputePipeline({ label: 'other', layout: 'auto', compute: { module: device.createShaderModule({ code: '@group(0) @binding(0) var<storage, read_write> x: array<f32>; @compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) { x[id.x] = 1.0; }' }) } });
const otherGroup = device.createBindGroup({ layout: other.getBindGroupLayout(0), entries: [{ binding: 0, resource: { buffer } }] });
const group = device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries: [{ binding: 0, resource: { buffer } }, { binding: 1, resource: { buffer: params } }] });
for (let step = 0; step < 30; step++) {
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, group);
  pass.dispatchWorkgroups(16, 1024);
  pass.setPipeline(other);
  pass.setBindGroup(0, otherGroup);
  pass.dispatchWorkgroups(64);
  pass.end();
  device.queue.submit([encoder.finish()]);
  await device.queue.onSubmittedWorkDone();
}
`;
}

/** Two kernels that stream 4 M words each, by elements of the given types. */
function streams(elements: readonly string[]): string {
  return `
const adapter = await navigator.gpu.requestAdapter();
const device = await adapter.requestDevice();
const words = 1 << 22;
const [x, y] = [0, 1].map(() => device.createBuffer({ size: 4 * words, usage: GPUBufferUsage.STORAGE }));
const kernels = ${JSON.stringify(elements)}.map((type, i) => {
  const code = \`
@group(0) @binding(0) var<storage, read> x: array<\${type}>;
@group(0) @binding(1) var<storage, read_write> y: array<\${type}>;
@compute @workgroup_size(64) fn stream(@builtin(global_invocation_id) id: vec3u) {
  let i = id.x + id.y * 4096u;
  y[i] = x[i] * \${i + 1}.5;
}\`;
  const pipeline = device.createComputePipeline({ label: 'stream' + i, layout: 'auto', compute: { module: device.createShaderModule({ code }) } });
  const entries = [x, y].map((buffer, binding) => ({ binding, resource: { buffer } }));
  return { pipeline, rows: words / 4096 / (type === 'f32' ? 1 : 4), group: device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }) };
});
for (let step = 0; step < 30; step++) {
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  for (const { pipeline, rows, group } of kernels) {
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, group);
    pass.dispatchWorkgroups(64, rows);
  }
  pass.end();
  device.queue.submit([encoder.finish()]);
  await device.queue.onSubmittedWorkDone();
}
`;
}

/** A product of 512 outputs of 256 inputs for each of 64 rows; `weight` is the place of weight (output id.x, input k). */
const product = (weight: string): string => `
const adapter = await navigator.gpu.requestAdapter();
const device = await adapter.requestDevice();
const code = \`
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> w: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) {
  var sum = 0.0;
  for (var j = 0u; j < 16u; j++) { for (var i = 0u; i < 16u; i++) { sum += x[id.y * 256u + i * 16u + j] * w[${weight}]; } }
  y[id.y * 512u + id.x] = sum;
}\`;
const pipeline = device.createComputePipeline({ label: 'matmul', layout: 'auto', compute: { module: device.createShaderModule({ code }) } });
const buffers = [64 * 256, 256 * 512, 64 * 512].map((words) => device.createBuffer({ size: 4 * words, usage: GPUBufferUsage.STORAGE }));
const group = device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries: buffers.map((buffer, binding) => ({ binding, resource: { buffer } })) });
for (let step = 0; step < 30; step++) {
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  for (const rows of [64, 32, 64, 16]) {
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, group);
    pass.dispatchWorkgroups(8, rows);
  }
  pass.end();
  device.queue.submit([encoder.finish()]);
  await device.queue.onSubmittedWorkDone();
}
`;

export const RAW: readonly FaultPair[] = [
  {
    name: 'submit an op',
    rule: 'submit-per-op',
    faulty: raw({ step: SUBMIT_EACH, n: 1 << 12 }),
    mended: raw({ step: SUBMIT_ONCE, n: 1 << 12 }),
  },
  {
    name: 'submit an op, larger',
    rule: 'submit-per-op',
    faulty: raw({ step: SUBMIT_EACH, n: 1 << 14 }),
    mended: raw({ step: SUBMIT_ONCE, n: 1 << 14 }),
  },
  {
    name: 'one invocation a workgroup',
    rule: 'tiny-workgroup',
    faulty: raw({ size: 1, n: 1 << 14 }),
    mended: raw({ size: 64, n: 1 << 14 }),
  },
  {
    name: 'two invocations a workgroup',
    rule: 'tiny-workgroup',
    faulty: raw({ size: 2, n: 1 << 15 }),
    mended: raw({ size: 32, n: 1 << 15 }),
  },
  {
    name: 'nine invocations a workgroup',
    rule: 'ragged-workgroup',
    faulty: raw({ size: 9 }),
    mended: raw({ size: 16 }),
  },
  {
    name: 'ten invocations a workgroup',
    rule: 'ragged-workgroup',
    faulty: raw({ size: 10 }),
    mended: raw({ size: 40 }),
  },
  {
    name: 'one workgroup',
    rule: 'small-grid',
    faulty: raw({ size: 256, n: 1 << 8, groups: '1' }).replaceAll('i < ${work}', 'i < ${work} * 400'),
    mended: raw({}),
  },
  {
    name: 'three workgroups',
    rule: 'low-waves',
    faulty: raw({ size: 256, n: 3 << 8, groups: '3' }).replaceAll('i < ${work}', 'i < ${work} * 400'),
    mended: raw({}),
  },
  {
    name: 'compile in the loop',
    rule: 'pipeline-recompiles',
    faulty: raw({ step: compile(true) }),
    mended: raw({}),
  },
  {
    name: 'the same pipeline again',
    rule: 'pipeline-recompiles',
    faulty: raw({ step: compile(false), n: 1 << 14 }),
    mended: raw({ n: 1 << 14 }),
  },
  {
    name: 'a buffer a step is kept',
    rule: 'memory-leak',
    faulty: raw({ step: create(1, false) }),
    mended: raw({ step: create(1, true) }),
  },
  {
    name: '60 buffers a step',
    rule: 'buffer-churn',
    faulty: raw({ step: create(60, true), n: 1 << 12 }),
    mended: raw({ step: create(1, true), n: 1 << 12 }),
  },
  {
    name: '16 MB up a step',
    rule: 'upload-bound',
    faulty: raw({ before: target, step: upload(1 << 24) }),
    mended: raw({ before: target, step: upload(1 << 12) }),
  },
  {
    name: '4 MB back a step',
    rule: 'map-stall',
    faulty: raw({ n: 1 << 20, groups: '64', before: readback(1 << 22), step: `${ONE} ${map(1 << 22)}` }),
    mended: raw({ n: 1 << 20, groups: '64' }),
  },
  {
    name: 'a pass for each dispatch',
    rule: 'pass-split',
    faulty: raw({
      n: 1 << 8,
      before: MANY,
      step: `${ENCODER} for (const i of many) dispatch(encoder, i); ${END}`,
    }),
    mended: raw({
      n: 1 << 8,
      before: MANY,
      step: `${ENCODER} const pass = encoder.beginComputePass(); for (const i of many) { pass.setPipeline(pipelines[i]); pass.setBindGroup(0, binds[i]); pass.dispatchWorkgroups(groups); } pass.end(); ${END}`,
    }),
  },
  {
    name: 'bind groups in the loop',
    rule: 'bind-group-churn',
    faulty: raw({ n: 1 << 8, before: MANY, step: inOnePass(FRESH_GROUP) }),
    mended: raw({ n: 1 << 8, before: MANY, step: inOnePass('binds[i]') }),
  },
  {
    name: 'bind groups for each uniform',
    rule: 'bind-group-churn',
    faulty: raw({ n: 1 << 8, before: `${MANY} const kept = new Map();`, step: inOnePass(FRESH_GROUP) }),
    mended: raw({
      n: 1 << 8,
      before: `${MANY} const kept = new Map();`,
      step: inOnePass(`kept.get(i) ?? (kept.set(i, ${FRESH_GROUP}), kept.get(i))`),
    }),
  },
  {
    name: 'rows by x, the stride a uniform',
    rule: 'strided-access',
    faulty: matrix({ index: 'id.x * p.columns + id.y' }),
    mended: matrix({ index: 'id.y * p.columns + id.x' }),
  },
  {
    name: 'rows by x, the stride a constant',
    rule: 'strided-access',
    faulty: matrix({ index: '(id.x + id.y * 1024u) % 1024u * 1024u + (id.x + id.y * 1024u) / 1024u' }),
    mended: matrix({ index: 'id.x + id.y * 1024u' }),
  },
  {
    name: 'an array of structs',
    rule: 'strided-access',
    faulty: matrix({ index: '(id.x + id.y * 1024u) * 8u % 1048576u', count: 1 << 23 }),
    mended: matrix({ index: 'id.x + id.y * 1024u', count: 1 << 23 }),
  },
  {
    name: 'single words beside vectors',
    rule: 'vector-loads',
    faulty: streams(['f32', 'vec4f']),
    mended: streams(['vec4f', 'vec4f']),
  },
  {
    name: '40 tiny tensors',
    rule: 'tiny-tensors',
    faulty: raw({ n: 1 << 8, before: MANY, step: inOnePass('binds[i]') }),
    mended: raw({ n: 1 << 14, before: 'const many = [0, 1, 2];', step: inOnePass('binds[i]') }),
  },
  {
    name: 'five workgroups',
    rule: 'tail-effect',
    faulty: raw({ size: 256, n: 5 << 8, groups: '5' }).replaceAll('i < ${work}', 'i < ${work} * 400'),
    mended: raw({}),
  },
  {
    name: 'weights read across their rows',
    rule: 'weight-orientation',
    faulty: product('id.x * 256u + i * 16u + j'),
    mended: product('(i * 16u + j) * 512u + id.x'),
  },
];
