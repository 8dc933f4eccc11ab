/** Out of memory: what is told, and that nothing is left broken. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openEngine } from '../../src/gpu/engine.ts';
import { OutOfMemoryError } from '../../src/gpu/failure.ts';
import * as nn from '../../src/nn/index.ts';
import * as optim from '../../src/optim/index.ts';
import { useEngine } from '../../src/tensor/engine.ts';
import { noGrad } from '../../src/tensor/grad-mode.ts';
import { rand } from '../../src/tensor/random-creation.ts';

const engine = await openEngine();
useEngine(engine);

class Net extends nn.Module {
  wide = new nn.Linear(64, 1024);
  narrow = new nn.Linear(1024, 8);
  override forward(x: ReturnType<typeof rand>): ReturnType<typeof rand> {
    return this.narrow.forward(this.wide.forward(x).relu());
  }
}

test('a batch too large names the layer, what it wanted and what would fit; a smaller one then trains', async () => {
  const model = new Net();
  const optimizer = new optim.Adam(model.parameters());
  const step = (rows: number): void => {
    optimizer.zeroGrad();
    model.forward(rand([rows, 64])).square().mean().backward();
    optimizer.step();
  };
  step(4);
  await engine.idle();
  engine.trim();
  engine.limitMemory(engine.stats.reservedBytes + (8 << 20));
  const before = await model.wide.weight.data();
  const live = engine.stats.liveBytes;
  let fit = 0;
  assert.throws(
    () => step(4096),
    (error: OutOfMemoryError) => {
      assert.ok(error instanceof OutOfMemoryError);
      assert.match(error.message, /layer wide wanted 16\.8 MB \(activation\).*with (\d+) instead of 4096 rows all up to here would fit/);
      fit = error.rowsThatFit ?? 0;
      return true;
    },
  );
  assert.ok(fit > 500 && fit < 4096, String(fit));
  assert.deepEqual(await model.wide.weight.data(), before);
  assert.ok(engine.stats.liveBytes <= live + 4096 * 64 * 4, 'what the failed step took is given back');
  noGrad(() => model.forward(rand([Math.floor(fit / 4), 64])));
  for (let i = 0; i < 3; i++) step(256);
  assert.notDeepEqual(await model.wide.weight.data(), before);
}); // prettier-ignore

test('an operation that fails halfway gives back what it had taken', () => {
  const logits = rand([512, 1000], { requiresGrad: true });
  const live = engine.stats.liveBytes;
  engine.trim();
  engine.limitMemory(engine.stats.reservedBytes + (1 << 20));
  assert.throws(() => logits.softmax(1).add(logits), /out of GPU memory/);
  assert.throws(() => logits.std(1), /out of GPU memory/);
  assert.equal(engine.stats.liveBytes - live < 1 << 20, true);
  engine.limitMemory(Infinity);
  logits.softmax(1).sum().backward();
});
