import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as nn from '../../src/nn/index.ts';
import * as optim from '../../src/optim/index.ts';
import { full, tensor } from '../../src/tensor/creation.ts';
import { assertClose } from '../support/close.ts';
import { testEngine } from '../support/device.ts';

await testEngine();

/** Parameters whose sizes leave gaps in an arena, on memory that held other numbers before. */
function parameters(): nn.Parameter[] {
  for (let i = 0; i < 8; i++) full([64], 1e3).dispose();
  return [[5], [3, 7], [1], [8]].map((shape) => new nn.Parameter(full(shape, 0.5)));
}

function backward(params: readonly nn.Parameter[]): void {
  const terms = params.map((p, i) => p.mul(full(p.shape, i + 1)).sum());
  terms.reduce((sum, term) => sum.add(term)).backward();
}

/** 5 ones, 21 twos, a three and 8 fours. */
const NORM = Math.sqrt(5 + 21 * 4 + 9 + 8 * 16);

for (const [name, prepare] of [
  ['on their own', () => {}],
  ['in the arena of an optimizer', (params: nn.Parameter[]) => new optim.Adam(params)],
] as const)
  test(`the common norm of gradients ${name} is limited`, async () => {
    const params = parameters();
    prepare(params);
    for (let round = 0; round < 3; round++) {
      for (const p of params) p.grad = null;
      backward(params);
      assertClose([await nn.utils.clipGradNorm_(params, 2).item()], [NORM], 1e-6, 'norm');
      for (const [i, p] of params.entries())
        assertClose(
          (await p.grad?.data()) ?? [],
          Array(p.numel()).fill((2 * (i + 1)) / NORM),
          1e-5,
          `gradient ${i}`,
        );
    }
  });

test('a norm below the limit changes nothing, and other norms can be asked for', async () => {
  const [p] = parameters() as [nn.Parameter];
  backward([p]);
  await nn.utils.clipGradNorm_([p], 100).item();
  assertClose((await p.grad?.data()) ?? [], [1, 1, 1, 1, 1], 1e-7, 'gradient');
  p.grad = tensor([3, -4, 0, 1, 0]);
  assertClose([await nn.utils.clipGradNorm_([p], 100, { normType: Infinity }).item()], [4], 1e-6, 'largest');
  assertClose([await nn.utils.clipGradNorm_([p], 2, { normType: 1 }).item()], [8], 1e-5, 'sum');
  assertClose((await p.grad?.data()) ?? [], [0.75, -1, 0, 0.25, 0], 1e-5, 'gradient');
});

test('single values can be limited', async () => {
  const [p] = parameters() as [nn.Parameter];
  p.grad = tensor([3, -4, 0, 0.5, 0]);
  nn.utils.clipGradValue_([p], 1);
  assert.deepEqual([...((await p.grad?.data()) ?? [])], [1, -1, 0, 0.5, 0]);
});

test('clipping before backward says so', () => {
  assert.throws(
    () => nn.utils.clipGradNorm_(parameters(), 1),
    /no parameter has a gradient; call it after backward/,
  );
});
