/**
 * A training run that never happened, for tests: a model's layers are laid out as launches, and a small machine (units,
 * rates, launch cost) says how long each takes, so that batch size, gaps and occupancy behave as on a device. Faults
 * are planted by name. Times carry seeded noise; equal options give equal traces.
 */
import { seededRandom } from '../../src/base/random.ts';
import { TraceBuilder } from '../../src/trace/builder.ts';
import { DISPATCH_FLAGS, PHASES, ROLES, STEP_FLAGS, TRANSFER_KINDS } from '../../src/trace/model.ts';
import type { AdapterInfo, Family, Role, Trace } from '../../src/trace/model.ts';
import { PROCESSOR_SERIES } from '../../src/trace/series-names.ts';
import { THREADS, elementwise, layersOf } from './sample-network.ts';
import type { Plan } from './sample-network.ts';

export interface SampleOptions {
  readonly network?: 'mlp' | 'cnn';
  readonly batch?: number;
  readonly steps?: number;
  readonly adapter?: AdapterInfo;
  /** Every n-th step is timed; 1 times all. */
  readonly timedEvery?: number;
  /** Relative spread of durations. */
  readonly noise?: number;
  readonly seed?: number;
  /** A 4-byte readback awaited in every step, and how long the map takes, ns. */
  readonly readbackNs?: number;
  readonly readbackBytes?: number;
  /** The readback comes between two steps, as after `optimizer.step()`. */
  readonly readbackAfterStep?: boolean;
  /** Ns between two kernels; the machine's own when left out. */
  readonly gapNs?: number;
  /** The script records a step for this long before it submits it, ns. */
  readonly recordNs?: number;
  /** Timed kernels take so many times as long. */
  readonly timedSlowdown?: number;
  /** Relative spread of whole steps: the script pauses for so much of the step. */
  readonly stepNoise?: number;
  /** The script prepares data for this long in every step, ns. */
  readonly dataNs?: number;
  /** The script does something else for this long at the end of every step, ns. */
  readonly hostNs?: number;
  /** Of the machine's two cores, so much is taken by other programs. */
  readonly otherCores?: number;
  /** A buffer of this size is created in every step and never destroyed. */
  readonly leakBytes?: number;
  /** Buffers created and destroyed in every step. */
  readonly churn?: number;
  /** Pipelines compiled in every step. */
  readonly compilesPerStep?: number;
  /** The data set is on the device: no batch is uploaded. */
  readonly dataOnDevice?: boolean;
  /** Bytes uploaded in every step besides the batch. */
  readonly extraUploadBytes?: number;
  /** One submit for every dispatch instead of one a step. */
  readonly submitPerDispatch?: boolean;
  /** One optimizer dispatch for each parameter, with this many parameters split off each layer. */
  readonly optimizerPerParameter?: number;
  /** Invocations of a workgroup, and its memory. */
  readonly workgroupThreads?: number;
  readonly workgroupBytes?: number;
  /** Ceilings of the device, as a run that measured them stores them. */
  readonly ceilings?: { readonly flops: number; readonly bytes: number };
  /** A kernel in every step whose output nothing reads. */
  readonly deadKernel?: boolean;
  /** Element-wise kernels that follow each activation. */
  readonly chain?: number;
  /** Transposes before and after each convolution. */
  readonly transposes?: boolean;
  /** The script begins a compute pass for each dispatch. */
  readonly passPerDispatch?: boolean;
  /** Bind groups made again in every step. */
  readonly repeatedGroups?: number;
  /** Width of the hidden layer and number of outputs of the MLP. */
  readonly hidden?: number;
  readonly outputs?: number;
  /** Launches in every step that bind so many bytes and do next to nothing. */
  readonly tinyLaunches?: { readonly count: number; readonly bytes: number };
  /** The weight of each layer is copied into another order in every step. */
  readonly transposedWeights?: boolean;
  /** Kernels of the script's own in every step, one element an invocation, so much slower than their bytes take. */
  readonly ownKernels?: readonly {
    readonly name: string;
    readonly family: Family;
    readonly wgsl: string;
    readonly elements: number;
    readonly slowdown?: number;
  }[];
}

