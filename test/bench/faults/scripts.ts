/** Training scripts in pairs: one with a known fault, and its twin without it. */

export interface FaultPair {
  readonly name: string;
  /** The rule that must find the fault, and be silent on the twin. */
  readonly rule: string;
  readonly faulty: string;
  readonly mended: string;
}

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

/** A classifier on the library. `step` replaces the body of the training loop after the forward pass. */
function engine(options: {
  batch?: number;
  hidden?: number;
  dataset?: string;
  setup?: string;
  forward?: string;
  after?: string;
  optimizer?: string;
  steps?: number;
}): string {
  const { batch = 256, hidden = 128, setup = '', after = '', steps = 40 } = options;
  return `
import { data, nn, optim, tensor } from 'kernelscope';
const rows = ${Math.max(batch * steps, 2048)};
const values = Float32Array.from({ length: rows * 64 }, (_, i) => Math.sin(i * 0.37));
const labels = Int32Array.from({ length: rows }, (_, i) => i % 10);
const set = new data.TensorDataset([tensor(values).reshape(rows, 64), tensor(labels, { dtype: 'i32' })]);
const loader = new data.DataLoader(set, { batchSize: ${batch}, shuffle: true, seed: 1 });
const model = new nn.Sequential(new nn.Linear(64, ${hidden}), new nn.ReLU(), new nn.Linear(${hidden}, 10));
const criterion = new nn.CrossEntropyLoss();
const optimizer = ${options.optimizer ?? 'new optim.Adam(model.parameters(), { lr: 1e-3 })'};
const kept = [];
${setup}
let step = 0;
for (let epoch = 0; epoch < 3; epoch++)
  for await (const [x, y] of loader) {
    optimizer.zeroGrad();
    const loss = criterion.forward(${options.forward ?? 'model.forward(x)'}, y);
    loss.backward();
    optimizer.step();
    ${after}
    step++;
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
const groupEach = 'new optim.SGD([...model.parameters()].map((p) => ({ params: [p] })), { lr: 0.01 })';

export const PAIRS: readonly FaultPair[] = [
  { name: 'batch of 2', rule: 'batch-size', faulty: engine({ batch: 2 }), mended: engine({ batch: 2048 }) },
  {
    name: 'batch of 4, wide',
    rule: 'batch-size',
    faulty: engine({ batch: 4, hidden: 512 }),
    mended: engine({ batch: 1024, hidden: 512 }),
  },
  {
    name: 'batch of 8',
    rule: 'batch-size',
    faulty: engine({ batch: 8, hidden: 256 }),
    mended: engine({ batch: 1024, hidden: 256 }),
  },
  {
    name: 'batch left out',
    rule: 'batch-size',
    faulty: engine({ batch: 1 }).replace('batchSize: 1, ', ''),
    mended: engine({ batch: 2048 }),
  },
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
    faulty: raw({ size: 256, n: 1 << 8, groups: '1' }).replaceAll('i < \\${work}', 'i < \\${work} * 4000'),
    mended: raw({}),
  },
  {
    name: 'three workgroups',
    rule: 'low-waves',
    faulty: raw({ size: 256, n: 3 << 8, groups: '3' }).replaceAll('i < \\${work}', 'i < \\${work} * 4000'),
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
    name: 'tensors in a list',
    rule: 'memory-leak',
    faulty: engine({ after: 'kept.push(loss.detach().keep());' }),
    mended: engine({ after: 'kept.push(step);' }),
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
    name: 'a parameter group each',
    rule: 'optimizer-per-parameter',
    faulty: engine({ optimizer: groupEach }).replace(
      'new nn.ReLU(), new nn.Linear',
      `${'new nn.ReLU(), new nn.Linear(128, 128), '.repeat(8)}new nn.ReLU(), new nn.Linear`,
    ),
    mended: engine({}),
  },
  {
    name: 'slow data',
    rule: 'input-bound',
    faulty: engine({})
      .replace('new data.DataLoader(set,', 'new data.DataLoader(slow,')
      .replace(
        'const loader',
        'const slow = { length: set.length, batch: (rows) => { const until = performance.now() + 15; while (performance.now() < until); return set.batch(rows); } };\nconst loader',
      ),
    mended: engine({}),
  },
  {
    name: 'element-wise chain',
    rule: 'unfused-chain',
    faulty: engine({ batch: 1024, forward: 'model.forward(x.mul(1.01).add(0.01).mul(0.99).sub(0.01))' }),
    mended: engine({ batch: 1024 }),
  },
];
