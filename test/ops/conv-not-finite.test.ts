/** What numbers that are not finite spoil in a convolution by Winograd's filtering. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DeviceArray } from '../../src/gpu/array.ts';
import { openEngine, type Engine } from '../../src/gpu/engine.ts';
import type { HostArray } from '../../src/gpu/transfer.ts';
import { conv2d } from '../../src/ops/conv2d.ts';
import { imageShape } from '../../src/ops/conv-shape.ts';
import { randomDense, toDevice, type Dense } from '../support/op-check.ts';

for (const layout of ['nchw', 'nhwc'] as const)
  for (const [inputs, outputs] of [
    [5, 6],
    [4, 8],
  ] as const)
    test(`winograd in ${layout}, ${inputs} to ${outputs} channels: numbers that are not finite spoil what a window finds them in, and nothing else`, async () => {
      const [fast, plain] = [
        await openEngine({ algorithms: { conv2d: 'winograd' } }),
        await openEngine({ algorithms: { conv2d: 'naive' } }),
      ];
      const spoiled = (array: Dense, ...bad: [number, number][]): Dense => {
        for (const [at, value] of bad) array.values[at] = value;
        return array;
      };
      for (const w of [11, 12]) {
        const x = spoiled(
          randomDense(imageShape(layout, 2, inputs, 12, w), 1),
          [3, NaN],
          [200, Infinity],
          [700, -Infinity],
        );
        const g = spoiled(randomDense(imageShape(layout, 2, outputs, 12, w), 3), [77, NaN], [500, Infinity]);
        const weight = randomDense(imageShape(layout, outputs, inputs, 3, 3), 2);
        const bias = randomDense([outputs], 4);
        const run = async (engine: Engine): Promise<HostArray[]> => {
          const arrays = [x, weight, bias].map((array) => toDevice(engine, array));
          const attributes = { layout, padding: 1 };
          const { outputs: made } = conv2d.forward(engine, arrays, attributes);
          const [dx] = conv2d.backward(engine, [toDevice(engine, g)], arrays, attributes, [
            true,
            false,
            false,
          ]);
          return engine.readAll([made[0], dx] as DeviceArray[]);
        };
        const [actual, expected] = [await run(fast), await run(plain)];
        for (const i of [0, 1]) {
          const [ours, theirs] = [actual[i], expected[i]].map((array) => Array.from(array as HostArray)) as [
            number[],
            number[],
          ];
          const bad = theirs.filter((value) => !Number.isFinite(value)).length;
          assert.ok(bad > 9 && bad < theirs.length / 2);
          theirs.forEach((value, at) => {
            if (Number.isFinite(value))
              assert.ok(Math.abs((ours[at] as number) - value) < 1e-4, `${at}: ${ours[at]}`);
            else assert.equal(ours[at], value, `${at}`);
          });
        }
      }
      fast.dispose();
      plain.dispose();
    });
