/** What kernels over places share: every place is visited once, and is taken apart exactly however large it is. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { launchByPlaces } from '../../src/ops/kernel-parts.ts';
import { testEngine } from '../support/op-check.ts';

test('a place is divided exactly, up to the largest that there is', async () => {
  const engine = await testEngine();
  const large = [0xffffffff, 0xfffffffe, 0x80000001, 0x80000000, 0x7fffffff, 0x01000001, 0x00ffffff];
  const small = [1, 2, 3, 5, 7, 12, 64, 127, 784, 65_537, 0x7fffffff];
  const pairs = small.flatMap((b) =>
    [...large, 0, b - 1, b, b + 1, 3 * b - 1, 1000 * b, 1000 * b + b - 1].flatMap((a) =>
      a <= 0xffffffff ? [[a, b] as const] : [],
    ),
  );
  const [a, b] = [0, 1].map((i) =>
    engine.upload(
      Uint32Array.from(pairs, (pair) => pair[i] as number),
      [pairs.length],
      'u32',
    ),
  );
  const y = engine.empty([pairs.length], 'u32');
  const launch = launchByPlaces(engine.facts, pairs.length, {
    kernel: {
      op: 'quotient',
      variant: 'test',
      dtype: 'u32',
      family: 'other',
      file: 'test',
      source: `@group(0) @binding(0) var<storage, read> a: array<u32>;
@group(0) @binding(1) var<storage, read> b: array<u32>;
@group(0) @binding(2) var<storage, read_write> y: array<u32>;
fn each(i: u32) { if (i < arrayLength(&y)) { y[i] = quotient(a[i], b[i]); } }`,
      bindings: ['in', 'in', 'out'],
    },
    flops: 0,
    bytesMoved: 0,
  });
  assert.ok(a && b);
  engine.launch(launch, [a, b, y]);
  const found = await engine.read(y);
  pairs.forEach(([top, bottom], i) => assert.equal(found[i], Math.floor(top / bottom), `${top} / ${bottom}`));
});
