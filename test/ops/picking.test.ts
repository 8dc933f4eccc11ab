/** Gather, scatter, scans, sorting, flips and margins against float64. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DeviceArray } from '../../src/gpu/array.ts';
import { argsort } from '../../src/ops/argsort.ts';
import { flip } from '../../src/ops/flip.ts';
import { gather, scatter } from '../../src/ops/gather.ts';
import { pad } from '../../src/ops/pad.ts';
import { cumprod, cumsum } from '../../src/ops/scan.ts';
import {
  checkOp,
  dense,
  elements,
  randomDense,
  testEngine,
  toDevice,
  type Dense,
} from '../support/op-check.ts';

/** [outer, n, inner] around a dimension. */
function around(shape: readonly number[], dim: number): [outer: number, n: number, inner: number] {
  return [elements(shape.slice(0, dim)), shape[dim] as number, elements(shape.slice(dim + 1))];
}

const places = (shape: readonly number[], below: number, seed: number): Dense => {
  const random = randomDense(shape, seed);
  return { shape, values: random.values.map((u) => Math.floor(((u + 1) / 2) * below)) };
};

const SHAPES = [
  [[1], 0, 1],
  [[7], 0, 3],
  [[5, 7], 1, 9],
  [[3, 4, 5], 1, 2],
  [[2, 31, 3], 1, 33],
] as const;

for (const [shape, dim, m] of SHAPES) {
  const [, n, inner] = around(shape, dim);
  const index = places((shape as readonly number[]).with(dim, m), n, 5);
  const from = (i: number): [o: number, k: number, c: number] => [
    Math.floor(i / (m * inner)),
    Math.floor(i / inner) % m,
    i % inner,
  ];
  const target = (i: number): number => {
    const [o, , c] = from(i);
    return (o * n + (index.values[i] as number)) * inner + c;
  };

  test(`gather from [${shape}] along ${dim}, where places repeat`, () =>
    checkOp('gather', {
      op: gather,
      inputs: [randomDense(shape, 1), index],
      dtypes: ['f32', 'i32'],
      attributes: { dim, shape },
      reference: ([x]) => ({
        shape: index.shape,
        values: index.values.map((_, i) => (x as Dense).values[target(i)] as number),
      }),
    }));

  for (const add of [true, false])
    test(`scatter${add ? '-add' : ''} into [${shape}] along ${dim}`, () => {
      // Which of several values is put in one place is a matter of order, which has no gradient: here all differ.
      const own = add ? index : { ...index, values: index.values.map((_, i) => (from(i)[1] * 7) % n) };
      const to = (i: number): number => {
        const [o, , c] = from(i);
        return (o * n + (own.values[i] as number)) * inner + c;
      };
      if (!add && (m > n || n % 7 === 0)) return undefined;
      return checkOp('scatter', {
        op: scatter,
        inputs: [randomDense(shape, 1), own, randomDense(index.shape, 2)],
        dtypes: ['f32', 'i32', 'f32'],
        attributes: { dim, add },
        reference: ([x, , source]) => {
          const values = Float64Array.from((x as Dense).values);
          (source as Dense).values.forEach((value, i) => {
            values[to(i)] = add ? (values[to(i)] as number) + value : value;
          });
          return { shape, values };
        },
      });
    });
}

test('places outside pick 0 and are not put', async () => {
  const engine = await testEngine();
  const x = toDevice(
    engine,
    dense([3], (i) => i + 1),
  );
  const index = engine.upload(Int32Array.of(2, 3, -1), [3], 'i32');
  const [picked] = gather.forward(engine, [x, index], { dim: 0, shape: [3] }).outputs;
  assert.deepEqual([...(await engine.read(picked as DeviceArray))], [3, 0, 0]);
  const [put] = scatter.forward(engine, [x, index, x], { dim: 0, add: true }).outputs;
  assert.deepEqual([...(await engine.read(put as DeviceArray))], [1, 2, 4]);
});

for (const [shape, dim] of [
  [[1], 0],
  [[9], 0],
  [[3, 7], 1],
  [[4, 130, 3], 1],
  [[5003], 0],
  [[65_551, 2], 1],
] as const)
  // prettier-ignore
  test(`cumsum of [${shape}] along ${dim}`, () => {
    const [outer, n, inner] = around(shape, dim);
    return checkOp('cumsum', {
      op: cumsum,
      inputs: [randomDense(shape, 3)],
      attributes: { dim },
      probes: elements(shape) > 10_000 ? 4 : 24,
      reference: ([x]) => {
        const values = Float64Array.from((x as Dense).values);
        for (let o = 0; o < outer; o++)
          for (let k = 1; k < n; k++)
            for (let c = 0; c < inner; c++) {
              const at = (o * n + k) * inner + c;
              values[at] = (values[at] as number) + (values[at - inner] as number);
            }
        return { shape, values };
      },
    });
  });

