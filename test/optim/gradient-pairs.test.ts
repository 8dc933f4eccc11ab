import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { noiseScale } from '../../src/analysis/gradient-noise.ts';
import { seededRandom } from '../../src/base/random.ts';
import * as nn from '../../src/nn/index.ts';
import * as optim from '../../src/optim/index.ts';
import { annotations } from '../../src/probe/annotate.ts';
import type { AnnotationListener } from '../../src/probe/annotate.ts';
import { tensor } from '../../src/tensor/creation.ts';
import { testEngine } from '../support/device.ts';

await testEngine();
after(() => {
  annotations.study = null;
  annotations.listener = null;
});

/** Hears the values a run tells, and nothing else. */
function listening(): Map<string, number[]> {
  const told = new Map<string, number[]>();
  const listener: Partial<AnnotationListener> = {
    value: (name, value) => void told.set(name, [...(told.get(name) ?? []), value]),
  };
  annotations.listener = new Proxy(listener as AnnotationListener, {
    get: (target, key: keyof AnnotationListener) => target[key] ?? (() => null),
  });
  return told;
}

test('the gradients of a linear loss are its inputs: their noise scale is the known one, and every second step updates', async () => {
  const [width, batch, pairs] = [64, 8, 60];
  const random = seededRandom(5);
  const normal = (): number => Math.sqrt(-2 * Math.log(random() || 1e-12)) * Math.cos(2 * Math.PI * random());
  const mean = Array.from({ length: width }, (_, i) => (i % 4 === 0 ? 1 : 0));
  const truth = width / mean.filter((m) => m === 1).length;
  const model = new nn.Linear(width, 1, { bias: false });
  const optimizer = new optim.Adam(model.parameters(), { lr: 1e-3 });
  const told = listening();
  annotations.study = 'gradient-noise';
  let updates = 0;
  let before = (await model.weight.toArray()).toString();
  for (let step = 0; step < 2 * pairs; step++) {
    const rows = Float32Array.from(
      { length: batch * width },
      (_, i) => (mean[i % width] as number) + normal(),
    );
    optimizer.zeroGrad();
    // The gradient of the mean output is the mean input.
    model
      .forward(tensor(rows, { shape: [batch, width] }))
      .mean()
      .backward();
    optimizer.step();
    if (step >= 8) continue;
    const now = (await model.weight.toArray()).toString();
    if (now !== before) updates++;
    before = now;
  }
  await model.weight.toArray();
  assert.equal(updates, 4);
  const [first, second, sum] = ['first', 'second', 'sum'].map((name) => told.get(`gradient noise: ${name}`)!);
  assert.equal(sum!.length, pairs);
  const scale = noiseScale(
    sum!.map((total, i) => ({ first: first![i]!, second: second![i]!, sum: total })),
    batch,
  )!;
  console.log(
    `noise scale ${scale.rows.toFixed(2)} (${scale.low.toFixed(2)} to ${scale.high.toFixed(2)}) of ${truth}`,
  );
  assert.ok(scale.low <= truth && truth <= scale.high);
  assert.ok(Math.abs(scale.rows / truth - 1) < 0.25);
});
