import assert from 'node:assert/strict';
import { test } from 'node:test';
import { annotations, type AnnotationListener, type StepNote } from '../../src/probe/annotate.ts';
import { DataLoader, mnist, SampleDataset, TensorDataset } from '../../src/data/index.ts';
import * as nn from '../../src/nn/index.ts';
import * as optim from '../../src/optim/index.ts';
import { arange, tensor } from '../../src/tensor/creation.ts';
import { noGrad } from '../../src/tensor/grad-mode.ts';
import type { Tensor } from '../../src/tensor/tensor.ts';
import { testEngine } from '../support/device.ts';

const engine = await testEngine();

/** Rows 0 .. n-1 whose first column is the row number. */
const numbered = (n: number): TensorDataset<[Tensor, Tensor]> =>
  new TensorDataset([
    arange(2 * n)
      .float()
      .reshape(n, 2),
    tensor(Int32Array.from({ length: n }, (_, i) => i)),
  ]);

async function epoch(loader: DataLoader<[Tensor, Tensor]>): Promise<number[][]> {
  const batches: number[][] = [];
  for await (const [x, y] of loader) {
    const [rows, labels] = [await x.data(), await y.data()];
    assert.deepEqual([...rows], [...labels].flatMap((row) => [2 * row, 2 * row + 1])); // prettier-ignore
    batches.push([...labels]);
  }
  return batches;
}

test('without shuffling the rows come in order, the last batch smaller', async () => {
  const loader = new DataLoader(numbered(7), { batchSize: 3 });
  assert.equal(loader.length, 3);
  assert.deepEqual(await epoch(loader), [[0, 1, 2], [3, 4, 5], [6]]);
});

test('dropLast leaves out a batch that is not full', async () => {
  const loader = new DataLoader(numbered(7), { batchSize: 3, dropLast: true });
  assert.equal(loader.length, 2);
  assert.deepEqual(await epoch(loader), [
    [0, 1, 2],
    [3, 4, 5],
  ]);
});

test('shuffling gives every row once, another order each epoch, the same orders for the same seed', async () => {
  const make = (seed: number): DataLoader<[Tensor, Tensor]> =>
    new DataLoader(numbered(50), { batchSize: 16, shuffle: true, seed });
  const loader = make(3);
  const [first, second] = [(await epoch(loader)).flat(), (await epoch(loader)).flat()];
  const all = Array.from({ length: 50 }, (_, i) => i);
  assert.deepEqual(first.toSorted((a, b) => a - b), all); // prettier-ignore
  assert.notDeepEqual(first, second);
  assert.notDeepEqual(first, all);
  const again = make(3);
  assert.deepEqual((await epoch(again)).flat(), first);
  assert.deepEqual((await epoch(again)).flat(), second);
  assert.notDeepEqual((await epoch(make(4))).flat(), first);
});

test('bytes of any row length are gathered as they are', async () => {
  const bytes = Uint8Array.from({ length: 15 }, (_, i) => 10 * i);
  const loader = new DataLoader(new TensorDataset([tensor(bytes, { shape: [5, 3] })]), { batchSize: 2 });
  const rows: number[][] = [];
  for await (const [x] of loader) {
    assert.equal(x.dtype, 'u8');
    rows.push([...(await x.data())]);
  }
  assert.deepEqual(rows, [
    [0, 10, 20, 30, 40, 50],
    [60, 70, 80, 90, 100, 110],
    [120, 130, 140],
  ]);
});

test('samples made one by one are put together, ahead of their use', async () => {
  class Squares extends SampleDataset<[number, Float32Array]> {
    readonly length = 5;
    readonly asked: number[] = [];
    override get(index: number): [number, Float32Array] {
      this.asked.push(index);
      return [index, Float32Array.of(index * index, 1)];
    }
  }
  const squares = new Squares();
  const seen: number[][] = [];
  for await (const [n, pair] of new DataLoader(squares, { batchSize: 2, prefetch: 2 })) {
    if (seen.length === 0)
      assert.ok(squares.asked.length >= 4, 'the second batch was asked for with the first');
    seen.push([...(await (n as Tensor).data())], [...(await (pair as Tensor).data())]);
  }
  assert.deepEqual(seen, [[0, 1], [0, 1, 1, 1], [2, 3], [4, 1, 9, 1], [4], [16, 1]]);
});

test('a failing sample fails the loop, and a plain loop says that it cannot wait', async () => {
  class Broken extends SampleDataset<[number]> {
    readonly length = 4;
    override get(index: number): [number] {
      if (index === 2) throw new Error('no sample 2');
      return [index];
    }
  }
  const run = async (): Promise<void> => {
    for await (const [x] of new DataLoader(new Broken(), { batchSize: 1 })) await x?.data();
  };
  await assert.rejects(run(), /no sample 2/);
  assert.throws(() => [...new DataLoader(new Broken())], /for await/);
});

