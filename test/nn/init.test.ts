/** What parameters start with: PyTorch's distributions, the same for the same seed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as nn from '../../src/nn/index.ts';
import { randn, rand } from '../../src/tensor/random-creation.ts';
import { manualSeed } from '../../src/tensor/random.ts';
import type { Tensor } from '../../src/tensor/tensor.ts';
import { testEngine } from '../support/device.ts';

await testEngine();

interface Summary {
  readonly mean: number;
  readonly deviation: number;
  readonly least: number;
  readonly most: number;
}

async function summary(x: Tensor | null): Promise<Summary> {
  const values = (await x?.data()) as Float32Array;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, deviation: Math.sqrt(variance), least: Math.min(...values), most: Math.max(...values) };
}

/** Uniform in +-bound: within it, close to its ends, with its deviation. */
async function assertUniform(x: Tensor | null, bound: number): Promise<void> {
  const { mean, deviation, least, most } = await summary(x);
  const n = x?.numel() ?? 0;
  assert.ok(least >= -bound && most <= bound, `${least} .. ${most} is not within ${bound}`);
  assert.ok(
    most > bound * (1 - 12 / n) && least < -bound * (1 - 12 / n),
    `${least} .. ${most} does not reach ${bound}`,
  );
  assert.ok(Math.abs(mean) < (5 * bound) / Math.sqrt(3 * n), `mean ${mean}`);
  assert.ok(Math.abs(deviation / (bound / Math.sqrt(3)) - 1) < 5 / Math.sqrt(n), `deviation ${deviation}`);
}

async function assertNormal(x: Tensor): Promise<void> {
  const { mean, deviation } = await summary(x);
  assert.ok(Math.abs(mean) < 5 / Math.sqrt(x.numel()), `mean ${mean}`);
  assert.ok(Math.abs(deviation - 1) < 5 / Math.sqrt(2 * x.numel()), `deviation ${deviation}`);
}

test('Linear and convolutions start uniform in +-1/sqrt(fan in), weights and biases', async () => {
  manualSeed(1);
  const linear = new nn.Linear(300, 200);
  await assertUniform(linear.weight, 1 / Math.sqrt(300));
  await assertUniform(linear.bias, 1 / Math.sqrt(300));
  await assertUniform(new nn.Linear(300, 200, { weightLayout: 'in-out' }).weight, 1 / Math.sqrt(300));
  await assertUniform(new nn.Conv2d(16, 64, 3).weight, 1 / Math.sqrt(16 * 9));
  await assertUniform(new nn.Conv2d(16, 64, 3, { groups: 4 }).weight, 1 / Math.sqrt(4 * 9));
  await assertUniform(new nn.Conv1d(16, 64, 5).weight, 1 / Math.sqrt(16 * 5));
  await assertUniform(new nn.ConvTranspose2d(64, 16, 3).weight, 1 / Math.sqrt(16 * 9));
});

test('recurrent layers start uniform in +-1/sqrt(hidden)', async () => {
  const lstm = new nn.LSTM(20, 64);
  for (const parameter of lstm.parameters()) await assertUniform(parameter, 1 / 8);
});

test('attention starts with Xavier weights and biases of zero', async () => {
  const attention = new nn.MultiheadAttention(64, 4);
  await assertUniform(attention.inProjWeight, Math.sqrt(6 / (64 + 192)));
  assert.deepEqual(
    [(await summary(attention.inProjBias)).most, (await summary(attention.outProj.bias)).most],
    [0, 0],
  );
});

test('embeddings and randn are normal, rand is uniform, and a padding row is zero', async () => {
  await assertNormal(new nn.Embedding(200, 64).weight);
  await assertNormal(randn([101, 99]));
  await assertUniform(rand([100, 100]).mul(2).sub(1), 1);
  const padded = new nn.Embedding(3, 4, { paddingIdx: 1 });
  assert.deepEqual([...(await padded.weight.data())].slice(4, 8), [0, 0, 0, 0]);
});

test('normalizations start as the identity', async () => {
  for (const norm of [new nn.BatchNorm2d(5), new nn.LayerNorm(5), new nn.GroupNorm(1, 5)]) {
    assert.deepEqual([...((await norm.weight?.data()) ?? [])], [1, 1, 1, 1, 1]);
    assert.deepEqual([...((await norm.bias?.data()) ?? [])], [0, 0, 0, 0, 0]);
  }
});

test('equal seeds give equal models, other seeds others', async () => {
  const model = async (seed: number): Promise<ArrayLike<number>> => {
    manualSeed(seed);
    return new nn.Linear(10, 10).weight.data();
  };
  assert.deepEqual(await model(5), await model(5));
  assert.notDeepEqual(await model(5), await model(6));
});

test('dropout drops its share, keeps the mean, repeats itself for a seed, and does nothing in evaluation', async () => {
  const layer = new nn.Dropout(0.3);
  const x = rand([100, 100]).add(1);
  const dropped = async (): Promise<Float32Array> => (await layer.forward(x).data()) as Float32Array;
  manualSeed(2);
  const first = await dropped();
  const share = first.filter((value) => value === 0).length / first.length;
  assert.ok(Math.abs(share - 0.3) < 0.03, `${share}`);
  const given = (await x.data()) as Float32Array;
  for (const [i, value] of first.entries())
    assert.ok(value === 0 || Math.abs(value - (given[i] as number) / 0.7) < 1e-5, `${value} for ${given[i]}`);
  manualSeed(2);
  assert.deepEqual(await dropped(), first);
  assert.notDeepEqual(await dropped(), first);
  layer.eval();
  assert.deepEqual(await dropped(), given);
});
