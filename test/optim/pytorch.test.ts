/** Optimizers and schedules against PyTorch's (test/golden/pytorch/optimizers.py). */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Parameter } from '../../src/nn/index.ts';
import * as optim from '../../src/optim/index.ts';
import { tensor } from '../../src/tensor/creation.ts';
import { assertClose } from '../support/close.ts';
import { testEngine } from '../support/device.ts';
import { fill } from '../support/fill.ts';

await testEngine();
const golden = JSON.parse(readFileSync('test/golden/pytorch/optimizers.json', 'utf8')) as {
  readonly optimizers: Readonly<Record<string, readonly (readonly number[])[]>>;
  readonly schedules: Readonly<Record<string, readonly number[]>>;
};

const SHAPES = [[3, 5], [7], [2, 2, 2]] as const;

const OPTIMIZERS: Readonly<Record<string, (p: Parameter[]) => { step(): void; zeroGrad(): void }>> = {
  SGD: (p) => new optim.SGD(p, { lr: 0.1 }),
  'SGD with momentum': (p) => new optim.SGD(p, { lr: 0.1, momentum: 0.9 }),
  'SGD with everything': (p) => new optim.SGD(p, { lr: 0.05, momentum: 0.8, dampening: 0.2, weightDecay: 0.01 }),
  'SGD with Nesterov': (p) => new optim.SGD(p, { lr: 0.1, momentum: 0.9, nesterov: true, weightDecay: 0.01 }),
  Adam: (p) => new optim.Adam(p, { lr: 0.01 }),
  'Adam with decay': (p) => new optim.Adam(p, { lr: 0.02, betas: [0.8, 0.95], eps: 1e-6, weightDecay: 0.1 }),
  AdamW: (p) => new optim.AdamW(p, { lr: 0.01 }),
  'AdamW with decay': (p) => new optim.AdamW(p, { lr: 0.02, betas: [0.9, 0.95], weightDecay: 0.3 }),
  RMSprop: (p) => new optim.RMSprop(p, { lr: 0.01 }),
  'RMSprop with momentum': (p) => new optim.RMSprop(p, { lr: 0.005, alpha: 0.9, momentum: 0.8, weightDecay: 0.01 }),
};

const parameters = (): Parameter[] => SHAPES.map((shape, i) => new Parameter(tensor(fill(shape, 10 + i), { shape })));
const gradient = (step: number, i: number): Float32Array => fill(SHAPES[i] as readonly number[], 1000 + 10 * step + i);

for (const [name, build] of Object.entries(OPTIMIZERS)) {
  const wanted = golden.optimizers[name] as readonly (readonly number[])[];

  test(`${name} takes PyTorch's steps, all parameters at once`, async () => {
    const params = parameters();
    const optimizer = build(params);
    for (let step = 0; step < 10; step++) {
      optimizer.zeroGrad();
      // The gradient of sum(p * g) is g.
      const terms = params.map((p, i) => p.mul(tensor(gradient(step, i), { shape: p.shape })).sum());
      terms.reduce((sum, term) => sum.add(term)).backward();
      optimizer.step();
    }
    for (const [i, p] of params.entries()) assertClose(await p.data(), wanted[i] as readonly number[], 2e-6, `parameter ${i}`);
  });

  test(`${name} takes PyTorch's steps, one parameter at a time`, async () => {
    const params = parameters();
    const optimizer = build(params);
    for (let step = 0; step < 10; step++) {
      for (const [i, p] of params.entries()) p.grad = tensor(gradient(step, i), { shape: p.shape });
      optimizer.step();
    }
    for (const [i, p] of params.entries()) assertClose(await p.data(), wanted[i] as readonly number[], 2e-6, `parameter ${i}`);
  });
}

