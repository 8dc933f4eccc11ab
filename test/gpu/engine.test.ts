import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openEngine, type Engine } from '../../src/gpu/engine.ts';
import type { DeviceArray } from '../../src/gpu/array.ts';
import { makeLaunch } from '../../src/gpu/launch.ts';
import { annotations, inLayer, type AnnotationListener, type LayerNote } from '../../src/probe/annotate.ts';
import { crossEntropy } from '../../src/ops/cross-entropy.ts';
import { fill } from '../../src/ops/in-place.ts';
import { linear } from '../../src/ops/linear.ts';
import { adamStep } from '../../src/ops/optimizer-steps.ts';
import { activated } from '../support/op-check.ts';

const layer: LayerNote = { type: 'Linear', path: 'classifier', parent: null, stack: undefined };

/** One training step of a two-layer perceptron on arenas. */
function perceptron(engine: Engine): (t: number) => Promise<number> {
  const shapes = [[32, 20], [32], [5, 32], [5]];
  const [parameters, gradients, first, second] = [0, 1, 2, 3].map(() =>
    engine.arena(shapes, 'f32', 'parameter'),
  );
  if (!parameters || !gradients || !first || !second) throw new Error('no arenas');
  const [w1, b1, w2, b2] = parameters.arrays as [DeviceArray, DeviceArray, DeviceArray, DeviceArray];
  for (const [i, w] of [w1, w2].entries())
    engine.write(
      w,
      Float32Array.from({ length: w.sizeBytes / 4 }, (_, k) => Math.sin(k * (i + 1)) * 0.2),
    );
  const into = (offset: number): Engine =>
    new Proxy(engine, {
      get: (target, name) => {
        if (name === 'gradient')
          return (index: number, shape: number[]) =>
            index === 0
              ? target.empty(shape)
              : engine.view(gradients.arrays[offset + index - 1] as DeviceArray, shape);
        const value = Reflect.get(target, name, target) as unknown;
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  return async (t) => {
    const x = engine.upload(
      Float32Array.from({ length: 8 * 20 }, (_, i) => Math.cos(i)),
      [8, 20],
      'f32',
    );
    const target = engine.upload(
      Uint32Array.from({ length: 8 }, (_, i) => i % 5),
      [8],
      'u32',
    );
    const layer = activated(linear, 'relu');
    const hidden = layer.forward(engine, [x, w1, b1], {});
    const logits = linear.forward(engine, [hidden.outputs[0] as DeviceArray, w2, b2], {});
    const loss = crossEntropy.forward(engine, [logits.outputs[0] as DeviceArray, target], {});
    const one = engine.empty([]);
    fill(engine, one, 1);
    const [dLogits] = crossEntropy.backward(engine, [one], loss.saved, {}, [true]);
    const [dHidden, ...second2] = linear.backward(into(2), [dLogits as DeviceArray], logits.saved, {}, [
      true,
      true,
      true,
    ]);
    const first1 = layer.backward(into(0), [dHidden as DeviceArray], hidden.saved, {}, [false, true, true]);
    adamStep(engine, parameters.whole, gradients.whole, first.whole, second.whole, {
      lr: 0.01,
      beta1: 0.9,
      beta2: 0.999,
      eps: 1e-8,
      weightDecay: 0,
      decoupled: false,
      t,
    });
    engine.flush();
    const [value] = await engine.read(loss.outputs[0] as DeviceArray);
    const used = [
      x,
      target,
      one,
      dLogits,
      dHidden,
      ...second2,
      ...first1,
      ...hidden.outputs,
      ...logits.outputs,
      ...loss.outputs,
      ...loss.saved.slice(2),
    ];
    for (const array of used) array?.release();
    return value as number;
  };
}

test('a steady step makes no buffer, no bind group and no pipeline, and is one submit', async () => {
  const engine = await openEngine();
  const step = perceptron(engine);
  const losses: number[] = [];
  for (let t = 1; t <= 3; t++) losses.push(await step(t));
  const before = engine.stats;
  for (let t = 4; t <= 20; t++) losses.push(await step(t));
  const after = engine.stats;
  assert.equal(after.buffersCreated, before.buffersCreated);
  assert.equal(after.bindGroupsCreated, before.bindGroupsCreated);
  assert.equal(after.pipelines, before.pipelines);
  assert.equal(after.liveBytes, before.liveBytes);
  // The step itself, and the copy that reads the loss.
  assert.equal(after.batches - before.batches, 2 * 17);
  assert.ok(
    (losses.at(-1) as number) < 0.8 * (losses[0] as number),
    `the loss went from ${losses[0]} to ${losses.at(-1)}`,
  );
  engine.dispose();
});

test('the listener hears of each array: its role, its layer, its end', async () => {
  const engine = await openEngine();
  const heard: string[] = [];
  const listener = {
    allocated: (_buffer, bytes, note) => heard.push(`+${bytes} ${note.role} ${note.layer?.path}`),
    released: (key) => heard.push(`-${key}`),
    buffer: () => {},
    layer: () => {},
  } as Partial<AnnotationListener> as AnnotationListener;
  annotations.listener = listener;
  try {
    const array = inLayer(layer, () => engine.empty([10], 'f32', 'activation'));
    array.release();
    array.release();
  } finally {
    annotations.listener = null;
  }
  assert.deepEqual(heard, ['+40 activation classifier', '-1']);
  engine.dispose();
});

test('running out of memory says which layer wanted how much, and leaves the engine in order', async () => {
  const engine = await openEngine({ memoryLimitBytes: 1 << 20 });
  const kept = engine.empty([1 << 17]);
  assert.throws(
    () => inLayer(layer, () => engine.empty([1 << 18])),
    /out of GPU memory: layer classifier wanted 1.05 MB \(activation\), 524 kB are in use and 524 kB are left of 1.05 MB/,
  );
  assert.throws(
    () => engine.empty([2 ** 31]),
    /out of GPU memory: a tensor wanted 8.59 GB \(activation\) for one array \[2147483648\], and this device gives at most/,
  );
  kept.release();
  const again = engine.zeros([1 << 18]);
  assert.equal((await engine.read(again))[0], 0);
  engine.dispose();
});

test('released memory is refused, and memory is given back in the order it was made', async () => {
  const engine = await openEngine();
  const [a, b] = [engine.empty([64]), engine.empty([64])];
  b.release();
  a.release();
  assert.equal(engine.empty([64]).buffer, a.buffer);
  assert.throws(() => fill(engine, b, 1), /fill\/vec4\/f32 was given memory that has been released/);
  const view = engine.view(engine.upload(Float32Array.of(1, 2, 3, 4), [4], 'f32'), [2, 2]);
  assert.deepEqual([...(await engine.read(view))], [1, 2, 3, 4]);
  engine.dispose();
});

test('a write from the host waits for commands that still read the old values', async () => {
  const engine = await openEngine();
  const x = engine.upload(Float32Array.of(1, 2, 3, 4), [4], 'f32');
  const y = engine.empty([4]);
  engine.copy(x, y);
  engine.write(x, Float32Array.of(5, 6, 7, 8));
  assert.deepEqual([...(await engine.read(y))], [1, 2, 3, 4]);
  assert.deepEqual([...(await engine.read(x))], [5, 6, 7, 8]);
  engine.dispose();
});

test('a kernel that does not compile is reported at its own line', async () => {
  const engine = await openEngine({ dawnFlags: ['backend=null'] });
  const launch = makeLaunch({
    kernel: {
      op: 'broken',
      variant: 'x',
      dtype: 'f32',
      family: 'other',
      file: 'kernels/broken.wgsl',
      source: '// one\nfn f() -> u32 { return 1.5; }\n@compute @workgroup_size(1) fn main() {}',
      constants: { A: 1, B: 2 },
      bindings: [],
    },
    workgroups: [1, 1, 1],
    flops: 0,
    bytesMoved: 0,
  });
  await assert.rejects(
    engine.warm([launch]),
    /kernel broken\/x\/f32 does not compile:\nkernels\/broken.wgsl:2:\d+ /,
  );
});

test('an idle engine leaves the processor alone', async () => {
  const engine = await openEngine();
  const step = perceptron(engine);
  await step(1);
  const cpu = process.cpuUsage();
  const start = performance.now();
  // Nothing to wait for: an idle engine must not spin.
  await new Promise((resolve) => setTimeout(resolve, 300));
  const { user, system } = process.cpuUsage(cpu);
  const busy = (user + system) / 1000 / (performance.now() - start);
  assert.ok(busy < 0.5, `an idle engine used ${busy.toFixed(2)} cores`);
  engine.dispose();
});
