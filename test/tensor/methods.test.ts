/** What goldens cannot say: types, truth values, changes in place, randomness. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { arange, eye, linspace, tensor, zeros } from '../../src/tensor/creation.ts';
import { noGrad } from '../../src/tensor/grad-mode.ts';
import { cat } from '../../src/tensor/joining.ts';
import { manualSeed } from '../../src/tensor/random.ts';
import { multinomial, rand, randint, randn, randperm } from '../../src/tensor/random-creation.ts';
import { testEngine } from '../support/device.ts';

await testEngine();

test('comparisons give truth values, which stay so when they are moved and are numbers when computed with', async () => {
  const mask = tensor([[1, 2], [3, 4]]).gt(2); // prettier-ignore
  assert.equal(mask.dtype, 'bool');
  assert.deepEqual(await mask.data(), Uint8Array.of(0, 0, 1, 1));
  for (const moved of [
    mask.T,
    mask.reshape(4),
    mask.slice(0, 1),
    mask.flip(0),
    mask.expand(2, 2, 2),
    cat([mask, mask]),
    mask.clone(),
    mask.detach(),
  ])
    // prettier-ignore
    assert.equal(moved.dtype, 'bool');
  assert.equal(mask.logicalNot().dtype, 'bool');
  for (const counted of [mask.sum(), mask.mul(2), mask.float(), mask.mean(0)]) assert.equal(counted.dtype, 'f32'); // prettier-ignore
  assert.equal(await mask.sum().item(), 2);
  assert.equal(mask.int().dtype, 'i32');
  assert.equal((await mask.any(1).data()).join(), '0,1');
  assert.equal((await mask.all(0).data()).join(), '0,0');
  assert.equal(mask.any().dtype, 'bool');
});

test('whole numbers are filled and padded with whole numbers', async () => {
  for (const type of [Int32Array, Uint32Array]) {
    assert.deepEqual(
      await tensor(type.of(1, 2, 3))
        .fill_(7)
        .data(),
      type.of(7, 7, 7),
    );
    assert.deepEqual(await tensor(type.of(1, 2)).pad([1, 2], 5).data(), type.of(5, 1, 2, 5, 5));
  }
  assert.deepEqual(await tensor(Int32Array.of(1)).pad([0, 1], -100).data(), Int32Array.of(1, -100));
});

test('sums, products and largest of whole numbers are whole, means are not', async () => {
  const whole = tensor(Int32Array.of(3, 1, 2), { shape: [1, 3] });
  for (const [folded, value] of [[whole.sum(), 6], [whole.max(1), 3], [whole.min(), 1], [whole.prod(1), 6]] as const) {
    assert.equal(folded.dtype, 'i32');
    assert.equal((await folded.data())[0], value);
  }
  assert.equal(whole.mean().dtype, 'f32');
}); // prettier-ignore

test('truth values are made from booleans and from numbers', async () => {
  assert.equal(tensor([true, false]).dtype, 'bool');
  assert.deepEqual(await tensor([[0, 2]], { dtype: 'bool' }).data(), Uint8Array.of(0, 1));
  assert.equal(zeros([2], { dtype: 'bool' }).dtype, 'bool');
  assert.deepEqual(await tensor([0.5, 0]).bool().data(), Uint8Array.of(1, 0));
  assert.throws(
    () => tensor([true]).requiresGrad_(),
    /only f32 and f16 tensors can require gradients, not bool/,
  );
});

test('a comparison of a tensor that requires a gradient is not part of the graph', () => {
  const x = rand([3], { requiresGrad: true });
  assert.equal(x.gt(0.5).requiresGrad, false);
});

test('whole numbers stay whole where the result is, and become floats beside floats', async () => {
  const n = arange(5);
  assert.equal(n.dtype, 'i32');
  const places = n.mul(2).add(1).remainder(4);
  assert.equal(places.dtype, 'i32');
  assert.deepEqual(await places.data(), Int32Array.of(1, 3, 1, 3, 1));
  assert.equal(n.cumsum(0).dtype, 'i32');
  assert.deepEqual(await n.floorDivide(2).data(), Int32Array.of(0, 0, 1, 1, 2));
  for (const real of [n.add(0.5), n.div(2), n.mul(rand([5])), n.exp()]) assert.equal(real.dtype, 'f32'); // prettier-ignore
  assert.equal(arange(0, 1, 0.25).dtype, 'f32');
  assert.deepEqual(await arange(3, 0, -1).data(), Int32Array.of(3, 2, 1));
  assert.deepEqual(await arange(3, { dtype: 'f32' }).data(), Float32Array.of(0, 1, 2));
  assert.deepEqual(await tensor(Uint8Array.of(7, 8)).add(1).data(), Int32Array.of(8, 9));
});

test('half precision gives way to single beside a tensor, and numbers take its type', () => {
  const half = rand([3]).half();
  assert.equal(half.add(rand([3])).dtype, 'f32');
  assert.equal(half.maximum(0).dtype, 'f16');
  assert.equal(half.where(half.gt(0), 0).dtype, 'f16');
});

test('places pick, slice and select', async () => {
  const x = arange(24).reshape(2, 3, 4);
  assert.deepEqual(await x.at(1, 2, 3).item(), 23);
  assert.deepEqual([...x.at(-1, [], [1, 3]).shape], [3, 2]);
  assert.deepEqual(await x.at([], 0, [undefined, undefined, 3]).toArray(), [[0, 3], [12, 15]]); // prettier-ignore
  assert.deepEqual(await x.at(0, tensor(Int32Array.of(2, 0)), 1).data(), Int32Array.of(9, 1));
  assert.throws(() => x.at(0, 0, 0, 0), /4 places for a tensor of shape \[2, 3, 4\]/);
});

test('changes in place change the tensor and are refused where the graph would miss them', async () => {
  const x = tensor([1, 2, 3]);
  assert.equal(
    x
      .mul_(2)
      .add_(1)
      .sub_(tensor([1, 1, 1]), { alpha: 3 })
      .div_(2),
    x,
  );
  assert.deepEqual(await x.data(), Float32Array.of(0, 1, 2));
  assert.deepEqual(await x.clamp_(0.5, 1.5).data(), Float32Array.of(0.5, 1, 1.5));
  assert.deepEqual(await x.lerp_(zeros([3]), 0.5).data(), Float32Array.of(0.25, 0.5, 0.75));
  assert.deepEqual(await x.zero_().data(), new Float32Array(3));
  assert.deepEqual(
    await zeros([2, 2])
      .copy_(tensor([1, 2]))
      .data(),
    Float32Array.of(1, 2, 1, 2),
  );
  const leaf = rand([3], { requiresGrad: true });
  const made = leaf.mul(2);
  assert.throws(() => made.add_(1), /add_: this tensor was made by affine, which is recorded/);
  noGrad(() => made.add_(1));
});

test('backward() refuses what was changed in place after it was used, naming the operation', () => {
  const weight = rand([3], { requiresGrad: true });
  const x = rand([3]);
  const y = weight.mul(x).sum();
  x.mul_(2);
  assert.throws(() => y.backward(), /as it was when mul used it, and it was changed in place since/);
  const z = weight.add(x).sum();
  x.mul_(2);
  z.backward();
});

test('rows of numbers and matrices by formula', async () => {
  assert.deepEqual(await linspace(0, 1, 5).data(), Float32Array.of(0, 0.25, 0.5, 0.75, 1));
  assert.deepEqual(await eye(2, 3).toArray(), [[1, 0, 0], [0, 1, 0]]); // prettier-ignore
});

test('random whole numbers, orders and choices', async () => {
  manualSeed(3);
  const whole = await randint(2, 5, [1000]).data();
  assert.deepEqual([...new Set(whole)].toSorted(), [2, 3, 4]);
  assert.deepEqual([...(await randperm(50).data())].toSorted((a, b) => a - b), [...Array(50).keys()]); // prettier-ignore
  const weights = tensor([[0, 1, 3], [1, 0, 0]]); // prettier-ignore
  const drawn = await multinomial(weights, 400, { replacement: true });
  assert.deepEqual([...drawn.shape], [2, 400]);
  const [first, second] = (await drawn.toArray()) as number[][];
  const share = (first as number[]).filter((place) => place === 2).length / 400;
  assert.ok(share > 0.65 && share < 0.85, String(share));
  assert.ok(!first?.includes(0) && second?.every((place) => place === 0));
  assert.deepEqual([...(await (await multinomial(tensor([1, 1, 1]), 3)).data())].toSorted(), [0, 1, 2]);
  await assert.rejects(multinomial(tensor([0, 0]), 1), /finite sum above 0/);
  const normals = await randn([2]).normal_(5, 0.001).data();
  assert.ok(normals.every((value) => Math.abs(value - 5) < 0.1));
});

test('topk and median name what they cannot give, and pad and repeat what does not fit', () => {
  assert.throws(() => rand([3]).topk(4), /topk: 4 of the 3 elements/);
  assert.throws(() => rand([3]).pad([1]), /pad: 1 margins for a tensor of 1 dimensions/);
  assert.throws(() => rand([2, 2]).repeat(3), /repeat: 1 numbers for a tensor of 2 dimensions/);
});
