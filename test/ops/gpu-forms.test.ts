/** The forms that kernels take on GPUs, a workgroup a row and tiles in workgroup memory, run here on whatever adapter there is. */
import { test } from 'node:test';
import type { DeviceArray } from '../../src/gpu/array.ts';
import { openDevice } from '../../src/gpu/device.ts';
import { Engine } from '../../src/gpu/engine.ts';
import { attention } from '../../src/ops/attention.ts';
import { batchNorm } from '../../src/ops/batch-norm.ts';
import { conv2d } from '../../src/ops/conv2d.ts';
import { crossEntropy } from '../../src/ops/cross-entropy.ts';
import { fold } from '../../src/ops/fold.ts';
import { layerNorm } from '../../src/ops/layer-norm.ts';
import { linear } from '../../src/ops/linear.ts';
import type { Op } from '../../src/ops/op.ts';
import { softmax } from '../../src/ops/softmax.ts';
import {
  activated,
  assertClose,
  dense,
  randomDense,
  testEngine,
  toDevice,
  type Dense,
} from '../support/op-check.ts';

async function gpuEngine(): Promise<Engine> {
  const { device, facts } = await openDevice();
  return new Engine(device, { ...facts, software: false, subgroupSize: null }, { trials: false });
}

let shared: Promise<Engine> | null = null;

/** What the two forms give, which the tests of each operation hold against float64 in the other form. */
async function same<A>(
  what: string,
  op: Op<A>,
  inputs: readonly Dense[],
  attributes: A,
  needs: readonly boolean[],
  integers: readonly number[] = [],
): Promise<void> {
  const run = async (engine: Engine): Promise<ArrayLike<number>[]> => {
    const arrays = inputs.map((tensor, i) => toDevice(engine, tensor, integers.includes(i) ? 'u32' : 'f32'));
    const { outputs, saved } = op.forward(engine, arrays, attributes);
    const y = outputs[0] as DeviceArray;
    const g = toDevice(engine, randomDense(y.shape, 50));
    const gradients = op.backward(engine, [g], saved, attributes, needs).filter((array) => array !== null);
    return engine.readAll([y, ...gradients]);
  };
  const [gpu, other] = [await run(await (shared ??= gpuEngine())), await run(await testEngine())];
  for (const [i, values] of gpu.entries())
    assertClose(values, other[i] as ArrayLike<number>, 1e-4, `${what}, array ${i}`);
}

test('softmax and its logarithm by workgroups agree with those by invocations', async () => {
  for (const shape of [
    [5, 33],
    [3, 64],
    [2, 300],
  ])
    for (const log of [false, true])
      await same(`softmax ${shape}`, softmax, [randomDense(shape, 1, (u) => u * 5)], { log }, [true]);
});

test('cross entropy by workgroups agrees with that by invocations', async () => {
  for (const columns of [65, 128])
    await same(
      `cross entropy ${columns}`,
      crossEntropy,
      [randomDense([9, columns], 1), dense([9], (i) => (i * 7) % columns)],
      { labelSmoothing: 0.1 },
      [true],
      [1],
    );
});

test('layer and batch norm by workgroups agree with those by invocations', async () => {
  for (const columns of [37, 96])
    await same(
      `layer norm ${columns}`,
      layerNorm,
      [randomDense([6, columns], 1), randomDense([columns], 2), randomDense([columns], 3)],
      {},
      [true, true, true],
    );
  await same(
    'batch norm',
    batchNorm,
    [randomDense([4, 6, 5, 5], 1), randomDense([6], 2), randomDense([6], 3)],
    { training: true },
    [true, true, true],
  );
});

test('attention by workgroups agrees with that by invocations', async () => {
  const [q, k, v] = [1, 2, 3].map((seed) => randomDense([2, 40, 8], seed));
  for (const causal of [false, true])
    await same('attention', attention, [q as Dense, k as Dense, v as Dense], { causal }, [true, true, true]);
});

test('linear layers, convolutions and folds in their forms for GPUs agree with those for software adapters', async () => {
  await same(
    'linear',
    activated(linear, 'relu'),
    [randomDense([33, 20], 1), randomDense([12, 20], 2), randomDense([12], 3)],
    {},
    [true, true, true],
  );
  await same(
    'conv2d',
    conv2d,
    [randomDense([2, 5, 9, 9], 1), randomDense([7, 5, 3, 3], 2), randomDense([7], 3)],
    { padding: 1 },
    [true, true, true],
  );
  await same('fold', fold, [randomDense([3, 5000], 1)], { kind: 'sum', dims: [1], shape: [3, 5000] }, [true]);
});
