/** What an optimizer does apart from its formula, which the parity tests hold to PyTorch's. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Parameter } from '../../src/nn/index.ts';
import * as optim from '../../src/optim/index.ts';
import { tensor } from '../../src/tensor/creation.ts';
import { assertClose } from '../support/close.ts';
import { testEngine } from '../support/device.ts';
import { fill } from '../support/fill.ts';

await testEngine();

const SHAPES = [[3, 5], [7], [2, 2, 2]] as const;

const parameters = (): Parameter[] =>
  SHAPES.map((shape, i) => new Parameter(tensor(fill(shape, 10 + i), { shape })));
const gradient = (step: number, i: number): Float32Array =>
  fill(SHAPES[i] as readonly number[], 1000 + 10 * step + i);

test('all parameters at once and one at a time come to the same', async () => {
  const run = async (together: boolean): Promise<ArrayLike<number>[]> => {
    const params = parameters();
    const optimizer = new optim.AdamW(params, { lr: 0.02 });
    for (let step = 0; step < 5; step++) {
      optimizer.zeroGrad();
      const active = together ? params : params.slice(0, 2);
      // The gradient of sum(p * g) is g.
      const terms = active.map((p, i) => p.mul(tensor(gradient(step, i), { shape: p.shape })).sum());
      terms.reduce((sum, term) => sum.add(term)).backward();
      optimizer.step();
    }
    return Promise.all(params.slice(0, 2).map((p) => p.data()));
  };
  const [all, some] = [await run(true), await run(false)];
  for (const [i, values] of all.entries()) assert.deepEqual(some[i], values);
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

test('a schedule goes on from its saved state, with the rate and what it chose', () => {
  const start = (): optim.SGD => new optim.SGD(parameters(), { lr: 0.1, momentum: 0.9 });
  for (const make of [
    (optimizer: optim.SGD) => new optim.OneCycleLR(optimizer, { maxLr: 1, totalSteps: 10 }),
    (optimizer: optim.SGD) => new optim.StepLR(optimizer, { stepSize: 2 }),
    (optimizer: optim.SGD) =>
      new optim.SequentialLR(optimizer, [new optim.LinearLR(optimizer), new optim.ExponentialLR(optimizer, { gamma: 0.5 })], { milestones: [3] }),
  ]) {
    const [whole, first, second] = [start(), start(), start()];
    const [a, b, c] = [make(whole), make(first), make(second)];
    for (let i = 0; i < 8; i++) a.step();
    for (let i = 0; i < 4; i++) b.step();
    c.loadStateDict(JSON.parse(JSON.stringify(b.stateDict())) as optim.ScheduleState);
    for (let i = 0; i < 4; i++) c.step();
    assert.deepEqual(second.paramGroups[0]?.lr, whole.paramGroups[0]?.lr);
    assert.deepEqual(second.paramGroups[0]?.momentum, whole.paramGroups[0]?.momentum);
  }
}); // prettier-ignore

test('mistakes are named', () => {
  const [a] = parameters() as [Parameter];
  assert.throws(() => new optim.SGD([]), /no parameters/);
  assert.throws(() => new optim.SGD([{ params: [a] }, { params: [a] }]), /in two groups/);
  assert.throws(() => new optim.SGD([a], { lr: -1 }), /learning rate must be/);
  assert.throws(() => new optim.SGD([a], { nesterov: true }), /Nesterov/);
  const plain = new optim.SGD([a]);
  assert.throws(
    () => new optim.OneCycleLR(plain, { maxLr: 1, totalSteps: 9 }),
    /made without one: give it one, or pass \{ cycleMomentum: false \}/,
  );
  assert.throws(
    () => new optim.SequentialLR(plain, [new optim.ConstantLR(plain)], { milestones: [3] }),
    /1 schedules need 0 milestones, not 1/,
  );
});

for (const [name, make] of Object.entries({
  SGD: (p: Parameter[]) => new optim.SGD(p, { lr: 0.1, momentum: 0.9 }),
  Adam: (p: Parameter[]) => new optim.Adam(p),
  amsgrad: (p: Parameter[]) => new optim.AdamW(p, { amsgrad: true }),
  RMSprop: (p: Parameter[]) => new optim.RMSprop(p),
  'centered RMSprop': (p: Parameter[]) => new optim.RMSprop(p, { centered: true, momentum: 0.9 }),
  Lion: (p: Parameter[]) => new optim.Lion(p),
  Adagrad: (p: Parameter[]) => new optim.Adagrad(p),
  Adadelta: (p: Parameter[]) => new optim.Adadelta(p),
  Adamax: (p: Parameter[]) => new optim.Adamax(p),
  NAdam: (p: Parameter[]) => new optim.NAdam(p),
  RAdam: (p: Parameter[]) => new optim.RAdam(p),
}))
  test(`${name} remembers no number below the least normal one, and nothing that is not a number as 0`, async () => {
    const p = new Parameter(tensor([1, 2, 3, 4]));
    const optimizer = make([p]);
    p.mul(tensor(Float32Array.of(1e-20, 1.5e-38, 1, NaN))).sum().backward(); // prettier-ignore
    optimizer.step();
    let normal = 0;
    for (const [key, { data }] of Object.entries(await optimizer.stateDict())) {
      if (key.endsWith('.step')) continue;
      const values = Array.from(data as Float32Array);
      for (const value of values)
        assert.ok(!(Math.abs(value) > 0 && Math.abs(value) < 1.1754943e-38), `${key}: ${values.join()}`);
      normal += values.filter((value) => value !== 0).length;
    }
    assert.ok(normal >= 2, `${normal}`);
  });
