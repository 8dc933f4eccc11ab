import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DeviceArray } from '../../src/gpu/array.ts';
import { fold, type FoldAttributes } from '../../src/ops/fold.ts';
import { accumulate, clipNorm, fill, sumOfSquares } from '../../src/ops/in-place.ts';
import {
  assertClose,
  checkOp,
  elements,
  randomDense,
  testEngine,
  toDevice,
  type Dense,
} from '../support/op-check.ts';

const FOLDS: Record<FoldAttributes['kind'], (values: number[]) => number> = {
  sum: (values) => values.reduce((a, b) => a + b, 0),
  mean: (values) => values.reduce((a, b) => a + b, 0) / values.length,
  max: (values) => Math.max(...values),
  min: (values) => Math.min(...values),
  prod: (values) => values.reduce((a, b) => a * b, 1),
};

function reference(
  kind: FoldAttributes['kind'],
  dims: readonly number[] | undefined,
  keepDims: boolean,
): (inputs: readonly Dense[]) => Dense {
  return ([x]) => {
    assert.ok(x);
    const folded = x.shape.map((_, d) => !dims || dims.includes(d) || dims.includes(d - x.shape.length));
    const kept = x.shape.map((size, d) => (folded[d] ? 1 : size));
    const groups: number[][] = Array.from({ length: elements(kept) }, () => []);
    x.values.forEach((value, i) => {
      let rest = i;
      let at = 0;
      let stride = 1;
      for (let d = x.shape.length - 1; d >= 0; d--) {
        const k = rest % (x.shape[d] as number);
        rest = Math.floor(rest / (x.shape[d] as number));
        if (folded[d]) continue;
        at += k * stride;
        stride *= x.shape[d] as number;
      }
      groups[at]?.push(value);
    });
    return {
      shape: keepDims ? kept : x.shape.filter((_, d) => !folded[d]),
      values: Float64Array.from(groups, FOLDS[kind]),
    };
  };
}

for (const kind of ['sum', 'mean', 'max', 'min'] as const)
  test(`${kind} over any dimensions agrees with float64`, async () => {
    const cases: [shape: number[], dims: number[] | undefined][] = [
      [[7], undefined],
      [[5, 64], [1]],
      [[300, 12], [0]],
      [
        [3, 4, 5],
        [0, 2],
      ],
      [
        [2, 3, 4, 8],
        [1, -1],
      ],
      [[1, 1], [0]],
      [[4096], [0]],
    ];
    for (const [shape, dims] of cases)
      for (const keepDims of [false, true])
        await checkOp(`${kind} [${shape}] over ${dims?.join() ?? 'all'}`, {
          op: fold,
          inputs: [randomDense(shape, 1)],
          attributes: { kind, keepDims, shape, ...(dims ? { dims } : {}) },
          reference: reference(kind, dims, keepDims),
        });
  });

test('products over neighboring dimensions agree with float64, with zeros among them too', async () => {
  for (const [shape, dims] of [[[7], undefined], [[5, 6], [1]], [[3, 4, 5], [0, 1]], [[2, 150], [1]], [[150, 3], [0]]] as const)
    for (const zeros of [false, true])
      await checkOp(`prod [${shape}] over ${dims?.join() ?? 'all'}`, {
        op: fold,
        inputs: [randomDense(shape, 1, (u) => (zeros && u > 0.95 ? 0 : 1 + u / 4))],
        attributes: { kind: 'prod', shape, ...(dims ? { dims } : {}) },
        reference: reference('prod', dims, false),
      });
}); // prettier-ignore

test('a fold over a dimension that is not there names it', async () => {
  const engine = await testEngine();
  const x = toDevice(engine, randomDense([2, 3], 1));
  assert.throws(
    () => fold.forward(engine, [x], { kind: 'sum', dims: [2], shape: [2, 3] }),
    /sum: dimension 2 of a tensor with 2 dimensions/,
  );
});

test('arrays are filled, accumulated and clipped where they lie', async () => {
  const engine = await testEngine();
  const values = randomDense([1000], 1, (u) => u * 3);
  const into = toDevice(engine, values);
  const twos = engine.empty([1000]);
  fill(engine, twos, 2);
  accumulate(engine, into, twos);
  assertClose(
    await engine.read(into),
    values.values.map((v) => v + 2),
    1e-6,
    'accumulated',
  );
  const squares: DeviceArray = sumOfSquares(engine, into);
  const norm = Math.hypot(...values.values.map((v) => v + 2));
  assertClose(await engine.read(squares), [norm ** 2], 1e-5, 'sum of squares');
  clipNorm(engine, into, squares, 1.5);
  assertClose(
    await engine.read(into),
    values.values.map((v) => ((v + 2) * 1.5) / norm),
    1e-5,
    'clipped',
  );
  fill(engine, into, 1e-3);
  clipNorm(engine, into, sumOfSquares(engine, into), 1.5);
  assertClose(
    await engine.read(into),
    values.values.map(() => 1e-3),
    1e-5,
    'small enough already',
  );
});