for (const zeros of [[], [0], [4], [6], [1, 4, 5]])
  // prettier-ignore
  test(`cumprod with zeros at [${zeros}] of each line, along either dimension`, async () => {
    const from = randomDense([7, 7], 3, (u) => u + Math.sign(u) * 0.5);
    for (const dim of [0, 1]) {
      const stride = dim === 0 ? 7 : 1;
      const line = (at: number): number => Math.floor(at / stride) % 7;
      await checkOp('cumprod', {
        op: cumprod,
        inputs: [dense([7, 7], (at) => (zeros.includes(line(at) as never) ? 0 : (from.values[at] as number)))],
        attributes: { dim },
        probes: 49,
        reference: ([x]) => {
          const values = Float64Array.from((x as Dense).values);
          for (const at of values.keys()) if (line(at) > 0) values[at] = (values[at] as number) * (values[at - stride] as number);
          return { shape: [7, 7], values };
        },
      });
    }
  });

test('sorting any number of elements, equal ones and not-a-number, up and down', async () => {
  const engine = await testEngine();
  for (const [rows, n] of [
    [1, 1],
    [3, 2],
    [2, 7],
    [4, 64],
    [2, 65],
    [1, 1031],
    [65_551, 3],
  ] as const)
    // prettier-ignore
    for (const descending of [false, true]) {
      const x = randomDense([rows, n], n, (u) => (u > 0.9 ? NaN : Math.round(u * 20)));
      const { outputs } = argsort.forward(engine, [toDevice(engine, x)], { descending });
      const got = await engine.read(outputs[0] as DeviceArray);
      for (const row of rows > 10 ? [0, 65_536, rows - 1] : Array(rows).keys()) {
        const values = x.values.subarray(row * n, (row + 1) * n);
        const rank = (i: number): number => {
          const value = values[i] as number;
          return Number.isNaN(value) ? Infinity : value;
        };
        const wanted = [...values.keys()].sort(
          (a, b) => (rank(a) === rank(b) ? 0 : (rank(a) - rank(b)) * (descending ? -1 : 1)) || a - b,
        );
        assert.deepEqual([...got.subarray(row * n, (row + 1) * n)], wanted, `${n} ${descending}`);
      }
    }
});

for (const [shape, dims] of [
  [[5], [0]],
  [[3, 4], [1]],
  [[3, 8], [0]],
  [
    [2, 3, 5],
    [0, 2],
  ],
] as const)
  // prettier-ignore
  test(`flip of [${shape}] along ${dims.join()}`, () =>
    checkOp('flip', {
      op: flip,
      inputs: [randomDense(shape, 1)],
      attributes: { dims },
      reference: ([x]) => ({
        shape,
        values: (x as Dense).values.map((_, i) => {
          let rest = i;
          let at = 0;
          let stride = 1;
          for (let d = shape.length - 1; d >= 0; d--) {
            const size = shape[d] as number;
            const k = rest % size;
            at += ((dims as readonly number[]).includes(d) ? size - 1 - k : k) * stride;
            rest = Math.floor(rest / size);
            stride *= size;
          }
          return (x as Dense).values[at] as number;
        }),
      }),
    }));

for (const margins of [
  [
    [1, 2],
    [0, 0],
  ],
  [
    [0, 3],
    [2, 1],
  ],
  [
    [-1, 1],
    [1, -2],
  ],
] as const)
  // prettier-ignore
  test(`pad of [4, 5] by ${JSON.stringify(margins)}`, () => {
    const shape = [4, 5];
    const out = shape.map((size, d) => size + (margins[d]?.[0] ?? 0) + (margins[d]?.[1] ?? 0)) as [number, number];
    return checkOp('pad', {
      op: pad,
      inputs: [randomDense(shape, 1)],
      attributes: { around: margins, value: 0.5, shape },
      reference: ([x]) =>
        dense(out, (i) => {
          const [row, column] = [Math.floor(i / out[1]) - margins[0][0], (i % out[1]) - margins[1][0]];
          const inside = row >= 0 && row < 4 && column >= 0 && column < 5;
          return inside ? ((x as Dense).values[row * 5 + column] as number) : 0.5;
        }),
    });
  });
