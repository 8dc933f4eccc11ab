/** Gradients by hand, operations of a script's own, and hooks. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as autograd from '../../src/api/autograd.ts';
import * as nn from '../../src/nn/index.ts';
import * as optim from '../../src/optim/index.ts';
import { tensor } from '../../src/tensor/creation.ts';
import { rand } from '../../src/tensor/random-creation.ts';
import type { Tensor } from '../../src/tensor/tensor.ts';
import { testEngine } from '../support/device.ts';

const engine = await testEngine();

test('grad() gives gradients of leaves and of what was made of them, and changes no grad', async () => {
  const x = tensor([1, 2], { requiresGrad: true });
  const y = x.square();
  const z = y.mul(3).sum();
  const [dx, dy] = autograd.grad(z, [x, y], { retainGraph: true }) as [Tensor, Tensor];
  assert.deepEqual([...(await dx.data())], [6, 12]);
  assert.deepEqual([...(await dy.data())], [3, 3]);
  assert.equal(x.grad, null);
  const [both] = autograd.grad([z, y], x, { gradOutputs: [tensor(2), tensor([1, 10])] }) as [Tensor];
  assert.deepEqual([...(await both.data())], [14, 64]);
  assert.throws(() => autograd.grad(z, x), /a second time.*retainGraph/s);
});

test('grad() of what has no part in the outputs is an error, or zeros', async () => {
  const [x, other] = [rand([2], { requiresGrad: true }), rand([3], { requiresGrad: true })];
  assert.throws(
    () => autograd.grad(x.sum(), other),
    /do not depend on input 0 \[3\]; with \{ materializeGrads: true \}/,
  );
  const [zero] = autograd.grad(x.sum(), other, { materializeGrads: true }) as [Tensor];
  assert.deepEqual([...(await zero.data())], [0, 0, 0]);
  assert.throws(
    () => autograd.grad(x, x),
    /grad\(\) without a gradient needs a tensor of one element.*\{ gradOutputs \}/,
  );
  assert.throws(() => autograd.grad(x.sum(), rand([2])), /input 0 \[2\] does not require a gradient/);
});

test('a gradient of a parameter in an optimizer is no part of its step', async () => {
  const layer = new nn.Linear(2, 1);
  const optimizer = new optim.SGD(layer.parameters(), { lr: 1 });
  const x = rand([4, 2]);
  const [mine] = autograd.grad(layer.forward(x).sum(), layer.weight) as [Tensor];
  assert.equal(layer.weight.grad, null);
  assert.throws(() => optimizer.step(), /found no gradient/);
  const wanted = await x.sum(0).data();
  (await mine.data()).forEach((value, i) => assert.ok(Math.abs(value - (wanted[i] as number)) < 1e-5));
});

test('a penalty on gradients trains a critic to slope 1', async () => {
  const critic = new nn.Sequential(new nn.Linear(3, 16), new nn.LeakyReLU(0.2), new nn.Linear(16, 1));
  const optimizer = new optim.Adam(critic.parameters(), { lr: 1e-2 });
  let norm = NaN;
  for (let step = 0; step < 60; step++) {
    const x = rand([32, 3], { requiresGrad: true });
    const [slope] = autograd.grad(critic.forward(x).sum(), x, { createGraph: true }) as [Tensor];
    const norms = slope.norm(2, 1);
    optimizer.zeroGrad();
    norms.sub(1).square().mean().backward();
    optimizer.step();
    if (step === 59) norm = await norms.mean().item();
  }
  assert.ok(Math.abs(norm - 1) < 0.05, String(norm));
});

test('steps with a graph of gradients leave no memory behind', async () => {
  const critic = new nn.Sequential(new nn.Linear(3, 16), new nn.Tanh(), new nn.Linear(16, 1));
  const optimizer = new optim.SGD(critic.parameters(), { lr: 1e-3 });
  const x = rand([8, 3], { requiresGrad: true });
  const step = (): void => {
    const [slope] = autograd.grad(critic.forward(x).sum(), x, { createGraph: true }) as [Tensor];
    optimizer.zeroGrad();
    slope.square().sum().backward();
    x.grad = null;
    optimizer.step();
  };
  for (let i = 0; i < 6; i++) step();
  const before = engine.stats;
  for (let i = 0; i < 10; i++) step();
  assert.equal(engine.stats.liveBytes, before.liveBytes);
  assert.equal(engine.stats.buffersCreated, before.buffersCreated);
  await engine.idle();
});

test('an operation without a second derivative is named, with its layer', () => {
  const grouped = new nn.Conv2d(4, 4, 3, { groups: 2 });
  const x = rand([1, 4, 5, 5], { requiresGrad: true });
  assert.throws(
    () => autograd.grad(grouped.forward(x).sum(), x, { createGraph: true }),
    /there is no second derivative of .*in Conv2d \(Conv2d\(/s,
  );
});

class Clipped extends autograd.Function {
  static forward(context: autograd.Context, x: Tensor, limit: number): Tensor {
    context.saveForBackward(x);
    context['limit'] = limit;
    return x.clamp(-limit, limit);
  }

  static backward(context: autograd.Context, gradient: Tensor): [Tensor, null] {
    const [x] = context.savedTensors as [Tensor];
    return [gradient.mul(x.abs().le(context['limit'] as number)).mul(10), null];
  }
}

class SumAndDifference extends autograd.Function {
  static forward(_context: autograd.Context, a: Tensor, b: Tensor): [Tensor, Tensor] {
    return [a.add(b), a.sub(b)];
  }

  static backward(context: autograd.Context, sum: Tensor, difference: Tensor): [Tensor | null, Tensor] {
    return [context.needsInputGrad[0] ? sum.add(difference) : null, sum.sub(difference)];
  }
}

test("an operation of a script's own has the gradient it says, also for several outputs", async () => {
  const x = tensor([-3, 0.5, 2], { requiresGrad: true });
  const y = Clipped.apply(x, 1);
  y.mul(2).sum().backward();
  assert.deepEqual([...(await y.data())], [-1, 0.5, 1]);
  assert.deepEqual([...((await x.grad?.data()) ?? [])], [0, 20, 0]);
  const b = tensor([1, 2, 3], { requiresGrad: true });
  const [sum, difference] = SumAndDifference.apply(x.detach(), b);
  sum.sum().add(difference.mul(3).sum()).backward();
  assert.deepEqual([...((await b.grad?.data()) ?? [])], [-2, -2, -2]);
  const [only] = SumAndDifference.apply(x, b);
  x.grad = null;
  only.sum().backward();
  assert.deepEqual([...((await (x.grad as Tensor | null)?.data()) ?? [])], [1, 1, 1]);
});

test('a gradient of the wrong shape names the operation', () => {
  class Wrong extends autograd.Function {
    static forward(_context: autograd.Context, x: Tensor): Tensor {
      return x.mul(2);
    }
    static backward(_context: autograd.Context, gradient: Tensor): Tensor {
      return gradient.sum();
    }
  }
  const x = rand([3], { requiresGrad: true });
  assert.throws(
    () => Wrong.apply(x).sum().backward(),
    /backward\(\) of Wrong gave a gradient \[\] for an input \[3\]/,
  );
});

test('hooks see and replace what goes into a layer and comes out of it', async () => {
  const layer = new nn.Linear(2, 2);
  const seen: string[] = [];
  let features: Tensor | undefined;
  const before = layer.registerForwardPreHook((_module, [x]) => {
    seen.push('before');
    return [(x as Tensor).mul(0)];
  });
  const after = layer.registerForwardHook((module, _inputs, output) => {
    seen.push(module.constructor.name);
    features = (output as Tensor).detach().keep();
    return (output as Tensor).add(1);
  });
  const y = new nn.Sequential(layer, new nn.ReLU()).forward(rand([1, 2]));
  assert.deepEqual(seen, ['before', 'Linear']);
  const bias = await (layer.bias as Tensor).data();
  assert.deepEqual([...((await features?.data()) ?? [])], [...bias]);
  assert.deepEqual([...(await y.data())].map((v) => v.toFixed(5)), [...bias].map((v) => Math.max(0, v + 1).toFixed(5))); // prettier-ignore
  before.remove();
  after.remove();
  layer.forward(rand([1, 2]));
  assert.equal(seen.length, 2);
});
