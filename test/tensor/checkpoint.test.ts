import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as nn from '../../src/nn/index.ts';
import * as optim from '../../src/optim/index.ts';
import { checkpoint } from '../../src/tensor/checkpoint.ts';
import { tensor } from '../../src/tensor/creation.ts';
import { manualSeed } from '../../src/tensor/random.ts';
import type { Tensor } from '../../src/tensor/tensor.ts';
import { testEngine } from '../support/device.ts';
import { fill } from '../support/fill.ts';

const engine = await testEngine();

class Deep extends nn.Module {
  readonly blocks: nn.Sequential[];
  readonly checkpointed: boolean;

  constructor(checkpointed: boolean, dropout = 0.2) {
    super();
    this.checkpointed = checkpointed;
    const block = (): nn.Sequential =>
      new nn.Sequential(
        new nn.Linear(32, 128),
        new nn.GELU(),
        new nn.Dropout(dropout),
        new nn.Linear(128, 32),
        new nn.Tanh(),
      );
    this.blocks = Array.from({ length: 4 }, block);
  }

  override forward(x: Tensor): Tensor {
    let y = x;
    for (const block of this.blocks)
      y = this.checkpointed ? checkpoint((each) => block.forward(each), y) : block.forward(y);
    return y;
  }
}

async function gradients(checkpointed: boolean, requiresGrad: boolean): Promise<ArrayLike<number>[]> {
  manualSeed(3);
  const model = new Deep(checkpointed);
  const x = tensor(fill([16, 32], 1), { shape: [16, 32], requiresGrad });
  model.forward(x).square().mean().backward();
  const all = [...model.parameters(), ...(requiresGrad ? [x] : [])];
  return Promise.all(all.map(async ({ grad }) => (grad as Tensor).data()));
}

for (const requiresGrad of [true, false])
  test(`the gradients are the same to the last bit, with dropout, the input ${requiresGrad ? 'with' : 'without'} a gradient`, async () => {
    const [plain, again] = [await gradients(false, requiresGrad), await gradients(true, requiresGrad)];
    assert.deepEqual(again, plain);
    assert.ok(plain.every((values) => Array.from(values).some((value) => value !== 0)));
  });

test('less memory is held between forward and backward, and none is left behind', () => {
  const held = (checkpointed: boolean): number => {
    const model = new Deep(checkpointed);
    const x = tensor(fill([256, 32], 1), { shape: [256, 32] });
    const before = engine.stats.liveBytes;
    const loss = model.forward(x).square().mean();
    const kept = engine.stats.liveBytes - before;
    loss.backward();
    for (const parameter of model.parameters()) parameter.grad = null;
    loss.dispose();
    return kept;
  };
  const [plain, less] = [held(false), held(true)];
  assert.ok(less < plain / 3, `${less} of ${plain} bytes`);
});

test('a steady loop with checkpoints does not grow', () => {
  const model = new Deep(true);
  const x = tensor(fill([16, 32], 1), { shape: [16, 32] });
  const optimizer = new optim.SGD(model.parameters());
  const step = (): number => {
    optimizer.zeroGrad();
    model.forward(x).square().mean().backward(); // prettier-ignore
    optimizer.step();
    return engine.stats.liveBytes;
  };
  step();
  step();
  const before = step();
  for (let i = 0; i < 5; i++) assert.equal(step(), before);
});
