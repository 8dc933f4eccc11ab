import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as nn from '../../src/nn/index.ts';
import * as optim from '../../src/optim/index.ts';
import { tensor } from '../../src/tensor/creation.ts';
import { rand } from '../../src/tensor/random-creation.ts';
import { manualSeed } from '../../src/tensor/random.ts';
import type { Tensor } from '../../src/tensor/tensor.ts';
import { testEngine } from '../support/device.ts';

const engine = await testEngine();

/** Points in a square and whether they lie inside a ring: not linearly separable. */
function ring(count: number): { points: Tensor; classes: Tensor } {
  const values = Float32Array.from({ length: 2 * count }, (_, i) => Math.sin(12.9898 * i * i + 1) * 1.5);
  const classes = Int32Array.from({ length: count }, (_, i) => {
    const radius = Math.hypot(values[2 * i] as number, values[2 * i + 1] as number);
    return radius > 0.6 && radius < 1.2 ? 1 : 0;
  });
  return { points: tensor(values, { shape: [count, 2] }).keep(), classes: tensor(classes).keep() };
}

const mlp = (): nn.Sequential =>
  new nn.Sequential(
    new nn.Linear(2, 32),
    new nn.ReLU(),
    new nn.Linear(32, 32),
    new nn.Tanh(),
    new nn.Linear(32, 2),
  );

for (const [name, make] of [
  ['SGD with momentum', (model: nn.Module) => new optim.SGD(model.parameters(), { lr: 0.3, momentum: 0.9 })],
  ['Adam', (model: nn.Module) => new optim.Adam(model.parameters(), { lr: 0.01 })],
  ['AdamW', (model: nn.Module) => new optim.AdamW(model.parameters(), { lr: 0.01 })],
  ['RMSprop', (model: nn.Module) => new optim.RMSprop(model.parameters(), { lr: 0.01 })],
  ['Lion', (model: nn.Module) => new optim.Lion(model.parameters(), { lr: 0.004 })],
] as const)
  test(`${name} learns a ring`, async () => {
    manualSeed(1);
    const { points, classes } = ring(256);
    const model = mlp();
    const criterion = new nn.CrossEntropyLoss();
    const optimizer = make(model);
    const losses: Promise<number>[] = [];
    for (let step = 0; step < 200; step++) {
      optimizer.zeroGrad();
      const loss = criterion.forward(model.forward(points), classes);
      loss.backward();
      optimizer.step();
      if (step % 199 === 0) losses.push(loss.item());
    }
    const [first, last] = (await Promise.all(losses)) as [number, number];
    assert.ok(first > 0.5 && last < 0.2, `loss ${first} -> ${last}`);
  });

test('a steady step makes no buffer, no bind group and no pipeline, and leaves no memory behind', async () => {
  const { points, classes } = ring(64);
  const model = mlp();
  const criterion = new nn.CrossEntropyLoss();
  const optimizer = new optim.Adam(model.parameters());
  const step = (): void => {
    optimizer.zeroGrad();
    const loss = criterion.forward(model.forward(points), classes);
    loss.backward();
    optimizer.step();
  };
  for (let i = 0; i < 6; i++) step();
  const before = engine.stats;
  for (let i = 0; i < 20; i++) step();
  const after = engine.stats;
  assert.equal(after.buffersCreated, before.buffersCreated);
  assert.equal(after.bindGroupsCreated, before.bindGroupsCreated);
  assert.equal(after.pipelines, before.pipelines);
  assert.equal(after.liveBytes, before.liveBytes);
  assert.equal(after.batches - before.batches, 20, 'one submit a step');
  await engine.idle();
});

test('a number that is another each step makes nothing new', async () => {
  const { points } = ring(64);
  const model = mlp();
  const optimizer = new optim.Adam(model.parameters(), { amsgrad: true });
  const step = (i: number): void => {
    optimizer.zeroGrad();
    model
      .forward(points)
      .square()
      .mean()
      .mul(1 / (i + 1))
      .backward();
    optimizer.step();
  };
  for (let i = 0; i < 6; i++) step(i);
  const before = engine.stats;
  for (let i = 6; i < 26; i++) step(i);
  assert.equal(engine.stats.bindGroupsCreated, before.bindGroupsCreated);
  assert.equal(engine.stats.buffersCreated, before.buffersCreated);
  await engine.idle();
});

test('a loss can be read until a whole step has passed without its use', async () => {
  const model = mlp();
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
  const step = (before: () => void): Tensor => {
    optimizer.zeroGrad();
    const loss = model
      .forward(rand([4, 2]))
      .square()
      .mean();
    loss.backward();
    before();
    optimizer.step();
    return loss;
  };
  const first = step(() => {});
  let read: Promise<number> | undefined;
  step(() => {
    read = first.item();
  });
  assert.ok(Number.isFinite(await read));
  step(() => {});
  step(() => {});
  await assert.rejects(
    first.item(),
    /released after a whole step had passed without its use; call \.keep\(\)/,
  );
});
