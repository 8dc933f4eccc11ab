/** Transforms of batches of images, and the loader that applies them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  DataLoader,
  SampleDataset,
  TensorDataset,
  transforms,
  WeightedRandomSampler,
} from '../../src/data/index.ts';
import { arange, tensor } from '../../src/tensor/creation.ts';
import { manualSeed } from '../../src/tensor/random.ts';
import { rand } from '../../src/tensor/random-creation.ts';
import { testEngine } from '../support/device.ts';

await testEngine();

const { centerCrop, compose, normalize, randomCrop, randomHorizontalFlip, randomVerticalFlip, toTensor } =
  transforms;

test('bytes become numbers in [0, 1], and channels mean 0 and deviation 1', async () => {
  const bytes = tensor(Uint8Array.of(0, 255, 51, 102, 0, 0, 255, 255), { shape: [1, 2, 2, 2] });
  const images = compose(toTensor(), normalize([0.5, 0], [0.5, 2]))(bytes);
  const wanted = [-1, 1, -0.6, -0.2, 0, 0, 0.5, 0.5];
  (await images.data()).forEach((value, i) => assert.ok(Math.abs(value - (wanted[i] as number)) < 1e-6));
});

test('crops are parts of their images, flips are whole, and each image has its own', async () => {
  manualSeed(2);
  const images = arange(36).float().reshape(1, 1, 6, 6).expand(64, 1, 6, 6);
  const cropped = (await randomCrop([3, 4])(images).toArray()) as number[][][][];
  const corners = new Set<number>();
  for (const [rows] of cropped as [number[][]][]) {
    const corner = rows[0]?.[0] as number;
    corners.add(corner);
    assert.ok(corner % 6 <= 2 && Math.floor(corner / 6) <= 3);
    rows.forEach((row, y) => assert.deepEqual(row, Array.from({ length: 4 }, (_, x) => corner + 6 * y + x))); // prettier-ignore
  }
  assert.equal(corners.size, 12);
  const flipped = (await randomHorizontalFlip(0.5)(images).at([], 0, 0).toArray()) as number[][];
  const mirrored = flipped.filter((row) => row.join() === '5,4,3,2,1,0').length;
  assert.equal(flipped.filter((row) => row.join() === '0,1,2,3,4,5').length + mirrored, 64);
  assert.ok(mirrored > 16 && mirrored < 48, String(mirrored));
  assert.equal((await randomVerticalFlip(1)(images).at(0, 0, [], 0).data()).join(), '30,24,18,12,6,0');
  assert.deepEqual(await centerCrop(2)(images).at(0, 0).toArray(), [[14, 15], [20, 21]]); // prettier-ignore
  assert.deepEqual([...randomCrop(6, { padding: 2 })(images).shape], [64, 1, 6, 6]);
});

test('equal seeds give equal transforms', async () => {
  const images = rand([8, 1, 5, 5]);
  const run = async (): Promise<string> => {
    manualSeed(9);
    return (await compose(randomCrop(3), randomHorizontalFlip())(images).data()).join();
  };
  assert.equal(await run(), await run());
});

test('what is no batch of images, or too small, is refused', () => {
  assert.throws(() => normalize([0], [1])(rand([3, 4])), /normalize takes a batch of images.*not \[3, 4\]/);
  assert.throws(() => centerCrop(9)(rand([1, 1, 8, 9])), /centerCrop: 9 rows of images \[1, 1, 8, 9\]/);
});

test('a loader transforms its batches, takes a sampler, and lets samples be put together otherwise', async () => {
  const rows = new TensorDataset([arange(6).float()]);
  const doubled = new DataLoader(rows, { batchSize: 4, transform: ([x]) => [x.mul(2)] });
  const seen: number[] = [];
  for await (const [x] of doubled) seen.push(...(await x.data()));
  assert.deepEqual(seen, [0, 2, 4, 6, 8, 10]);
  const sampler = new WeightedRandomSampler([0, 0, 1, 0, 0, 0], 5);
  const drawn = new DataLoader(rows, { batchSize: 2, sampler });
  assert.equal(drawn.length, 3);
  for await (const [x] of drawn) assert.ok((await x.data()).every((value) => value === 2));
  class Words extends SampleDataset<readonly [readonly number[]]> {
    readonly length = 3;
    override get(index: number): readonly [readonly number[]] {
      return [Array.from({ length: index + 1 }, () => index)];
    }
  }
  const padded = new DataLoader(new Words(), {
    batchSize: 3,
    collateFn: (samples: readonly (readonly [readonly number[]])[]) => [
      tensor(samples.map(([word]) => [...word, ...Array<number>(3 - word.length).fill(-1)])),
    ],
  });
  for await (const [x] of padded) assert.deepEqual(await x?.toArray(), [[0, -1, -1], [1, 1, -1], [2, 2, 2]]); // prettier-ignore
  assert.throws(() => new DataLoader(rows, { sampler, shuffle: true }), /leave out shuffle/);
  assert.throws(() => new DataLoader(rows, { numWorkers: -1 }), /numWorkers must be a whole number/);
});
