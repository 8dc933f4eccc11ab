import { test } from 'node:test';
import { crossEntropy, type LossReduction } from '../../src/ops/cross-entropy.ts';
import { softmax } from '../../src/ops/softmax.ts';
import { checkOp, dense, randomDense, type Dense } from '../support/op-check.ts';

function rowsOf(x: Dense): number[][] {
  const columns = x.shape.at(-1) ?? 1;
  return Array.from({ length: x.values.length / columns }, (_, r) => [
    ...x.values.subarray(r * columns, (r + 1) * columns),
  ]);
}

function logSoftmax(row: number[]): number[] {
  const top = Math.max(...row);
  const total = Math.log(row.reduce((sum, v) => sum + Math.exp(v - top), 0)) + top;
  return row.map((v) => v - total);
}

for (const log of [false, true])
  test(`${log ? 'log-softmax' : 'softmax'} agrees with float64 on odd and even widths`, async () => {
    for (const shape of [
      [1, 1],
      [3, 7],
      [5, 64],
      [2, 3, 130],
    ])
      await checkOp(`softmax [${shape}]`, {
        op: softmax,
        inputs: [randomDense(shape, 1, (u) => u * 8)],
        attributes: { log },
        reference: ([x]) => ({
          shape,
          values: Float64Array.from(
            rowsOf(x as Dense).flatMap((row) => logSoftmax(row).map((v) => (log ? v : Math.exp(v)))),
          ),
        }),
      });
  });

test('softmax takes more than 65,535 rows', async () => {
  const shape = [65_536 * 8 + 3, 2];
  await checkOp('tall softmax', {
    op: softmax,
    inputs: [dense(shape, (i) => i % 5)],
    attributes: {},
    reference: ([x]) => ({
      shape,
      values: Float64Array.from(rowsOf(x as Dense).flatMap((row) => logSoftmax(row).map(Math.exp))),
    }),
    differentiable: [false],
  });
});

const IGNORED = 2;

function reference(
  reduction: LossReduction,
  smoothing: number,
  ignoreIndex: number,
): (inputs: readonly Dense[]) => Dense {
  return ([x, target]) => {
    const rows = rowsOf(x as Dense).map((row, r) => {
      const wanted = (target as Dense).values[r] as number;
      if (wanted === ignoreIndex) return null;
      const logs = logSoftmax(row);
      return (
        -(1 - smoothing) * (logs[wanted] as number) -
        (smoothing * logs.reduce((a, b) => a + b, 0)) / logs.length
      );
    });
    if (reduction === 'none') return { shape: [rows.length], values: Float64Array.from(rows, (v) => v ?? 0) };
    const sum = rows.reduce<number>((a, b) => a + (b ?? 0), 0);
    return {
      shape: [],
      values: Float64Array.of(reduction === 'sum' ? sum : sum / rows.filter((v) => v !== null).length),
    };
  };
}

for (const reduction of ['mean', 'sum', 'none'] as const)
  test(`cross entropy (${reduction}) agrees with float64, with smoothing and ignored targets`, async () => {
    for (const [rows, columns] of [
      [1, 3],
      [7, 10],
      [66, 12],
      [130, 65],
    ] as const)
      for (const [labelSmoothing, ignoreIndex] of [
        [0, -100],
        [0.1, IGNORED],
      ] as const)
        await checkOp(`cross entropy ${rows}x${columns}`, {
          op: crossEntropy,
          inputs: [
            randomDense([rows, columns], 1, (u) => u * 5),
            dense([rows], (r) => (r * 7 + 1) % columns),
          ],
          dtypes: ['f32', 'u32'],
          attributes: { reduction, labelSmoothing, ignoreIndex },
          reference: reference(reduction, labelSmoothing, ignoreIndex),
        });
  });
