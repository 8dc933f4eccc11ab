/** Mixed precision: close to f32, in less memory, and trained with loss scaling. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as nn from '../../src/nn/index.ts';
import * as optim from '../../src/optim/index.ts';
import { inAutocast } from '../../src/tensor/autocast.ts';
import { tensor } from '../../src/tensor/creation.ts';
import { manualSeed } from '../../src/tensor/random.ts';
import type { Tensor } from '../../src/tensor/tensor.ts';
import { assertClose } from '../support/close.ts';
import { testEngine } from '../support/device.ts';
import { fill, whole } from '../support/fill.ts';

const engine = await testEngine();
const skip = engine.facts.hasF16 ? false : 'this adapter has no shader-f16';

class Net extends nn.Module {
  embed = new nn.Linear(4, 8);
  norm = new nn.LayerNorm(8);
  attention = new nn.MultiheadAttention(8, 2, { batchFirst: true });
  fc = new nn.Linear(8 * 4, 32);
  head = new nn.Linear(32, 5);
  override forward(x: Tensor): Tensor {
    const h = this.norm.forward(this.embed.forward(x)).relu();
    const [mixed] = this.attention.forward(h, h, h, { needWeights: false });
    return this.head.forward(this.fc.forward(h.add(mixed).flatten(1)).gelu());
  }
}

const rows = (): Tensor => tensor(fill([12, 4, 4], 1), { shape: [12, 4, 4] });
const labels = (): Tensor => tensor(whole([12], 2, 5));

async function gradients(
  mixed: boolean,
): Promise<{ loss: number; gradients: Map<string, ArrayLike<number>> }> {
  manualSeed(1);
  const model = new Net();
  const run = (): Tensor => new nn.CrossEntropyLoss().forward(model.forward(rows()), labels());
  const loss = mixed ? inAutocast(run) : run();
  assert.equal(loss.dtype, 'f32');
  loss.backward();
  const all = model.namedParameters().map(async ([name, { grad }]) => {
    assert.equal(grad?.dtype, 'f32', name);
    return [name, await (grad as Tensor).data()] as const;
  });
  return { loss: await loss.item(), gradients: new Map(await Promise.all(all)) };
}

test('loss and gradients are those of f32 within the precision of f16', { skip }, async () => {
  const [exact, mixed] = [await gradients(false), await gradients(true)];
  assert.notEqual(mixed.loss, exact.loss, 'it did compute in f16');
  assertClose([mixed.loss], [exact.loss], 2e-3, 'loss');
  for (const [name, wanted] of exact.gradients)
    // The gradient of the keys' bias is zero but for rounding.
    if (name !== 'attention.in_proj_bias') assertClose(mixed.gradients.get(name) ?? [], wanted, 3e-2, name);
});

test(
  'training with loss scaling learns, skips steps that overflow, and finds its scale',
  { skip },
  async () => {
    manualSeed(1);
    const model = new Net();
    const criterion = new nn.CrossEntropyLoss();
    const optimizer = new optim.Adam(model.parameters(), { lr: 5e-3 });
    const scaler = new optim.GradScaler({ initScale: 2 ** 40, growthInterval: 1000, backoffFactor: 2 ** -4 });
    const before = await model.head.weight.data();
    let skipped = 0;
    let loss = NaN;
    for (let step = 0; step < 40; step++) {
      optimizer.zeroGrad();
      const scored = inAutocast(() => criterion.forward(model.forward(rows()), labels()));
      scaler.scale(scored).backward();
      if (!(await scaler.step(optimizer))) {
        skipped++;
        assert.deepEqual(await model.head.weight.data(), before, 'a step that overflowed changes nothing');
      }
      loss = await scored.item();
    }
    assert.ok(skipped >= 3 && skipped < 12, `${skipped} steps skipped`);
    assert.ok(scaler.getScale() < 2 ** 30, `scale ${scaler.getScale()}`);
    assert.ok(loss < 0.1, `loss ${loss}`);
  },
);

test('a weight used twice is cast once, and nothing is left behind', { skip }, () => {
  const layer = new nn.Linear(64, 64, { bias: false });
  const x = tensor(fill([64, 64], 1), { shape: [64, 64] });
  const before = engine.stats;
  const output = inAutocast(() => layer.forward(layer.forward(x)));
  assert.equal(output.dtype, 'f16');
  assert.equal(engine.stats.dispatches - before.dispatches, 4, 'two casts and two products');
  output.sum().backward();
});
