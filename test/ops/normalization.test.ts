import assert from 'node:assert/strict';
import { test } from 'node:test';
import { batchNorm } from '../../src/ops/batch-norm.ts';
import { layerNorm } from '../../src/ops/layer-norm.ts';
import type { DeviceArray } from '../../src/gpu/array.ts';
import {
  assertClose,
  checkOp,
  elements,
  randomDense,
  testEngine,
  toDevice,
  type Dense,
} from '../support/op-check.ts';

const EPS = 1e-5;

function normalized(values: readonly number[], subtractsMean: boolean): number[] {
  const mean = subtractsMean ? values.reduce((a, b) => a + b, 0) / values.length : 0;
  const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length;
  return values.map((v) => (v - mean) / Math.sqrt(variance + EPS));
}

for (const kind of ['layer', 'rms'] as const)
  test(`${kind} norm agrees with float64 with and without weights`, async () => {
    const cases: [shape: number[], dims: number][] = [
      [[3, 7], 1],
      [[5, 64], 1],
      [[1, 1, 2], 1],
      [[4, 3, 8], 2],
      [[130, 96], 1],
    ];
    for (const [shape, dims] of cases) {
      const columns = elements(shape.slice(shape.length - dims));
      for (const weights of [0, 1, 2]) {
        const inputs = [
          randomDense(shape, 1, (u) => u * 3 + 1),
          ...Array.from({ length: weights }, (_, i) => randomDense([columns], i + 2)),
        ];
        await checkOp(`${kind} [${shape}] ${weights}`, {
          op: layerNorm,
          inputs,
          attributes: { kind, dims, eps: EPS },
          reference: ([x, gamma, beta]) => {
            assert.ok(x);
            const values = new Float64Array(x.values.length);
            for (let start = 0; start < values.length; start += columns)
              normalized([...x.values.subarray(start, start + columns)], kind === 'layer').forEach((v, c) => {
                values[start + c] = v * (gamma?.values[c] ?? 1) + (beta?.values[c] ?? 0);
              });
            return { shape: x.shape, values };
          },
        });
      }
    }
  });

function batchReference(layout: 'nchw' | 'nhwc', fixed: boolean): (inputs: readonly Dense[]) => Dense {
  return ([x, gamma, beta, mean, variance]) => {
    assert.ok(x && gamma && beta);
    const channels = gamma.values.length;
    const inner = layout === 'nchw' ? x.shape.slice(2).reduce((a, b) => a * b, 1) : 1;
    const of = (i: number): number => Math.floor(i / inner) % channels;
    const lists: number[][] = Array.from({ length: channels }, () => []);
    x.values.forEach((v, i) => lists[of(i)]?.push(v));
    const places = lists.map(() => 0);
    const done = lists.map((list, c) =>
      fixed
        ? list.map(
            (v) => (v - (mean?.values[c] as number)) / Math.sqrt((variance?.values[c] as number) + EPS),
          )
        : normalized(list, true),
    );
    const values = x.values.map((_, i) => {
      const c = of(i);
      const at = places[c] as number;
      places[c] = at + 1;
      return (done[c]?.[at] as number) * (gamma.values[c] as number) + (beta.values[c] as number);
    });
    return { shape: x.shape, values };
  };
}

for (const layout of ['nchw', 'nhwc'] as const)
  for (const training of [true, false])
    test(`batch norm ${layout} in ${training ? 'training' : 'evaluation'} agrees with float64`, async () => {
      for (const [n, c, h, w] of [
        [3, 5, 3, 3],
        [4, 8, 4, 4],
        [2, 1, 5, 3],
        [9, 12, 2, 6],
      ] as const) {
        const shape = layout === 'nchw' ? [n, c, h, w] : [n, h, w, c];
        const inputs = [
          randomDense(shape, 1, (u) => u * 2 + 0.5),
          randomDense([c], 2),
          randomDense([c], 3),
          randomDense([c], 4),
          randomDense([c], 5, (u) => u + 1.5),
        ];
        await checkOp(`batch norm ${shape}`, {
          op: batchNorm,
          inputs,
          attributes: { layout, training, eps: EPS, momentum: 0.1 },
          reference: batchReference(layout, !training),
          differentiable: [true, true, true, false, false],
        });
      }
    });

test('training moves the running statistics as PyTorch does: the variance without bias', async () => {
  const engine = await testEngine();
  const x = randomDense([50, 4], 1, (u) => u * 3 + 2);
  const ones = { shape: [4], values: Float64Array.of(1, 1, 1, 1) };
  const [mean, variance] = [
    toDevice(engine, { shape: [4], values: new Float64Array(4) }),
    toDevice(engine, ones),
  ];
  batchNorm.forward(
    engine,
    [toDevice(engine, x), toDevice(engine, ones), toDevice(engine, ones), mean, variance],
    { training: true, momentum: 0.1 },
  );
  const columns = [0, 1, 2, 3].map((c) => x.values.filter((_, i) => i % 4 === c));
  const means = columns.map((column) => column.reduce((a, b) => a + b, 0) / 50);
  const variances = columns.map(
    (column, c) => column.reduce((sum, v) => sum + (v - (means[c] as number)) ** 2, 0) / 49,
  );
  assertClose(
    await engine.read(mean),
    means.map((m) => 0.1 * m),
    1e-5,
    'running mean',
  );
  assertClose(
    await engine.read(variance),
    variances.map((v) => 0.9 + 0.1 * v),
    1e-5,
    'running variance',
  );
});

test('a channel of one value cannot be trained on', async () => {
  const engine = await testEngine();
  const weights = [1, 2].map(() => toDevice(engine, randomDense([3], 1)));
  assert.throws(
    () =>
      batchNorm.forward(
        engine,
        [toDevice(engine, randomDense([1, 3], 1)), ...(weights as [DeviceArray, DeviceArray])],
        { training: true },
      ),
    /one value a channel in \[1, 3\]/,
  );
});
