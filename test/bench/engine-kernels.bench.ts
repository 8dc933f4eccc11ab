/**
 * The engine's kernels as shares of what the device can do at all, both measured in this run: products and convolutions
 * against the rate of multiply-adds in registers, element-wise work against the bandwidth of a copy. Figures are the best
 * of several runs, for other programs can only slow a run down; ratios are what counts.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { nn, optim, tensor } from 'kernelscope';
import { openEngine, type Engine } from '../../src/gpu/engine.ts';
import { makeLaunch } from '../../src/gpu/launch.ts';
import type { DeviceArray } from '../../src/gpu/array.ts';
import { conv2d } from '../../src/ops/conv2d.ts';
import { gemm } from '../../src/ops/gemm.ts';
import { maxPool2d } from '../../src/ops/pool2d.ts';
import { unary } from '../../src/ops/unary.ts';
import { theEngine } from '../../src/tensor/engine.ts';
import { adamStep } from '../../src/ops/optimizer-steps.ts';
import peakSource from '../../kernels/peak-fma.wgsl';

interface Row {
  readonly name: string;
  readonly microseconds: number;
  readonly figure: string;
  readonly share: number;
  readonly goal: number;
}

/** On-CPU time of this process's other threads: on a software adapter the kernel's own time, whatever else the machine does. */
function workerMs(): number {
  let total = 0;
  for (const task of readdirSync('/proc/self/task')) {
    if (Number(task) === process.pid) continue;
    try {
      total += Number(readFileSync(`/proc/self/task/${task}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
    } catch {
      // A thread that ended in between.
    }
  }
  return total;
}

/** Best time of one `run`, in ns: thread time over the cores on a software adapter, GPU timestamps on a real one. */
async function best(engine: Engine, run: () => void, atLeastMs = 400): Promise<number> {
  run();
  await engine.idle();
  let least = Infinity;
  const until = performance.now() + atLeastMs;
  for (let i = 0; i < 5 || (performance.now() < until && i < 200); i++) {
    const before = engine.facts.software ? workerMs() : 0;
    const stamped = await engine.time(run);
    const cores = 2;
    const ns = engine.facts.software ? ((workerMs() - before) * 1e6) / cores : stamped;
    if (ns < least) least = ns;
  }
  return least;
}

async function peak(engine: Engine): Promise<number> {
  const steps = 300;
  const group = engine.facts.software ? 8 : 64;
  const workgroups = engine.facts.software ? 64 : 16384;
  const launch = makeLaunch({
    kernel: {
      op: 'peak',
      variant: 'fma',
      dtype: 'f32',
      family: 'other',
      file: 'kernels/peak-fma.wgsl',
      source: peakSource,
      constants: { GROUP: group, STEPS: steps },
      bindings: ['out', 'params'],
    },
    workgroups: [workgroups, 1, 1],
    params: [0x3f000000, 0, 0, 0],
    flops: 0,
    bytesMoved: 0,
  });
  const y = engine.empty([group * workgroups]);
  const ns = await best(engine, () => engine.launch(launch, [y]));
  y.release();
  return (2 * 12 * 32 * steps * group * workgroups) / ns;
}

async function products(engine: Engine, top: number): Promise<Row[]> {
  const rows: Row[] = [];
  for (const [m, k, n, form, goal] of [
    [1024, 1024, 1024, 'NN', 0.28],
    [1024, 1024, 1024, 'NT', 0.28],
    [1024, 1024, 1024, 'TN', 0.34],
    [64, 784, 512, 'NT', 0.24],
    [64, 512, 784, 'NN', 0.24],
    [512, 64, 784, 'TN', 0.24],
    [512, 128, 512, 'NN', 0.24],
    [4096, 64, 64, 'NT', 0.24],
    [64, 4096, 64, 'TN', 0.24],
    [64, 512, 10, 'NT', 0],
  ] as const) {
    const [a, b, c] = [engine.zeros([m * k]), engine.zeros([k * n]), engine.empty([m * n])];
    const ns = await best(engine, () =>
      gemm(engine, { a, b, c, m, n, k, batch: 1, transposeA: form === 'TN', transposeB: form === 'NT' }),
    );
    const rate = (2 * m * n * k) / ns;
    rows.push({
      name: `gemm ${m}x${k}x${n} ${form}`,
      microseconds: ns / 1000,
      figure: `${rate.toFixed(1)} GFLOP/s`,
      share: rate / top,
      goal,
    });
    for (const array of [a, b, c]) array.release();
  }
  return rows;
}

async function convolutions(engine: Engine, top: number): Promise<Row[]> {
  const rows: Row[] = [];
  const flops = 2 * 32 * 24 * 24 * 64 * 32 * 9;
  const goals = { nhwc: [0.3, 0.25, 0.32], nchw: [0.2, 0.167, 0.213] } as const;
  for (const layout of ['nhwc', 'nchw'] as const) {
    const x = engine.zeros(layout === 'nhwc' ? [32, 26, 26, 32] : [32, 32, 26, 26]);
    const weight = engine.zeros(layout === 'nhwc' ? [64, 3, 3, 32] : [64, 32, 3, 3]);
    const g = engine.zeros(layout === 'nhwc' ? [32, 24, 24, 64] : [32, 64, 24, 24]);
    const passes: [string, () => void][] = [
      [
        'forward',
        () => conv2d.forward(engine, [x, weight], { layout }).outputs.forEach((array) => array.release()),
      ],
      [
        'backward data',
        () =>
          conv2d
            .backward(engine, [g], [x, weight], { layout }, [true, false, false])
            .forEach((array) => array?.release()),
      ],
      [
        'backward weight',
        () =>
          conv2d
            .backward(engine, [g], [x, weight], { layout }, [false, true, false])
            .forEach((array) => array?.release()),
      ],
    ];
    for (const [i, [name, run]] of passes.entries()) {
      const ns = await best(engine, run);
      rows.push({
        name: `conv ${layout} ${name}`,
        microseconds: ns / 1000,
        figure: `${(flops / ns).toFixed(1)} GFLOP/s`,
        share: flops / ns / top,
        goal: goals[layout][i] as number,
      });
    }
    for (const array of [x, weight, g]) array.release();
  }
  return rows;
}

async function bandwidth(engine: Engine): Promise<Row[]> {
  const elements = engine.facts.software ? 1 << 22 : 1 << 25;
  const x = engine.zeros([elements]);
  const release = (arrays: readonly DeviceArray[]): void => arrays.forEach((array) => array.release());
  const run = (kind: 'affine' | 'relu' | 'gelu') => () =>
    release(unary.forward(engine, [x], { kind, a: 1 }).outputs);
  const copyNs = await best(engine, run('affine'));
  const copy = (8 * elements) / copyNs;
  const rows: Row[] = [
    { name: 'copy', microseconds: copyNs / 1000, figure: `${copy.toFixed(1)} GB/s`, share: 1, goal: 0 },
  ];
  for (const [kind, goal] of [
    ['relu', 0.75],
    ['gelu', 0],
  ] as const) {
    const ns = await best(engine, run(kind));
    rows.push({
      name: kind,
      microseconds: ns / 1000,
      figure: `${((8 * elements) / ns).toFixed(1)} GB/s`,
      share: (8 * elements) / ns / copy,
      goal,
    });
  }
  // Arrays as long as the copy's, so that no cache holds them either.
  const arena: DeviceArray[] = Array.from({ length: 4 }, () => engine.zeros([elements]));
  const [p, g, m, v] = arena as [DeviceArray, DeviceArray, DeviceArray, DeviceArray];
  const ns = await best(engine, () =>
    adamStep(engine, p, g, m, v, {
      lr: 1e-3,
      beta1: 0.9,
      beta2: 0.999,
      eps: 1e-8,
      weightDecay: 0,
      decoupled: false,
      t: 1,
    }),
  );
  rows.push({
    name: 'adam, one dispatch',
    microseconds: ns / 1000,
    figure: `${((28 * elements) / ns).toFixed(1)} GB/s`,
    share: (28 * elements) / ns / copy,
    goal: 0.75,
  });
  release([x, ...arena]);
  return rows;
}

/** The layers of examples/mnist-cnn.ts, to see what a training step is made of. */
async function digits(engine: Engine, top: number): Promise<Row[]> {
  const rows: Row[] = [];
  const flops = { first: 2 * 64 * 784 * 16 * 9, second: 2 * 64 * 196 * 32 * 16 * 9 };
  for (const [name, x, w, y, work] of [
    ['conv 1->16 28x28', [64, 1, 28, 28], [16, 1, 3, 3], [64, 16, 28, 28], flops.first],
    ['conv 16->32 14x14', [64, 16, 14, 14], [32, 16, 3, 3], [64, 32, 14, 14], flops.second],
  ] as const) {
    const [image, weight, g, bias] = [
      engine.zeros(x),
      engine.zeros(w),
      engine.zeros(y),
      engine.zeros([w[0]]),
    ];
    const passes: [string, () => void][] = [
      [
        'forward',
        () =>
          conv2d
            .forward(engine, [image, weight, bias], { padding: 1 })
            .outputs.forEach((array) => array.release()),
      ],
      [
        'data',
        () =>
          conv2d
            .backward(engine, [g], [image, weight], { padding: 1 }, [true, false, false])
            .forEach((array) => array?.release()),
      ],
      [
        'weight',
        () =>
          conv2d
            .backward(engine, [g], [image, weight], { padding: 1 }, [false, true, false])
            .forEach((array) => array?.release()),
      ],
      [
        'bias',
        () =>
          conv2d
            .backward(engine, [g], [image, weight], { padding: 1 }, [false, false, true])
            .forEach((array) => array?.release()),
      ],
    ];
    for (const [pass, run] of passes) {
      const ns = await best(engine, run, 200);
      rows.push({
        name: `${name} ${pass}`,
        microseconds: ns / 1000,
        figure: `${(work / ns).toFixed(1)} GFLOP/s`,
        share: work / ns / top,
        goal: 0,
      });
    }
    const attributes = { kernelSize: 2, inputShape: y };
    const pooled = maxPool2d.forward(engine, [g], attributes);
    const pools: [string, () => void][] = [
      [
        'pool',
        () =>
          [maxPool2d.forward(engine, [g], attributes)].forEach(({ outputs, saved }) =>
            [...outputs, ...saved].forEach((array) => array.release()),
          ),
      ],
      [
        'pool gradient',
        () =>
          maxPool2d
            .backward(engine, [pooled.outputs[0] as DeviceArray], pooled.saved, attributes, [true])
            .forEach((array) => array?.release()),
      ],
    ];
    for (const [pass, run] of pools) {
      const ns = await best(engine, run, 200);
      const bytes = 4 * 64 * y[1] * y[2] * y[3] * 1.5;
      rows.push({
        name: `${name} ${pass}`,
        microseconds: ns / 1000,
        figure: `${(bytes / ns).toFixed(1)} GB/s`,
        share: NaN,
        goal: 0,
      });
    }
  }
  return rows;
}

/** Wall over GPU time of a steady step of the MLP: what waiting and recording cost. Two layers as in the peers' bench. */
async function stepOverhead(batch: number): Promise<number> {
  const engine = theEngine();
  const model = new nn.Sequential(
    new nn.Linear(784, 512),
    new nn.ReLU(),
    new nn.Linear(512, 256),
    new nn.ReLU(),
    new nn.Linear(256, 10),
  );
  const optimizer = new optim.Adam(model.parameters());
  const criterion = new nn.CrossEntropyLoss();
  const x = tensor(new Float32Array(batch * 784).fill(0.5), { shape: [batch, 784] }).keep();
  const y = tensor(new Int32Array(batch), { shape: [batch] }).keep();
  const step = (): void => {
    optimizer.zeroGrad();
    criterion.forward(model.forward(x), y).backward();
    optimizer.step();
  };
  const steps = 20;
  let wallMs = Infinity;
  let gpuMs = Infinity;
  for (let round = 0; round < 8; round++) {
    step();
    await engine.idle();
    const start = performance.now();
    for (let i = 0; i < steps; i++) {
      step();
      await engine.throttle();
    }
    await engine.idle();
    wallMs = Math.min(wallMs, (performance.now() - start) / steps);
    gpuMs = Math.min(gpuMs, (await engine.time(step)) / 1e6);
  }
  return wallMs / gpuMs;
}

export async function run({ json }: { readonly json: boolean }): Promise<void> {
  const engine = await openEngine();
  const top = await peak(engine);
  const rows = [
    ...(await products(engine, top)),
    ...(await convolutions(engine, top)),
    ...(await digits(engine, top)),
    ...(await bandwidth(engine)),
  ];
  const overhead: { readonly batch: number; readonly wallOverGpu: number }[] = [];
  for (const batch of [64, 256]) overhead.push({ batch, wallOverGpu: await stepOverhead(batch) });
  const device = engine.facts.description || engine.facts.device;
  if (json) console.log(JSON.stringify({ device, peakGflops: top, rows, overhead }));
  else {
    console.log(`${device}: ${top.toFixed(1)} GFLOP/s of multiply-adds at best`);
    for (const { name, microseconds, figure, share, goal } of rows) {
      const verdict = goal === 0 ? '' : share >= goal ? `goal ${goal} met` : `goal ${goal} MISSED`;
      console.log(
        `${name.padEnd(28)} ${microseconds.toFixed(0).padStart(9)} us ${figure.padStart(16)}  ${share.toFixed(3)}  ${verdict}`,
      );
    }
    for (const { batch, wallOverGpu } of overhead)
      console.log(
        `mlp step, batch ${batch}: ${wallOverGpu.toFixed(2)} of its GPU time; goal 1.15 ${wallOverGpu <= 1.15 ? 'met' : 'MISSED'}`,
      );
  }
  engine.dispose();
}
