/**
 * A training run made by rule, for tests of the pictures: a small convolutional network whose kernels, phases,
 * transfers and buffers have plausible proportions. Seeded, so a picture of it is the same every time.
 */
import { seededRandom } from '../../src/base/random.ts';
import { TraceBuilder } from '../../src/trace/builder.ts';
import { DISPATCH_FLAGS, PHASES, ROLES, STEP_FLAGS, TRANSFER_KINDS } from '../../src/trace/model.ts';
import type { Family, Phase, Role, Trace, TraceMeta } from '../../src/trace/model.ts';

export interface MadeOptions {
  readonly steps?: number;
  /** Repeats of the middle block: makes a step of as many kernels as wanted. */
  readonly blocks?: number;
  /** Every second step has no kernel times, as in a run that measures its own cost. */
  readonly alternating?: boolean;
  /** Rows of every step. */
  readonly samples?: number;
  /** Times of a family's kernels are multiplied by this: another version of the same script. */
  readonly slower?: Partial<Record<Family, number>>;
  readonly meta?: Partial<TraceMeta>;
}

interface Plan {
  readonly launch: number;
  readonly ns: number;
  readonly phase: Phase;
}

const MB = 1e6;
const SCRIPT = '/home/ada/train/mnist-cnn.ts';

const code = (phase: Phase) => PHASES.indexOf(phase);
const role = (name: Role) => ROLES.indexOf(name);