const SCHEDULES: Readonly<Record<string, (o: optim.SGD) => optim.LRScheduler>> = {
  StepLR: (o) => new optim.StepLR(o, { stepSize: 4, gamma: 0.5 }),
  MultiStepLR: (o) => new optim.MultiStepLR(o, { milestones: [3, 9], gamma: 0.1 }),
  ExponentialLR: (o) => new optim.ExponentialLR(o, { gamma: 0.9 }),
  LinearLR: (o) => new optim.LinearLR(o, { startFactor: 0.25, totalIters: 6 }),
  CosineAnnealingLR: (o) => new optim.CosineAnnealingLR(o, { tMax: 20, etaMin: 0.001 }),
  OneCycleLR: (o) => new optim.OneCycleLR(o, { maxLr: 0.5, totalSteps: 20 }),
  LambdaLR: (o) => new optim.LambdaLR(o, (epoch) => 1 / (1 + epoch)),
};

for (const [name, build] of Object.entries(SCHEDULES))
  test(`${name} sets PyTorch's rates`, () => {
    const optimizer = new optim.SGD(parameters(), { lr: 0.1 });
    const schedule = build(optimizer);
    const rates = schedule.getLastLr();
    for (let i = 0; i < 19; i++) {
      schedule.step();
      rates.push(...schedule.getLastLr());
    }
    assertClose(rates, golden.schedules[name] as readonly number[], 1e-9, 'rates');
  });

test('a parameter without a gradient is left alone, and its count of steps too', async () => {
  const [a, b] = parameters() as [Parameter, Parameter];
  const optimizer = new optim.Adam([a, b], { lr: 0.1 });
  const before = await b.data();
  a.sum().backward();
  optimizer.step();
  assert.deepEqual(await b.data(), before);
  optimizer.zeroGrad();
  a.sum().add(b.sum()).backward();
  optimizer.step();
  // Adam's first step has the size of the learning rate, whatever the gradient.
  assertClose(await b.data(), before.map((value) => value - 0.1), 1e-5, 'b'); // prettier-ignore
  const state = await optimizer.stateDict();
  assert.deepEqual([state['0.step']?.data[0], state['1.step']?.data[0]], [2, 1]);
});

test('gradients of several backward passes add up, in place', async () => {
  const [a] = parameters() as [Parameter];
  const optimizer = new optim.SGD([a], { lr: 1 });
  const before = await a.data();
  a.sum().backward();
  a.mul(2).sum().backward();
  assertClose((await a.grad?.data()) ?? [], before.map(() => 3), 1e-6, 'gradient'); // prettier-ignore
  optimizer.step();
  assertClose(await a.data(), before.map((value) => value - 3), 1e-6, 'value'); // prettier-ignore
});

test('groups have options of their own', async () => {
  const [a, b] = parameters() as [Parameter, Parameter];
  const optimizer = new optim.SGD([{ params: [a] }, { params: [b], lr: 0 }], { lr: 0.5 });
  const [beforeA, beforeB] = [await a.data(), await b.data()];
  a.sum().add(b.sum()).backward();
  optimizer.step();
  assertClose(await a.data(), beforeA.map((value) => value - 0.5), 1e-6, 'a'); // prettier-ignore
  assert.deepEqual(await b.data(), beforeB);
});

test('an optimizer goes on from a saved state as if it had not stopped', async () => {
  const run = async (split: boolean): Promise<Float32Array> => {
    const [p] = parameters() as [Parameter];
    let optimizer = new optim.AdamW([p], { lr: 0.05 });
    for (let step = 0; step < 6; step++) {
      if (split && step === 3) {
        const state = await optimizer.stateDict();
        optimizer = new optim.AdamW([p], { lr: 0.05 });
        optimizer.loadStateDict(state);
      }
      optimizer.zeroGrad();
      p.mul(tensor(gradient(step, 0), { shape: p.shape })).sum().backward(); // prettier-ignore
      optimizer.step();
    }
    return (await p.data()) as Float32Array;
  };
  assertClose(await run(true), await run(false), 1e-7, 'parameters');
});

test('mistakes are named', () => {
  const [a] = parameters() as [Parameter];
  assert.throws(() => new optim.SGD([]), /no parameters/);
  assert.throws(() => new optim.SGD([{ params: [a] }, { params: [a] }]), /in two groups/);
  assert.throws(() => new optim.SGD([a], { lr: -1 }), /learning rate must be/);
  assert.throws(() => new optim.SGD([a], { nesterov: true }), /Nesterov/);
});
