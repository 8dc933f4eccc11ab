import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linear } from '../../src/ops/linear.ts';
import { tensor } from '../../src/tensor/creation.ts';
import { noGrad } from '../../src/tensor/grad-mode.ts';
import { inScope } from '../../src/tensor/lifetime.ts';
import { apply1 } from '../../src/tensor/tape.ts';
import { Tensor } from '../../src/tensor/tensor.ts';
import { testEngine } from '../support/device.ts';

const engine = await testEngine();

test('the gradient of a product flows to both factors', async () => {
  const a = tensor(
    [
      [1, 2],
      [3, 4],
    ],
    { requiresGrad: true },
  );
  const b = tensor(
    [
      [5, 6],
      [7, 8],
    ],
    { requiresGrad: true },
  );
  a.mul(b).backward({
    gradient: tensor([
      [1, 1],
      [1, 2],
    ]),
  });
  assert.deepEqual(await a.grad?.toArray(), [
    [5, 6],
    [7, 16],
  ]);
  assert.deepEqual(await b.grad?.toArray(), [
    [1, 2],
    [3, 8],
  ]);
});

test('gradients of a tensor used twice add up, and so do those of two passes', async () => {
  const x = tensor([3], { requiresGrad: true });
  x.mul(x).add(x).backward();
  assert.deepEqual(await x.grad?.toArray(), [7]);
  x.mul(2).backward();
  assert.deepEqual(await x.grad?.toArray(), [9]);
});

test('a second pass through the same graph is refused unless the first retained it', () => {
  const x = tensor([3], { requiresGrad: true });
  const y = x.exp();
  y.backward();
  assert.throws(() => y.backward(), /reached exp a second time.*retainGraph: true/s);
  const z = x.exp();
  z.backward({ retainGraph: true });
  z.backward();
});

test('backward from several elements needs a gradient', () => {
  const x = tensor([1, 2], { requiresGrad: true });
  assert.throws(() => x.mul(2).backward(), /needs a tensor of one element, and this one has shape \[2\]/);
  assert.throws(() => x.mul(2).backward({ gradient: tensor([1]) }), /shape \[1\], the tensor \[2\]/);
});

test('backward without anything to differentiate says so', () => {
  assert.throws(() => tensor([1]).mul(2).backward(), /does not require a gradient/);
  const x = tensor([1], { requiresGrad: true });
  assert.throws(() => noGrad(() => x.mul(2)).backward(), /noGrad/);
});

test('a mistake in shapes names the shapes and the line of the script', () => {
  assert.throws(
    () => tensor([1, 2, 3]).add(tensor([1, 2])),
    (error: Error) =>
      /add: .*\[3\] and \[2\]/.test(error.message) && /tape\.test\.ts:\d+:\d+/.test(error.message),
  );
});

test('a released tensor cannot be used, and the message says what to do', () => {
  const x = tensor([1]);
  x.dispose();
  assert.throws(() => x.add(1), /tensor \[1\] made by tensor was released by dispose\(\); call \.keep\(\)/);
});

test('memory of a graph is given back by the backward pass, and by the end of an unused graph', () => {
  const x = tensor(new Float32Array(4096), { shape: [64, 64], requiresGrad: true });
  const w = tensor(new Float32Array(4096), { shape: [64, 64], requiresGrad: true });
  const forward = (): Tensor =>
    inScope(
      'at the end of the test',
      () => new Tensor(apply1(linear, [x.value, w.value], {})).relu().exp().mul(2),
      (y) => [y.value],
    );
  const before = engine.stats.liveBytes;
  const unused = forward();
  assert.ok(engine.stats.liveBytes >= before + 3 * 16384, 'relu and exp save their outputs');
  unused.dispose();
  assert.equal(engine.stats.liveBytes, before);
  const used = forward();
  used.backward({ gradient: x });
  used.dispose();
  assert.equal(engine.stats.liveBytes, before + 2 * 16384, 'only the two gradients are left');
});
