/** How long tensors live in a script that did nothing else before. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as nn from '../../src/nn/index.ts';
import * as optim from '../../src/optim/index.ts';
import { rand } from '../../src/tensor/creation.ts';
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
  const before = engine.stats.liveBytes;
  for (const tensor of kept) await tensor.data();
  for (const tensor of kept) tensor.dispose();
  assert.equal(engine.stats.liveBytes, before - 4 * 16);
});
