/** The same seed gives the same training, and a training goes on from files as if it had not stopped. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { load, save } from '../../src/api/files.ts';
import { DataLoader, TensorDataset } from '../../src/data/index.ts';
import * as nn from '../../src/nn/index.ts';
import * as optim from '../../src/optim/index.ts';
import { manualSeed } from '../../src/tensor/random.ts';
import { rand, randint, randn } from '../../src/tensor/random-creation.ts';
import type { Tensor } from '../../src/tensor/tensor.ts';
import { testEngine } from '../support/device.ts';

await testEngine();

async function lossesOf(seed: number): Promise<number[]> {
  manualSeed(seed);
  const model = new nn.Sequential(
    new nn.Linear(6, 33), new nn.BatchNorm1d(33), new nn.GELU(), new nn.Dropout(0.3), new nn.Linear(33, 4),
  ); // prettier-ignore
  const optimizer = new optim.AdamW(model.parameters(), { lr: 0.01 });
  const criterion = new nn.CrossEntropyLoss();
  const rows = new TensorDataset([randn([50, 6]), randint(0, 4, [50])]);
  const losses: Promise<number>[] = [];
  for (let epoch = 0; epoch < 2; epoch++)
    for await (const [x, y] of new DataLoader(rows, { batchSize: 8, shuffle: true })) {
      optimizer.zeroGrad();
      const loss = criterion.forward(model.forward(x), y);
      loss.backward();
      optimizer.step();
      losses.push(loss.item());
    }
  return Promise.all(losses);
}

test('equal seeds give equal losses to the last bit, others do not', async () => {
  const first = await lossesOf(5);
  assert.equal(first.length, 14);
  assert.deepEqual(await lossesOf(5), first);
  assert.notDeepEqual(await lossesOf(6), first);
});

interface Parts {
  readonly model: nn.Module & { forward(x: Tensor): Tensor };
  readonly optimizer: optim.AdamW;
  readonly schedule: optim.OneCycleLR;
}

test('a training goes on from its files to the last bit', async (t) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'kernelscope-states-'));
  t.after(() => rm(folder, { recursive: true }));
  manualSeed(1);
  const x = rand([16, 5]).keep();
  const make = (): Parts => {
    const model = new nn.Sequential(new nn.Linear(5, 9), new nn.BatchNorm1d(9), new nn.Tanh(), new nn.Linear(9, 1));
    const optimizer = new optim.AdamW(model.parameters(), { lr: 0.1 });
    return { model, optimizer, schedule: new optim.OneCycleLR(optimizer, { maxLr: 0.1, totalSteps: 10 }) };
  };
  const train = async ({ model, optimizer, schedule }: Parts, steps: number): Promise<number[]> => {
    const losses: Promise<number>[] = [];
    for (let step = 0; step < steps; step++) {
      optimizer.zeroGrad();
      const loss = model.forward(x).square().mean();
      loss.backward();
      optimizer.step();
      schedule.step();
      losses.push(loss.item());
    }
    return Promise.all(losses);
  };
  const file = (name: string): string => path.join(folder, name);
  const before = make();
  await train(before, 4);
  await save(await before.model.stateDict(), file('model.safetensors'));
  await save(await before.optimizer.stateDict(), file('optimizer.safetensors'));
  await writeFile(file('schedule.json'), JSON.stringify(before.schedule.stateDict()));
  const wanted = await train(before, 4);
  const after = make();
  after.model.loadStateDict(await load(file('model.safetensors')));
  after.optimizer.loadStateDict(await load(file('optimizer.safetensors')));
  after.schedule.loadStateDict(JSON.parse(await readFile(file('schedule.json'), 'utf8')) as optim.ScheduleState);
  assert.deepEqual(await train(after, 4), wanted);
}); // prettier-ignore
