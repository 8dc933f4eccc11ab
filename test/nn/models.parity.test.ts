/** Whole models: from the same weights, on the same batches, the loss of every one of 100 steps is PyTorch's. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Module } from '../../src/nn/index.ts';
import * as nn from '../../src/nn/index.ts';
import * as optim from '../../src/optim/index.ts';
import type { Tensor } from '../../src/tensor/tensor.ts';
import { testEngine } from '../support/device.ts';
import { goldens, numbersOf, tensorOf, type Drawn } from '../support/golden.ts';
import { Cnn, Gpt, Lstm, Mlp } from '../support/parity-models.ts';

interface ModelCase {
  readonly title: string;
  readonly state: Readonly<Record<string, Drawn>>;
  readonly batches: readonly (readonly [x: Drawn, y: Drawn])[];
  /** The losses of PyTorch in each precision. */
  readonly float32: readonly number[];
  readonly float64: readonly number[];
}

interface Setting {
  readonly model: () => Module & { forward(x: Tensor): Tensor };
  readonly optimizer: (model: Module) => { zeroGrad(): void; step(): void };
  readonly clip?: number;
}

const SETTINGS: Readonly<Record<string, Setting>> = {
  mlp: { model: () => new Mlp(), optimizer: (model) => new optim.Adam(model.parameters(), { lr: 3e-3 }) },
  cnn: {
    model: () => new Cnn(),
    optimizer: (model) => new optim.SGD(model.parameters(), { lr: 0.01, momentum: 0.9, weightDecay: 1e-3 }),
  },
  gpt: {
    model: () => new Gpt(),
    optimizer: (model) => new optim.AdamW(model.parameters(), { lr: 5e-4, weightDecay: 0.1 }),
    clip: 1,
  },
  lstm: { model: () => new Lstm(), optimizer: (model) => new optim.Adam(model.parameters(), { lr: 5e-3 }) },
};

/** Relative difference allowed in each of the losses. */
const TOLERANCE = 1e-4;

await testEngine();

describe("100 steps of training follow PyTorch's loss curve", () => {
  for (const golden of goldens<ModelCase>('models'))
    it(golden.title, async (t) => {
      const losses = await train(golden);
      const apart = losses.map((loss, i) => Math.abs(loss / (golden.float32[i] as number) - 1));
      const worst = apart.indexOf(Math.max(...apart));
      t.diagnostic(
        `${golden.title}: ${losses[0]?.toFixed(4)} to ${losses.at(-1)?.toFixed(4)}, within ${apart[worst]?.toExponential(1)} of PyTorch`,
      );
      assert.equal(losses.length, golden.float32.length);
      assert.ok(
        (apart[worst] ?? 1) <= TOLERANCE,
        `step ${worst + 1}: loss ${losses[worst]}, PyTorch has ${golden.float32[worst]}`,
      );
    });
});

async function train(golden: ModelCase): Promise<number[]> {
  const setting = SETTINGS[golden.title] as Setting;
  const model = setting.model();
  const state = Object.entries(golden.state).map(
    ([name, drawn]) => [name, { shape: drawn.shape, data: numbersOf(drawn) }] as const,
  );
  model.loadStateDict(Object.fromEntries(state), { strict: false });
  for (const [name] of model.namedParameters()) assert.ok(name in golden.state, `${name} has a given value`);
  const batches = golden.batches.map(([x, y]) => [tensorOf(x).keep(), tensorOf(y).keep()] as const);
  const optimizer = setting.optimizer(model);
  const criterion = new nn.CrossEntropyLoss();
  const losses: Promise<number>[] = [];
  for (let step = 0; step < golden.float32.length; step++) {
    const [x, y] = batches[step % batches.length] as (typeof batches)[number];
    optimizer.zeroGrad();
    const loss = criterion.forward(model.forward(x), y);
    loss.backward();
    if (setting.clip) nn.utils.clipGradNorm_(model.parameters(), setting.clip);
    optimizer.step();
    losses.push(loss.item());
  }
  return Promise.all(losses);
}
