/** How long tensors live in a script that did nothing else before. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as nn from '../../src/nn/index.ts';
import * as optim from '../../src/optim/index.ts';
import { rand } from '../../src/tensor/random-creation.ts';
import type { Tensor } from '../../src/tensor/tensor.ts';
import { testEngine } from '../support/device.ts';

const engine = await testEngine();

test('what was made before training stays, what is used in every step too, and the rest goes', async () => {
  const model = new nn.Linear(2, 1);
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
  const early = rand([4, 2]).mul(2);
  let used: Tensor | undefined;
  let unused: Tensor | undefined;
  const live: number[] = [];
  for (let i = 0; i < 8; i++) {
    optimizer.zeroGrad();
    const loss = model
      .forward(rand([4, 2]))
      .square()
      .mean();
    used ??= rand([4, 2]);
    unused ??= rand([4, 2]);
    loss.add(used.sum()).backward();
    optimizer.step();
    live.push(engine.stats.liveBytes);
  }
  await early.data();
  await used?.data();
  await assert.rejects((unused as Tensor).data(), /released after a whole step had passed without its use/);
  assert.equal(new Set(live.slice(3)).size, 1, live.join());
});

test('keep() and dispose() have the last word', async () => {
  const model = new nn.Linear(2, 1);
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
  const kept: Tensor[] = [];
  for (let i = 0; i < 4; i++) {
    const output = model.forward(rand([4, 2]));
    kept.push(output.keep());
    output.square().mean().backward(); // prettier-ignore
    optimizer.step();
    optimizer.zeroGrad();
  }
  for (const tensor of kept) await tensor.data();
  // Nothing is awaited from here on: the garbage collector, too, gives back what earlier tests forgot.
  const before = engine.stats.liveBytes;
  for (const tensor of kept) tensor.dispose();
  assert.equal(engine.stats.liveBytes, before - 4 * 16);
});

test('two optimizers in turn, as for adversarial training: what the first step made serves the second', async () => {
  const [generator, critic] = [
    new nn.Linear(2, 3),
    new nn.Sequential(new nn.Linear(3, 8), new nn.Tanh(), new nn.Linear(8, 1)),
  ];
  const forGenerator = new optim.Adam(generator.parameters(), { lr: 1e-2 });
  const forCritic = new optim.Adam(critic.parameters(), { lr: 1e-2 });
  const before = await generator.weight.data();
  const live: number[] = [];
  for (let i = 0; i < 6; i++) {
    const fake = generator.forward(rand([8, 2]));
    forCritic.zeroGrad();
    critic.forward(fake.detach()).mean().sub(critic.forward(rand([8, 3])).mean()).backward(); // prettier-ignore
    forCritic.step();
    forGenerator.zeroGrad();
    critic.forward(fake).mean().neg().backward(); // prettier-ignore
    forGenerator.step();
    live.push(engine.stats.liveBytes);
  }
  assert.notDeepEqual(await generator.weight.data(), before);
  assert.equal(new Set(live.slice(3)).size, 1, live.join());
});

test('a hidden state goes from step to step', async () => {
  const rnn = new nn.GRU(2, 4, { batchFirst: true });
  const optimizer = new optim.SGD(rnn.parameters(), { lr: 0.1 });
  let hidden: Tensor | undefined;
  const live: number[] = [];
  for (let i = 0; i < 6; i++) {
    optimizer.zeroGrad();
    const [output, last] = rnn.forward(rand([3, 5, 2]), hidden?.detach());
    output.square().mean().backward(); // prettier-ignore
    optimizer.step();
    hidden = last;
    live.push(engine.stats.liveBytes);
  }
  assert.equal((await hidden?.data())?.length, 12);
  assert.equal(new Set(live.slice(3)).size, 1, live.join());
});

test('gradients of several small batches make one step, the same as one large batch', async () => {
  const weights = rand([4, 3]);
  const x = rand([8, 3]);
  const run = async (parts: number): Promise<ArrayLike<number>> => {
    const layer = new nn.Linear(3, 4, { bias: false });
    layer.weight.copy_(weights);
    const optimizer = new optim.SGD(layer.parameters(), { lr: 0.5 });
    for (const part of x.chunk(parts)) layer.forward(part).square().mean().div(parts).backward(); // prettier-ignore
    optimizer.step();
    return layer.weight.data();
  };
  const [whole, pieces] = [await run(1), await run(4)];
  for (let i = 0; i < whole.length; i++)
    assert.ok(Math.abs((whole[i] as number) - (pieces[i] as number)) < 1e-6);
});

test('the losses of a round can be read after the steps of all its optimizers, and their memory goes', async () => {
  const layers = [1, 2, 3].map(() => new nn.Linear(2, 1));
  const optimizers = layers.map((layer) => new optim.SGD(layer.parameters(), { lr: 0.1 }));
  const live: number[] = [];
  for (let i = 0; i < 8; i++) {
    const x = rand([4, 2]);
    const losses = layers.map((layer) => layer.forward(x).square().mean()); // prettier-ignore
    for (const [k, optimizer] of optimizers.entries()) {
      optimizer.zeroGrad();
      losses[k]?.backward();
      optimizer.step();
    }
    for (const loss of losses) assert.ok(Number.isFinite(await loss.item()));
    live.push(engine.stats.liveBytes);
  }
  assert.equal(new Set(live.slice(3)).size, 1, live.join());
});
