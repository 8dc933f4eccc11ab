/** What is drawn from distributions. Their formulas are held to PyTorch's in functions.parity. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Bernoulli, Categorical, klDivergence, Normal } from '../../src/nn/distributions/index.ts';
import { tensor } from '../../src/tensor/creation.ts';
import { manualSeed } from '../../src/tensor/random.ts';
import type { Tensor } from '../../src/tensor/tensor.ts';
import { testEngine } from '../support/device.ts';

await testEngine();
manualSeed(7);
const DRAWN = 20_000;

test('classes and truths come as often as they are likely, and never where that is 0', async () => {
  const classes = await new Categorical({ probs: tensor([[1, 0, 3], [0, 1, 0]]) }).sample([DRAWN]).data(); // prettier-ignore
  const share = (row: number, which: number): number =>
    classes.filter((each, i) => i % 2 === row && each === which).length / DRAWN;
  assert.ok(Math.abs(share(0, 0) - 0.25) < 0.015, String(share(0, 0)));
  assert.equal(share(0, 1), 0);
  assert.equal(share(1, 1), 1);
  const truths = new Bernoulli({ probs: tensor([0.2, 0.9]) }).sample([DRAWN]);
  const mean = await truths.mean(0).data();
  assert.ok(Math.abs(mean[0]! - 0.2) < 0.015 && Math.abs(mean[1]! - 0.9) < 0.015, mean.join());
});

test('normal numbers have their mean and deviation, and gradients flow through them to both', async () => {
  const [loc, scale] = [
    tensor([[1], [-2]], { requiresGrad: true }),
    tensor([0.5, 2, 3], { requiresGrad: true }),
  ];
  const normal = new Normal(loc, scale);
  const drawn = normal.sample([DRAWN]);
  assert.deepEqual([...drawn.shape], [DRAWN, 2, 3]);
  const [mean, deviation] = await Promise.all([drawn.mean(0).data(), drawn.std(0).data()]);
  [1, 1, 1, -2, -2, -2].forEach((wanted, i) => assert.ok(Math.abs(mean[i]! - wanted) < 0.08, mean.join()));
  [0.5, 2, 3, 0.5, 2, 3].forEach((wanted, i) => assert.ok(Math.abs(deviation[i]! - wanted) < 0.08));
  assert.equal(drawn.requiresGrad, false);
  normal.rsample([4]).sum().backward();
  assert.deepEqual([...((await loc.grad?.data()) ?? [])], [12, 12]);
  assert.ok(((await scale.grad?.data()) ?? []).every((value) => value !== 0));
});

test('a policy that is paid for its second action learns to take it', async () => {
  const logits = tensor([0, 0, 0], { requiresGrad: true });
  for (let i = 0; i < 60; i++) {
    const policy = new Categorical({ logits: logits.unsqueeze(0).expand(32, 3) });
    const action = policy.sample();
    policy.logProb(action).mul(action.eq(1).float()).mean().neg().backward();
    logits.copy_(logits.detach().sub((logits.grad as Tensor).mul(2)));
    logits.grad = null;
  }
  assert.ok((await logits.softmax().data())[1]! > 0.8);
});

test('distributions say what they need', () => {
  assert.throws(() => new Categorical({}), /Categorical takes either \{ logits \} or \{ probs \}/);
  assert.throws(
    () => klDivergence(new Normal(0, 1), new Bernoulli({ probs: tensor(0.5) }) as never),
    /two distributions of one kind/,
  );
});