export const SOFTWARE_ADAPTER: AdapterInfo = {
  name: 'llvmpipe (LLVM 15.0.6, 256 bits)',
  vendor: 'mesa',
  architecture: '',
  backend: 'vulkan',
  software: true,
  driver: 'llvmpipe 25.0.7',
  features: ['timestamp-query'],
  limits: { maxBufferSize: 2 ** 31, maxStorageBufferBindingSize: 2 ** 27 },
  subgroupMinSize: 8,
  subgroupMaxSize: 8,
  memoryBytes: null,
  hostCores: 2,
};

export const RTX_4090: AdapterInfo = {
  name: 'NVIDIA GeForce RTX 4090',
  vendor: 'nvidia',
  architecture: 'lovelace',
  backend: 'vulkan',
  software: false,
  driver: '550.54',
  features: ['timestamp-query', 'shader-f16', 'subgroups'],
  limits: { maxBufferSize: 2 ** 31, maxStorageBufferBindingSize: 2 ** 31 },
  subgroupMinSize: 32,
  subgroupMaxSize: 32,
  memoryBytes: 24 * 2 ** 30,
};

/** The script that the sample pretends to have run; line numbers of locations refer to it. */
export const SAMPLE_SCRIPT = '/project/train.ts';

/** Rates of the pretended machine: whole-device FLOP/s and bytes/s, ns of start-up of a kernel, and its parallel units. */
function machineOf(adapter: AdapterInfo): {
  flops: number;
  bytes: number;
  startNs: number;
  gapNs: number;
  units: number;
} {
  return adapter.software
    ? { flops: 30e9, bytes: 6e9, startNs: 20_000, gapNs: 2_000, units: adapter.hostCores ?? 2 }
    : { flops: 40e12, bytes: 0.9e12, startNs: 3_000, gapNs: 1_000, units: 128 };
}

