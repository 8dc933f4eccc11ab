import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DeviceArray } from '../../src/gpu/array.ts';
import { attention } from '../../src/ops/attention.ts';
import { dropout } from '../../src/ops/dropout.ts';
import { embedding } from '../../src/ops/embedding.ts';
import { where } from '../../src/ops/where.ts';
import {
  checkOp,
  dense,
  elements,
  randomDense,
  testEngine,
  toDevice,
  type Dense,
} from '../support/op-check.ts';

function attend(causal: boolean, scale: number): (inputs: readonly Dense[]) => Dense {
  return ([q, k, v, mask]) => {
    assert.ok(q && k && v);
    const [queries, features] = q.shape.slice(-2) as [number, number];
    const keys = k.shape.at(-2) as number;
    const width = v.shape.at(-1) as number;
    const heads = elements(q.shape.slice(0, -2));
    const values = new Float64Array(heads * queries * width);
    for (let h = 0; h < heads; h++)
      for (let i = 0; i < queries; i++) {
        const scores = Array.from({ length: keys }, (_, j) => {
          if (causal && j > i) return -Infinity;
          let sum = 0;
          for (let f = 0; f < features; f++)
            sum +=
              (q.values[(h * queries + i) * features + f] as number) *
              (k.values[(h * keys + j) * features + f] as number);
          return sum * scale + (mask ? (mask.values[i * keys + j] as number) : 0);
        });
        const top = Math.max(...scores);
        const weights = scores.map((s) => Math.exp(s - top));
        const total = weights.reduce((a, b) => a + b, 0);
        for (let j = 0; j < keys; j++)
          for (let f = 0; f < width; f++) {
            const at = (h * queries + i) * width + f;
            values[at] =
              (values[at] as number) +
              ((weights[j] as number) / total) * (v.values[(h * keys + j) * width + f] as number);
          }
      }
    return { shape: [...q.shape.slice(0, -1), width], values };
  };
}

for (const causal of [false, true])
  for (const masked of [false, true])
    test(`attention${causal ? ', causal' : ''}${masked ? ', masked' : ''}, agrees with float64`, async () => {
      for (const [lead, queries, keys, features] of [
        [[2, 3], 8, 8, 4],
        [[2], 5, 7, 6],
        [[1], 1, 1, 8],
      ] as const) {
        const inputs = [
          randomDense([...lead, queries, features], 1, (u) => u * 2),
          randomDense([...lead, keys, features], 2, (u) => u * 2),
          randomDense([...lead, keys, features], 3),
        ];
        await checkOp(`attention ${lead} ${queries}x${keys}`, {
          op: attention,
          inputs: masked ? [...inputs, randomDense([queries, keys], 4)] : inputs,
          attributes: { causal },
          reference: attend(causal, 1 / Math.sqrt(features)),
          differentiable: [true, true, true, false],
        });
      }
    });

test('embedding picks rows, and sums the gradients of rows picked more than once', async () => {
  for (const [rows, columns, indices] of [
    [7, 4, 20],
    [3, 5, 9],
    [50, 16, 64],
  ] as const)
    await checkOp(`embedding ${rows}x${columns}`, {
      op: embedding,
      inputs: [
        randomDense([rows, columns], 1),
        dense([indices / 2 > 0 ? indices : 1], (i) => (i * i + 3) % rows),
      ],
      dtypes: ['f32', 'u32'],
      attributes: { tableShape: [rows, columns] },
      reference: ([table, index]) => ({
        shape: [indices, columns],
        values: Float64Array.from(
          { length: indices * columns },
          (_, i) =>
            table?.values[
              (index?.values[Math.floor(i / columns)] as number) * columns + (i % columns)
            ] as number,
        ),
      }),
      probes: 60,
    });
});

test('the padding row of an embedding gets no gradient', async () => {
  const engine = await testEngine();
  const index = toDevice(
    engine,
    dense([4], (i) => i % 2),
    'i32',
  );
  const g = toDevice(engine, randomDense([4, 4], 1));
  const [table] = embedding.backward(engine, [g], [index], { tableShape: [3, 4], paddingIndex: 1 }, [
    true,
    false,
  ]);
  const values = await engine.read(table as DeviceArray);
  assert.notEqual(values[0], 0);
  assert.deepEqual([...values.subarray(4)], [0, 0, 0, 0, 0, 0, 0, 0]);
});

test('dropout keeps the share it says, scales the rest, and drops the same in the backward pass', async () => {
  const engine = await testEngine();
  const size = 100_003;
  const x = toDevice(
    engine,
    dense([size], () => 1),
  );
  const attributes = { p: 0.3, seed: 1234 };
  const y = await engine.read(dropout.forward(engine, [x], attributes).outputs[0] as DeviceArray);
  const kept = y.filter((v) => v !== 0).length / size;
  assert.ok(Math.abs(kept - 0.7) < 0.01, `kept ${kept}`);
  assert.ok(y.every((v) => v === 0 || Math.abs(v - 1 / 0.7) < 1e-6));
  const [dx] = dropout.backward(engine, [x], [], attributes, [true]);
  assert.deepEqual(await engine.read(dx as DeviceArray), y);
  const other = await engine.read(
    dropout.forward(engine, [x], { p: 0.3, seed: 1235 }).outputs[0] as DeviceArray,
  );
  const agree = y.filter((v, i) => (v === 0) === (other[i] === 0)).length / size;
  assert.ok(Math.abs(agree - 0.58) < 0.01, `another seed agrees in ${agree}, 0.58 expected by chance`);
});

test('where chooses by a condition and sends gradients to the chosen side', async () => {
  for (const [c, a, b] of [
    [
      [5, 3],
      [5, 3],
      [5, 3],
    ],
    [[3], [5, 3], [1]],
    [[5, 1], [3], [5, 3]],
  ] as const) {
    const condition = dense(c, (i) => i % 2);
    await checkOp(`where [${c}] [${a}] [${b}]`, {
      op: where,
      inputs: [condition, randomDense(a, 1), randomDense(b, 2)],
      attributes: {},
      reference: ([k, x, y]) => {
        const at = (t: Dense | undefined, row: number, column: number): number => {
          assert.ok(t);
          const [rows, columns] =
            t.shape.length === 2 ? (t.shape as [number, number]) : [1, t.shape[0] as number];
          return t.values[(rows === 1 ? 0 : row) * columns + (columns === 1 ? 0 : column)] as number;
        };
        return {
          shape: [5, 3],
          values: Float64Array.from({ length: 15 }, (_, i) =>
            at(at(k, Math.floor(i / 3), i % 3) ? x : y, Math.floor(i / 3), i % 3),
          ),
        };
      },
      differentiable: [false, true, true],
    });
  }
});
