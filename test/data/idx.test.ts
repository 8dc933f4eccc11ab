import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { gzipSync } from 'fflate';
import { readIdx } from '../../src/data/idx.ts';

const header = (type: number, sizes: readonly number[]): number[] => [
  0,
  0,
  type,
  sizes.length,
  ...sizes.flatMap((n) => [0, 0, n >> 8, n & 255]),
];

test('bytes keep their type and shape, gzipped or not', () => {
  const bytes = Uint8Array.from([...header(8, [2, 3]), 1, 2, 3, 4, 5, 255]);
  for (const each of [bytes, gzipSync(bytes)]) {
    const { shape, data } = readIdx(each);
    assert.deepEqual(shape, [2, 3]);
    assert.deepEqual([...data], [1, 2, 3, 4, 5, 255]);
  }
});

test('larger elements are big-endian', () => {
  assert.deepEqual([...readIdx(Uint8Array.from([...header(11, [2]), 255, 254, 1, 0])).data], [-2, 256]);
  assert.deepEqual([...readIdx(Uint8Array.from([...header(13, [1]), 0x3f, 0xc0, 0, 0])).data], [1.5]);
});

test('what is wrong with a file is said', () => {
  assert.throws(() => readIdx(Uint8Array.from([1, 2, 3, 4])), /not an IDX file/);
  assert.throws(() => readIdx(Uint8Array.from([...header(7, [1]), 0])), /unknown IDX element type 7/);
  assert.throws(
    () => readIdx(Uint8Array.from(header(8, [2]))),
    /should hold 2 elements \(10 bytes\) and has 8 bytes/,
  );
});

test('the shipped digits are 10,000 images with their classes', () => {
  const images = readIdx(readFileSync('examples/data/mnist-10k-images.idx3-ubyte.gz'));
  const labels = readIdx(readFileSync('examples/data/mnist-10k-labels.idx1-ubyte.gz'));
  assert.deepEqual(images.shape, [10000, 28, 28]);
  assert.deepEqual(labels.shape, [10000]);
  const counts = Array.from(
    { length: 10 },
    (_, digit) => labels.data.filter((label) => label === digit).length,
  );
  assert.ok(
    counts.every((count) => count > 800 && count < 1200),
    counts.join(),
  );
  // An image of every class has ink in it.
  for (let i = 0; i < 50; i++)
    assert.ok(images.data.subarray(i * 784, (i + 1) * 784).some((pixel) => pixel > 200));
});
