import assert from 'node:assert/strict';
import { test } from 'node:test';
import { collate } from '../../src/data/collate.ts';
import { WeightedRandomSampler } from '../../src/data/samplers.ts';

test('fields of samples come together with their types and shapes', () => {
  const image = (value: number) => ({ shape: [1, 2, 2], data: new Uint8Array(4).fill(value) });
  const [images, labels, weights, rows] = collate([
    [image(1), 3, 0.5, [1, 2]],
    [image(2), 4, 1, [3, 4]],
  ]);
  assert.deepEqual(images, { shape: [2, 1, 2, 2], data: Uint8Array.of(1, 1, 1, 1, 2, 2, 2, 2) });
  assert.deepEqual(labels, { shape: [2], data: Int32Array.of(3, 4) });
  assert.deepEqual(weights, { shape: [2], data: Float32Array.of(0.5, 1) });
  assert.deepEqual(rows, { shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) });
});

test('fields of unequal shapes are refused, naming both', () => {
  assert.throws(() => collate([[[1, 2]], [[1]]]), /field 0 of a sample has shape \[2\] and that of another \[1\].*collateFn/);
}); // prettier-ignore

test('samples are drawn by their weights, with and without coming again', () => {
  const again = new WeightedRandomSampler([1, 0, 3], 4000, { seed: 1 }).indices();
  const share = again.filter((i) => i === 2).length / 4000;
  assert.ok(share > 0.71 && share < 0.79 && !again.includes(1), String(share));
  const once = new WeightedRandomSampler([1, 0, 3, 2], 3, { replacement: false, seed: 1 }).indices();
  assert.deepEqual([...once].toSorted(), [0, 2, 3]);
  assert.throws(
    () => new WeightedRandomSampler([1, 0], 2, { replacement: false }),
    /2 different samples of 1/,
  );
  assert.throws(() => new WeightedRandomSampler([0, 0], 2), /some above 0/);
});
