import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linear } from '../../src/ops/linear.ts';
import { matmul } from '../../src/ops/matmul.ts';
import { planGemm } from '../../src/ops/gemm.ts';
import { gemmCandidates } from '../../src/ops/gemm-variants.ts';
import {
  activated,
  assertClose,
  checkOp,
  elements,
  randomDense,
  testEngine,
  toDevice,
  type Dense,
} from '../support/op-check.ts';

/** [..., m, k] x [..., k, n], the last two dimensions swapped where told; leading dimensions equal or absent. */
function product(a: Dense, b: Dense, transposeA: boolean, transposeB: boolean): Dense {
  const [a0, a1] = a.shape.slice(-2) as [number, number];
  const [b0, b1] = b.shape.slice(-2) as [number, number];
  const [m, k] = transposeA ? [a1, a0] : [a0, a1];
  const n = transposeB ? b0 : b1;
  const lead = a.shape.length >= b.shape.length ? a.shape.slice(0, -2) : b.shape.slice(0, -2);
  const batch = elements(lead);
  const values = new Float64Array(batch * m * n);
  const stepA = a.values.length === m * k ? 0 : m * k;
  const stepB = b.values.length === k * n ? 0 : k * n;
  for (let z = 0; z < batch; z++)
    for (let i = 0; i < m; i++)
      for (let j = 0; j < n; j++) {
        let sum = 0;
        for (let q = 0; q < k; q++)
          sum +=
            (a.values[z * stepA + (transposeA ? q * m + i : i * k + q)] as number) *
            (b.values[z * stepB + (transposeB ? j * k + q : q * n + j)] as number);
        values[(z * m + i) * n + j] = sum;
      }
  return { shape: [...lead, m, n], values };
}

/** Every algorithm runs on these: whole vectors, and nothing divisible by four. Compiling is what takes the time. */
const SIZES: [m: number, n: number, k: number][] = [
  [68, 40, 36],
  [65, 34, 7],
];

for (const transposeA of [false, true])
  for (const transposeB of [false, true])
    for (const [m, n, k] of SIZES)
      test(`every algorithm computes ${transposeA ? 'T' : 'N'}${transposeB ? 'T' : 'N'} products of ${m}x${n}x${k}`, async () => {
        const engine = await testEngine();
        const a = randomDense([2, ...(transposeA ? [k, m] : [m, k])], 1);
        const b = randomDense([2, ...(transposeB ? [n, k] : [k, n])], 2);
        const bias = randomDense([n], 3);
        const expected = product(a, b, transposeA, transposeB);
        const [da, db, dbias] = [toDevice(engine, a), toDevice(engine, b), toDevice(engine, bias)];
        const form = [m, n, k, 2, transposeA, transposeB, m * k, k * n] as const;
        const sized = (rows: number): readonly string[] =>
          gemmCandidates(engine.facts, { m: rows, n, k, batch: 1, transposeA, transposeB });
        // Those of small products, and those that only large ones use.
        for (const name of new Set([...sized(m), ...sized(1e6)])) {
          const c = engine.zeros([2, m, n]);
          const hasBias = name.includes('m') || name.includes('4x4');
          const launch = engine.plan(planGemm, name, 'f32', ...form, hasBias ? 'relu' : 'none', hasBias);
          engine.launch(launch, hasBias ? [da, db, dbias, c] : [da, db, c]);
          const values = hasBias
            ? expected.values.map((v, i) => Math.max(0, v + (bias.values[i % n] as number)))
            : expected.values;
          assertClose(await engine.read(c), values, 1e-5, `${name} ${m}x${n}x${k}`);
        }
      });

test('matmul differentiates in every form, batched and with a shared operand', async () => {
  for (const transposeA of [false, true])
    for (const transposeB of [false, true])
      for (const [leadA, leadB] of [
        [[], []],
        [[3], [3]],
        [[3], []],
        [
          [2, 3],
          [2, 3],
        ],
      ] as const) {
        const a = randomDense([...leadA, ...(transposeA ? [6, 5] : [5, 6])], 1);
        const b = randomDense([...leadB, ...(transposeB ? [7, 6] : [6, 7])], 2);
        await checkOp(`matmul ${transposeA} ${transposeB} [${leadA}] [${leadB}]`, {
          op: matmul,
          inputs: [a, b],
          attributes: { transposeA, transposeB },
          reference: ([x, y]) => product(x as Dense, y as Dense, transposeA, transposeB),
        });
      }
});

for (const weightLayout of ['out-in', 'in-out'] as const)
  for (const activation of ['none', 'relu', 'tanh'] as const)
    test(`linear with ${weightLayout} weights and ${activation} agrees with float64`, async () => {
      for (const [rows, inputs, outputs] of [
        [1, 1, 1],
        [5, 7, 3],
        [33, 65, 17],
        [64, 32, 10],
      ] as const) {
        const reference = ([x, w, b]: readonly Dense[]): Dense => {
          const y = product(x as Dense, w as Dense, false, weightLayout === 'out-in');
          const f =
            activation === 'relu'
              ? (v: number) => Math.max(0, v)
              : activation === 'tanh'
                ? Math.tanh
                : (v: number) => v;
          return {
            shape: y.shape,
            values: y.values.map((v, i) => f(v + ((b as Dense).values[i % outputs] as number))),
          };
        };
        await checkOp(`linear ${rows}x${inputs}x${outputs}`, {
          op: activated(linear, activation),
          inputs: [
            randomDense([rows, inputs], 1),
            randomDense(weightLayout === 'out-in' ? [outputs, inputs] : [inputs, outputs], 2),
            randomDense([outputs], 3),
          ],
          attributes: { weightLayout },
          reference,
        });
      }
    });

test('a linear layer that does not fit its input says which features it takes', async () => {
  const engine = await testEngine();
  const x = toDevice(engine, randomDense([4, 8], 1));
  const w = toDevice(engine, randomDense([3, 9], 1));
  assert.throws(
    () => linear.forward(engine, [x, w], {}),
    /linear: the input \[4, 8\] ends in 8 features, the weight \[3, 9\] \(out-in\) takes 9/,
  );
});
