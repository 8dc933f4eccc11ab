import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cast } from '../../src/ops/cast.ts';
import { concat } from '../../src/ops/concat.ts';
import { expand } from '../../src/ops/expand.ts';
import { permute } from '../../src/ops/permute.ts';
import { slice } from '../../src/ops/slice.ts';
import type { DeviceArray } from '../../src/gpu/array.ts';
import { checkOp, elements, randomDense, testEngine, toDevice, type Dense } from '../support/op-check.ts';

/** The place of flat index i in a shape, outermost first. */
function placeOf(shape: readonly number[], i: number): number[] {
  const place: number[] = [];
  let rest = i;
  for (const size of [...shape].reverse()) {
    place.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return place;
}

const flat = (shape: readonly number[], place: readonly number[]): number =>
  place.reduce((at, k, d) => at * (shape[d] as number) + k, 0);

function gather(shape: readonly number[], from: (place: number[]) => number): Dense {
  return { shape, values: Float64Array.from({ length: elements(shape) }, (_, i) => from(placeOf(shape, i))) };
}

test('permute puts dimensions in any order, and its gradient puts them back', async () => {
  for (const [shape, order] of [
    [
      [3, 5],
      [1, 0],
    ],
    [
      [2, 3, 4, 8],
      [0, 2, 1, 3],
    ],
    [
      [2, 3, 4],
      [2, 0, 1],
    ],
    [
      [1, 7, 1],
      [2, 1, 0],
    ],
    [[6], [0]],
  ] as const) {
    const out = order.map((d) => shape[d] as number);
    await checkOp(`permute [${shape}] by ${order}`, {
      op: permute,
      inputs: [randomDense(shape, 1)],
      attributes: { order },
      reference: ([x]) =>
        gather(
          out,
          (place) =>
            x?.values[
              flat(
                shape,
                shape.map((_, d) => place[(order as readonly number[]).indexOf(d)] as number),
              )
            ] as number,
        ),
    });
  }
});

test('slice takes a run, by steps too, and its gradient is zero elsewhere', async () => {
  for (const [shape, dim, start, length, step] of [
    [[7], 0, 2, 3, 1],
    [[4, 9], 1, 1, 4, 2],
    [[5, 3, 8], 0, 0, 5, 1],
    [[5, 3, 8], -1, 4, 4, 1],
  ] as const) {
    const at = dim < 0 ? dim + shape.length : dim;
    const out = (shape as readonly number[]).with(at, length);
    await checkOp(`slice [${shape}]`, {
      op: slice,
      inputs: [randomDense(shape, 1)],
      attributes: { dim, start, length, step, size: shape[at] as number },
      reference: ([x]) =>
        gather(
          out,
          (place) => x?.values[flat(shape, place.with(at, start + (place[at] as number) * step))] as number,
        ),
    });
  }
});

test('concat joins along a dimension, and its gradient comes apart again', async () => {
  for (const [shapes, dim] of [
    [[[3], [5]], 0],
    [
      [
        [2, 3],
        [2, 1],
        [2, 4],
      ],
      1,
    ],
    [
      [
        [1, 4, 8],
        [3, 4, 8],
      ],
      0,
    ],
  ] as const) {
    const sizes = shapes.map((shape) => shape[dim] as number);
    const out = ([...shapes[0]] as number[]).with(
      dim,
      sizes.reduce((a, b) => a + b, 0),
    );
    await checkOp(`concat ${JSON.stringify(shapes)}`, {
      op: concat,
      inputs: shapes.map((shape, i) => randomDense(shape, i + 1)),
      attributes: { dim, sizes },
      reference: (inputs) =>
        gather(out, (place) => {
          let k = place[dim] as number;
          const from = inputs.find((x) => {
            if (k < (x.shape[dim] as number)) return true;
            k -= x.shape[dim] as number;
            return false;
          });
          return from?.values[flat(from.shape, place.with(dim, k))] as number;
        }),
    });
  }
});

test('expand repeats, and its gradient sums what was repeated', async () => {
  for (const [shape, wide] of [
    [
      [1, 5],
      [3, 5],
    ],
    [[4], [2, 3, 4]],
    [
      [2, 1, 3],
      [2, 7, 3],
    ],
    [[1], [300]],
  ] as const)
    await checkOp(`expand [${shape}] to [${wide}]`, {
      op: expand,
      inputs: [randomDense(shape, 1)],
      attributes: { shape: wide },
      reference: ([x]) =>
        gather(
          wide,
          (place) =>
            x?.values[
              flat(
                shape,
                place.slice(wide.length - shape.length).map((k, d) => (shape[d] === 1 ? 0 : k)),
              )
            ] as number,
        ),
    });
});

test('casts go through half precision and back, from bytes with a scale, and refuse what they cannot', async () => {
  const engine = await testEngine();
  const x = toDevice(engine, { shape: [5], values: Float64Array.of(0, 1, -2.5, 65_504, 0.333251953125) });
  const half = cast.forward(engine, [x], { dtype: 'f16', from: 'f32' }).outputs[0] as DeviceArray;
  const back = cast.forward(engine, [half], { dtype: 'f32', from: 'f16' }).outputs[0] as DeviceArray;
  assert.deepEqual([...(await engine.read(back))], [0, 1, -2.5, 65_504, 0.333251953125]);
  const bytes = engine.upload(Uint8Array.of(0, 51, 255, 1, 2), [5], 'u8');
  const scaled = cast.forward(engine, [bytes], { dtype: 'f32', from: 'u8', scale: 0.5, shift: 1 })
    .outputs[0] as DeviceArray;
  assert.deepEqual([...(await engine.read(scaled))], [1, 26.5, 128.5, 1.5, 2]);
  assert.throws(
    () => cast.forward(engine, [x], { dtype: 'f32', from: 'f32', scale: 2 }),
    /cast: scale and shift go with u8 values, these are f32/,
  );
});