export function sampleTrace(options: SampleOptions = {}): Trace {
  const {
    network = 'mlp',
    batch = 64,
    steps = 12,
    adapter = SOFTWARE_ADAPTER,
    timedEvery = 2,
    noise = 0.02,
  } = options;
  const random = seededRandom(options.seed ?? 1);
  const machine = machineOf(adapter);
  const b = new TraceBuilder();
  b.setMeta({
    origin: 'run',
    script: SAMPLE_SCRIPT,
    status: 'ok',
    startedAt: '2026-01-01T00:00:00Z',
    adapter,
    adapterReason: adapter.software ? 'no GPU was found' : 'the first GPU',
    clock: { source: 'timestamp-query', resolutionNs: 1, alignmentErrorNs: 0 },
    host: { cores: 2, memoryBytes: 8e9, platform: 'linux x64' },
  });
  const location = (line: number): number => b.add('locations', { file: SAMPLE_SCRIPT, line, column: 3 });
  const root = b.add('layers', { path: 'model', type: 'Sequential', parent: -1, location: location(7) });
  const kernelIds = new Map<string, number>();
  const bufferRow = (
    role: Role,
    layer: number,
    sizeBytes: number,
    bornNs: number,
    bornStep: number,
    parent = -1,
    at = -1,
  ): number =>
    b.row('buffers', {
      parent,
      sizeBytes,
      usage: 128,
      role: ROLES.indexOf(role),
      layer,
      location: at,
      label: b.string(''),
      bornNs,
      bornStep,
      diedNs: NaN,
      death: 0,
    });
  const leakAt = options.leakBytes ? location(27) : -1;
  const planned: { id: number; plan: Plan }[] = [];
  const addLaunch = (plan: Plan, at: number): void => {
    let kernel = kernelIds.get(plan.kernel);
    if (kernel === undefined) {
      kernel = b.add('kernels', {
        name: plan.kernel,
        family: plan.family,
        workgroupSize: [options.workgroupThreads ?? THREADS, 1, 1],
        workgroupBytes: options.workgroupBytes ?? plan.workgroupBytes,
        ...(plan.wgsl === undefined ? {} : { wgsl: plan.wgsl }),
      });
      kernelIds.set(plan.kernel, kernel);
      b.row('compiles', { kernel, startNs: 1e6 * kernel, endNs: 1e6 * kernel + 8e5, location: at });
    }
    const [workgroupsX, workgroupsY, workgroupsZ] = plan.workgroups;
    const id = b.row('launches', {
      kernel,
      layer: plan.layer,
      op: b.string(plan.op),
      phase: PHASES.indexOf(plan.phase),
      location: at,
      workgroupsX,
      workgroupsY,
      workgroupsZ,
      flops: plan.flops,
      bytesMoved: plan.bytes,
    });
    for (const [name, value] of Object.entries(plan.sizes ?? {}))
      b.row('sizes', { launch: id, name: b.string(name), value });
    if (plan.bindsBytes !== undefined)
      b.row('bindings', {
        launch: id,
        group: 0,
        binding: 0,
        buffer: pool,
        offsetBytes: 0,
        sizeBytes: plan.bindsBytes,
      });
    const weights = plan.readsParameters ? parametersOf.get(plan.layer) : undefined;
    if (weights !== undefined) b.row('uses', { launch: id, buffer: weights, access: 1 });
    planned.push({ id, plan });
  };
  const parametersOf = new Map<number, number>();
  const pool = bufferRow('unknown', -1, 64e6, 2e7, -1);
  const layers = layersOf(network, batch, options).map((plan) => {
    const at = location(plan.line);
    const id = b.add('layers', { path: plan.path, type: plan.type, parent: plan.path === 'loss' ? -1 : root, location: at });
    if (plan.parameters > 0)
      for (const [role, size] of [['parameter', 4], ['gradient', 4], ['optimizer-state', 8]] as const)
      {
        const row = bufferRow(role, id, plan.parameters * size, 2e7, -1);
        if (role === 'parameter') parametersOf.set(id, row);
      }
    return { plan, id, at };
  }); // prettier-ignore
  for (const own of options.ownKernels ?? []) {
    const plan = elementwise(own.name, 'forward', own.elements, own.family);
    addLaunch({ ...plan, ...own, kernel: own.name, layer: -1 }, location(30));
  }
  for (let n = 0; n < (options.tinyLaunches?.count ?? 0); n++) {
    const tiny = elementwise(`tiny${n % 3}`, 'forward', 16);
    addLaunch({ ...tiny, bindsBytes: options.tinyLaunches?.bytes ?? 0, layer: -1 }, location(31));
  }
  for (const { plan, id, at } of layers)
    if (options.transposedWeights && plan.parameters > 0) {
      const copy = elementwise('transpose', 'forward', plan.parameters, 'copy');
      addLaunch({ ...copy, readsParameters: true, layer: id }, at);
    }
  for (const { plan, id, at } of layers)
    for (const launch of plan.launches)
      if (launch.phase === 'forward') {
        addLaunch({ ...launch, layer: id }, at);
        if (plan.type === 'ReLU')
          for (let n = 0; n < (options.chain ?? 0); n++)
            addLaunch({ ...launch, kernel: `scale${n}/scalar/f32`, layer: id }, at);
      }
  if (options.deadKernel) {
    addLaunch({ ...elementwise('statistics', 'forward', 2e6, 'reduction'), layer: -1 }, -1);
    const output = bufferRow('activation', -1, 4096, 3e7, -1, pool);
    b.row('uses', { launch: planned.at(-1)?.id ?? 0, buffer: output, access: 2 });
  }
  for (const { plan, id, at } of layers.toReversed())
    for (const launch of plan.launches)
      if (launch.phase === 'backward') addLaunch({ ...launch, layer: id }, at);
  const split = options.optimizerPerParameter ?? 1;
  for (const { plan, id, at } of layers)
    if (plan.parameters > 0)
      for (let part = 0; part < split; part++) {
        const elements = Math.ceil(plan.parameters / split);
        const adam = elementwise('adam', 'optimizer', elements, 'optimizer');
        addLaunch({ ...adam, flops: 12 * elements, bytes: 28 * elements, layer: id }, at);
      }

  if (options.ceilings) {
    const track = b.add('tracks', { name: 'device', kind: 'other', group: '' });
    for (const [name, value] of Object.entries(options.ceilings)) {
      const series = b.add('series', { name: `ceiling ${name}`, unit: 'count', track });
      b.row('samples', { series, atNs: 0, value });
    }
  }

  const vitals = options.otherCores === undefined ? [] : vitalsSeries(b, options.otherCores);

  let now = 1e8;
  const jitter = (ns: number): number => ns * (1 + noise * (2 * random() - 1));
  for (let step = 0; step < steps; step++) {
    const startNs = now;
    const warmup = step < 2;
    const timed = step % timedEvery === 0;
    if (options.dataNs) {
      const endNs = now + jitter(options.dataNs);
      b.row('phases', { phase: PHASES.indexOf('data'), step, startNs: now, endNs });
      now = endNs;
    }
    const upload = (options.dataOnDevice ? 0 : batch * 784 * 4) + (options.extraUploadBytes ?? 0);
    const uploadEnd = now + 2_000 + upload / 5;
    b.row('transfers', {
      kind: TRANSFER_KINDS.indexOf('upload'),
      startNs: now,
      endNs: uploadEnd,
      sizeBytes: upload,
      buffer: -1,
      step,
      location: -1,
    });
    now = uploadEnd;
    for (let n = 0; n < (options.compilesPerStep ?? 0); n++) {
      b.row('compiles', { kernel: 0, startNs: now, endNs: now + 5e5, location: location(15) });
      now += 5e5;
    }
    const temporary = layers.map(({ plan, id }) =>
      bufferRow('activation', id, plan.outputs * 4, now, step, pool),
    );
    if (options.leakBytes) bufferRow('unknown', -1, options.leakBytes, now, step, -1, leakAt);
    for (let n = 0; n < (options.churn ?? 0); n++)
      temporary.push(bufferRow('workspace', -1, 4096, now, step));
    const recordedFrom = now;
    now += options.recordNs ?? 0;
    const submitNs = options.submitPerDispatch ? 15_000 : 0;
    if (!options.submitPerDispatch)
      b.row('submits', {
        startNs: now,
        endNs: now + 15_000,
        step,
        passes: options.passPerDispatch ? planned.length : 1,
        dispatches: planned.length,
      });
    const groups = options.repeatedGroups ?? 0;
    if (groups > 0)
      b.row('bindGroups', {
        step,
        made: groups,
        repeated: step === 0 ? 0 : groups,
        cpuNs: groups * 10_000,
        location: location(16),
      });
    let gpuAt = now + 15_000;
    for (const [n, { id, plan }] of planned.entries()) {
      if (options.submitPerDispatch)
        b.row('submits', { startNs: gpuAt, endNs: gpuAt + submitNs, step, passes: 1, dispatches: 1 });
      gpuAt += submitNs + (options.gapNs ?? machine.gapNs);
      const total = plan.workgroups[0] * plan.workgroups[1];
      const waves = Math.ceil(total / machine.units) / (total / machine.units);
      const work = Math.max((plan.flops / machine.flops) * 1e9 * waves, (plan.bytes / machine.bytes) * 1e9);
      const durationNs = jitter(
        (machine.startNs + work * (plan.slowdown ?? 1)) * (timed ? (options.timedSlowdown ?? 1) : 1),
      );
      const flags = (timed ? DISPATCH_FLAGS.timed : 0) | (warmup ? DISPATCH_FLAGS.warmup : 0);
      b.row('dispatches', {
        launch: id,
        step,
        queue: 0,
        flags,
        cpuNs: recordedFrom + n * 500,
        startNs: timed ? gpuAt : NaN,
        endNs: timed ? gpuAt + durationNs : NaN,
      });
      gpuAt += durationNs;
    }
    now = gpuAt + (options.hostNs ?? 0) + (options.stepNoise ?? 0) * random() * (gpuAt - startNs);
    if (options.readbackNs) {
      const endNs = now + jitter(options.readbackNs);
      b.row('transfers', {
        kind: TRANSFER_KINDS.indexOf('readback'),
        startNs: now,
        endNs,
        sizeBytes: options.readbackBytes ?? 4,
        buffer: -1,
        step: options.readbackAfterStep ? -1 : step,
        location: location(25),
      });
      now = endNs;
    }
    for (const buffer of temporary) b.row('deaths', { buffer, atNs: now, death: 1 });
    const flags = (timed ? STEP_FLAGS.timed : 0) | (warmup ? STEP_FLAGS.warmup : 0);
    for (const { series, value } of vitals) b.row('samples', { series, atNs: now, value });
    b.row('steps', { index: step, startNs, endNs: now, flags, loss: 2.3 * 0.98 ** step, samples: batch });
  }
  return b.build();
}

/** The script's process and other programs share the machine's two cores. */
function vitalsSeries(
  b: TraceBuilder,
  otherCores: number,
): { readonly series: number; readonly value: number }[] {
  const track = b.add('tracks', { name: 'process', kind: 'other', group: 'script' });
  const cores = { [PROCESSOR_SERIES.own]: 2 - otherCores, [PROCESSOR_SERIES.others]: otherCores };
  return Object.entries(cores).map(([name, value]) => ({
    series: b.add('series', { name, unit: 'count', track }),
    value,
  }));
}