export function makeTrace(options: MadeOptions = {}): Trace {
  const { steps = 12, blocks = 2, alternating = true, samples = 128 } = options;
  const random = seededRandom(7);
  const trace = new TraceBuilder();
  trace.setMeta({
    script: SCRIPT,
    startedAt: '2026-01-05T14:02:00.000Z',
    status: 'ok',
    adapter: {
      name: 'llvmpipe (LLVM 19.1.7, 256 bits)', vendor: 'mesa', architecture: '', backend: 'Vulkan', software: true,
      driver: 'Mesa 25.0.7', features: ['timestamp-query', 'subgroups'], limits: { maxBufferSize: 2147483648, maxComputeInvocationsPerWorkgroup: 1024, maxComputeWorkgroupStorageSize: 32768 },
      subgroupMinSize: 8, subgroupMaxSize: 8, memoryBytes: null, hostCores: 2,
    }, // prettier-ignore
    adapterReason: 'No GPU driver was found, so the processor stands in for one.',
    clock: { source: 'timestamp-query', resolutionNs: 1, alignmentErrorNs: 2100 },
    overhead: { timedMedianNs: 41.2e6, untimedMedianNs: 40.4e6, share: 0.0099, mode: 'alternating' },
    host: { cores: 2, memoryBytes: 8e9, platform: 'linux x64' },
    ...options.meta,
  });

  const location = (line: number, column = 18) => trace.add('locations', { file: SCRIPT, line, column });
  const layer = (path: string, type: string, parent: number, line: number, detail: string) =>
    trace.add('layers', { path, type, parent, location: location(line), detail });
  const model = layer('model', 'Sequential', -1, 16, '');
  const slowness: number[] = [];
  const kernel = (
    name: string,
    family: Family,
    workgroupSize: [number, number, number],
    workgroupBytes: number,
  ) => {
    const id = trace.add('kernels', {
      name,
      family,
      workgroupSize,
      workgroupBytes,
      wgsl: `// ${name}\n@compute @workgroup_size(${workgroupSize.join(', ')})\nfn main() {}\n`,
    });
    slowness[id] = options.slower?.[family] ?? 1;
    return id;
  };
  const kernels = {
    conv: kernel('conv2d/implicit-3x3/f32', 'convolution', [8, 8, 1], 9216),
    convData: kernel('conv2d-backward-data/implicit/f32', 'convolution', [8, 8, 1], 9216),
    convWeight: kernel('conv2d-backward-weight/split-k/f32', 'convolution', [8, 8, 1], 9216),
    gemm: kernel('matmul/tile-4x4/f32', 'gemm', [8, 8, 1], 4096),
    gemmT: kernel('matmul-tn/tile-4x4/f32', 'gemm', [8, 8, 1], 4096),
    norm: kernel('batch-norm/row/f32', 'normalization', [64, 1, 1], 512),
    relu: kernel('relu/vec4/f32', 'element-wise', [64, 1, 1], 0),
    reluBack: kernel('relu-backward/vec4/f32', 'element-wise', [64, 1, 1], 0),
    sum: kernel('sum/rows/f32', 'reduction', [128, 1, 1], 512),
    loss: kernel('cross-entropy/row/f32', 'loss', [64, 1, 1], 256),
    adam: kernel('adam/arena-vec4/f32', 'optimizer', [256, 1, 1], 0),
    cast: kernel('copy/vec4/f32', 'copy', [64, 1, 1], 0),
  };
  const plans: Plan[] = [];
  const plan = (
    name: keyof typeof kernels,
    on: number,
    phase: Phase,
    micros: number,
    grid: [number, number, number],
    flops: number,
    bytes: number,
  ) => {
    const launch = trace.row('launches', {
      kernel: kernels[name], layer: on, op: trace.string(name), phase: code(phase), location: on < 0 ? location(42) : on,
      workgroupsX: grid[0], workgroupsY: grid[1], workgroupsZ: grid[2], flops, bytesMoved: bytes,
    }); // prettier-ignore
    plans.push({ launch, ns: micros * 1000 * (slowness[kernels[name]] as number), phase });
  };
  const stack: number[] = [];
  const bytesOf: number[] = [];
  for (let i = 0; i < blocks; i++) {
    const block = layer(`model.${i}`, 'Block', model, 18 + i, '');
    stack.push(
      layer(`model.${i}.conv`, 'Conv2d', block, 18 + i, `in=${i ? 32 : 1} out=${i ? 64 : 32} kernel=3`),
      layer(`model.${i}.norm`, 'BatchNorm2d', block, 18 + i, `features=${i ? 64 : 32}`),
      layer(`model.${i}.act`, 'ReLU', block, 18 + i, ''),
    );
    bytesOf.push(0.08 * MB * (i + 1), 0.001 * MB, 0);
  }
  stack.push(
    layer('model.fc1', 'Linear', model, 30, 'in=3136 out=128'),
    layer('model.fc2', 'Linear', model, 31, 'in=128 out=10'),
  );
  bytesOf.push(1.6 * MB, 0.005 * MB);
  for (let i = 0; i < blocks; i++) {
    plan('conv', stack[3 * i]!, 'forward', 2600 + (i % 3) * 900, [25, 4, 8], 3.7e8, 6.4e6);
    plan('norm', stack[3 * i + 1]!, 'forward', 420, [392, 1, 1], 2e6, 6.4e6);
    plan('relu', stack[3 * i + 2]!, 'forward', 210, [1568, 1, 1], 4e5, 6.4e6);
  }
  plan('gemm', stack.at(-2)!, 'forward', 1700, [4, 2, 1], 5.1e7, 2.1e6);
  plan('gemm', stack.at(-1)!, 'forward', 90, [1, 2, 1], 1.6e5, 2e4);
  plan('loss', -1, 'forward', 60, [1, 1, 1], 4e3, 5e3);
  plan('gemmT', stack.at(-1)!, 'backward', 130, [1, 4, 1], 1.6e5, 2e4);
  plan('gemmT', stack.at(-2)!, 'backward', 3300, [49, 2, 1], 1e8, 4.1e6);
  for (let i = blocks - 1; i >= 0; i--) {
    plan('reluBack', stack[3 * i + 2]!, 'backward', 260, [1568, 1, 1], 4e5, 9.6e6);
    plan('norm', stack[3 * i + 1]!, 'backward', 640, [392, 1, 1], 4e6, 9.6e6);
    plan('convWeight', stack[3 * i]!, 'backward', 3900 + (i % 3) * 700, [9, 4, 8], 3.7e8, 6.9e6);
    plan('convData', stack[3 * i]!, 'backward', 3100, [25, 4, 8], 3.7e8, 6.4e6);
    plan('sum', stack[3 * i]!, 'backward', 110, [64, 1, 1], 4e5, 1.6e6);
  }
  plan('adam', -1, 'optimizer', 780, [420, 1, 1], 4e6, 1.2e7);

  let now = 0;
  for (const [id] of Object.entries(kernels).entries()) {
    trace.row('compiles', {
      kernel: id,
      startNs: now,
      endNs: now + 9e6 + random() * 2e7,
      location: location(40),
    });
    now += 3e7;
  }
  const born = (name: Role, layerId: number, size: number, at: number, step: number) =>
    trace.row('buffers', {
      parent: -1, sizeBytes: size, usage: 140, role: role(name), layer: layerId, location: layerId < 0 ? -1 : layerId,
      label: trace.string(name), bornNs: at, bornStep: step, diedNs: Infinity, death: 0,
    }); // prettier-ignore
  stack.forEach((id, i) => {
    const size = bytesOf[i] as number;
    if (size === 0) return;
    born('parameter', id, size, 1e6 + i, -1);
    born('gradient', id, size, 2e6 + i, -1);
    born('optimizer-state', id, 2 * size, 3e6 + i, -1);
  });
  const input = born('input', -1, 0.4 * MB, 4e6, -1);
  for (let step = 0; step < steps; step++) {
    const timed = !alternating || step % 2 === 0;
    const warmup = step < 2;
    const start = now;
    const flags = (timed ? STEP_FLAGS.timed : 0) | (warmup ? STEP_FLAGS.warmup : 0);
    trace.row('phases', { phase: code('data'), step, startNs: now, endNs: now + 9e5 });
    trace.row('transfers', {
      kind: TRANSFER_KINDS.indexOf('upload'),
      startNs: now + 3e5,
      endNs: now + 8e5,
      sizeBytes: 4e5,
      buffer: input,
      step,
      location: location(44),
    });
    now += 1e6;
    let phase: Phase = 'forward';
    let phaseStart = now;
    const alive: number[] = [];
    const bury = (at: number) =>
      alive.length > 0 && trace.row('deaths', { buffer: alive.pop()!, atNs: at, death: 3 });
    for (const item of plans) {
      if (item.phase !== phase) {
        trace.row('phases', { phase: code(phase), step, startNs: phaseStart, endNs: now });
        trace.row('submits', { startNs: now - 4e4, endNs: now, step, passes: 1, dispatches: 8 });
        phase = item.phase;
        phaseStart = now;
      }
      const ns = item.ns * (0.94 + random() * 0.12) * (warmup ? 1.6 : 1);
      const gap = 4e3 + random() * (random() < 0.06 ? 9e5 : 6e3);
      trace.row('dispatches', {
        launch: item.launch, step, queue: 0, flags: (timed ? DISPATCH_FLAGS.timed : 0) | (warmup ? DISPATCH_FLAGS.warmup : 0),
        cpuNs: now - 3e5, startNs: timed ? now + gap : NaN, endNs: timed ? now + gap + ns : NaN,
      }); // prettier-ignore
      if (item.phase === 'forward')
        alive.push(
          born(
            'activation',
            stack[alive.length] ?? -1,
            (alive.length < 3 * blocks ? 3.2 : 0.07) * MB,
            now,
            step,
          ),
        );
      else if (item.phase === 'backward' && random() < 0.75) bury(now);
      now += gap + ns;
    }
    while (alive.length > 0) bury(now);
    trace.row('phases', { phase: code(phase), step, startNs: phaseStart, endNs: now });
    const wait = step % 4 === 3 ? 9e6 : 6e5;
    trace.row('phases', { phase: code('readback'), step, startNs: now, endNs: now + wait });
    trace.row('transfers', {
      kind: TRANSFER_KINDS.indexOf('readback'),
      startNs: now + 1e5,
      endNs: now + wait,
      sizeBytes: 4,
      buffer: -1,
      step,
      location: location(47),
    });
    now += wait + 2e5;
    trace.row('steps', {
      index: step,
      startNs: start,
      endNs: now,
      flags,
      loss: 2.3 * Math.exp(-step / 9) + 0.05 * random(),
      samples,
    });
    now += 3e5;
  }
  return trace.build();
}