test('options and datasets that cannot be are refused', () => {
  assert.throws(
    () => new DataLoader(numbered(2), { batchSize: 0 }),
    /batchSize must be a whole number of at least 1, not 0/,
  );
  assert.throws(
    () => new TensorDataset([arange(3), arange(4)]),
    /same first dimension; they have shapes \[3\], \[4\]/,
  );
});

test('the digits come as images between 0 and 1 and their classes', async () => {
  const { train, test: held } = await mnist();
  assert.deepEqual([train.length, held.length], [9000, 1000]);
  for (const [images, labels] of new DataLoader(held, { batchSize: 8 })) {
    assert.deepEqual(
      [images.shape, images.dtype, labels.shape, labels.dtype],
      [[8, 1, 28, 28], 'f32', [8], 'i32'],
    );
    const pixels = await images.data();
    assert.ok(pixels.every((value) => value >= 0 && value <= 1) && pixels.some((value) => value > 0.9));
    break;
  }
});

/** Notes the steps that the library tells. */
function listenToSteps(): {
  readonly steps: [event: string, info: StepNote][];
  readonly losses: [name: string, value: number, step: number | undefined][];
  stop(): void;
} {
  const steps: [string, StepNote][] = [];
  const losses: [string, number, number | undefined][] = [];
  const nothing = (): void => {};
  const listener: AnnotationListener = {
    step: (event, info) => steps.push([event, info]),
    phase: nothing,
    range: nothing,
    layer: nothing,
    mark: nothing,
    value: (name, value, step) => losses.push([name, value, step]),
    buffer: nothing,
    allocated: () => 0,
    released: nothing,
    here: () => null,
    record: nothing,
  };
  annotations.listener = listener;
  return {
    steps,
    losses,
    stop: () => {
      annotations.listener = null;
    },
  };
}

test('each optimizer step ends a step with the samples of its batches, and evaluation is no step', async () => {
  const model = new nn.Linear(2, 1);
  const optimizer = new optim.SGD(model.parameters(), { lr: 1e-6 });
  const loader = new DataLoader(numbered(7), { batchSize: 3 });
  const listening = listenToSteps();
  for (let pass = 0; pass < 2; pass++)
    for await (const [x] of loader) {
      optimizer.zeroGrad();
      model.forward(x).square().mean().backward(); // prettier-ignore
      optimizer.step();
    }
  for await (const [x] of new DataLoader(numbered(4), { batchSize: 2 })) noGrad(() => model.forward(x));
  listening.stop();
  const ends = listening.steps.filter(([event]) => event === 'end').map(([, info]) => info);
  assert.deepEqual(ends.map(({ samples }) => samples), [3, 3, 1, 3, 3, 1]); // prettier-ignore
  assert.deepEqual(listening.steps.map(([event]) => event), ends.flatMap(() => ['begin', 'end'])); // prettier-ignore
  const first = ends[0]?.index ?? NaN;
  assert.deepEqual(ends.map(({ index }) => index), ends.map((_, i) => first + i)); // prettier-ignore
});

test('a loss that is read late is told with the step it is of', async () => {
  const model = new nn.Linear(2, 1);
  const optimizer = new optim.SGD(model.parameters(), { lr: 1e-6 });
  const listening = listenToSteps();
  const pending: Promise<number>[] = [];
  for (const [x] of new DataLoader(numbered(4), { batchSize: 2 })) {
    optimizer.zeroGrad();
    const loss = model.forward(x).square().mean();
    loss.backward();
    optimizer.step();
    pending.push(loss.item());
  }
  const values = await Promise.all(pending);
  listening.stop();
  const steps = listening.steps.filter(([event]) => event === 'end').map(([, { index }]) => index);
  assert.deepEqual(listening.losses, values.map((value, i) => ['loss', value, steps[i]])); // prettier-ignore
});

test('memory stays flat over training and evaluation', async () => {
  const model = new nn.Sequential(new nn.Linear(2, 64), new nn.ReLU(), new nn.Linear(64, 1));
  const optimizer = new optim.Adam(model.parameters());
  const loader = new DataLoader(numbered(64), { batchSize: 8, shuffle: true, seed: 1 });
  const held = new DataLoader(numbered(64), { batchSize: 16 });
  const pass = async (): Promise<number> => {
    for await (const [x] of loader) {
      optimizer.zeroGrad();
      const loss = model.forward(x).square().mean();
      loss.backward();
      optimizer.step();
    }
    for await (const [x] of held) await noGrad(() => model.forward(x)).sum().item(); // prettier-ignore
    return engine.stats.liveBytes;
  };
  await pass();
  const before = await pass();
  const buffers = engine.stats.buffersCreated;
  // Less is no growth: the garbage collector may meanwhile give back what earlier tests forgot.
  for (let i = 0; i < 4; i++) {
    const live = await pass();
    assert.ok(live <= before, `${live} bytes after ${before}`);
  }
  assert.equal(engine.stats.buffersCreated, buffers);
});
