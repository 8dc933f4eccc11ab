/** Sequences of unequal lengths: packed, padded, and taken apart again. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as nn from '../../src/nn/index.ts';
import { tensor } from '../../src/tensor/creation.ts';
import { rand } from '../../src/tensor/random-creation.ts';
import { testEngine } from '../support/device.ts';

await testEngine();
const { packPaddedSequence, packSequence, padPackedSequence, padSequence, unpadSequence } = nn.utils.rnn;

test('sequences are padded, packed and taken apart again', async () => {
  const sequences = [tensor(Int32Array.of(1, 2)), tensor(Int32Array.of(3)), tensor(Int32Array.of(4, 5, 6))];
  const padded = padSequence(sequences, { batchFirst: true, paddingValue: 9 });
  assert.equal(padded.dtype, 'i32');
  assert.deepEqual(await padded.toArray(), [[1, 2, 9], [3, 9, 9], [4, 5, 6]]); // prettier-ignore
  assert.deepEqual(await padSequence(sequences).toArray(), [[1, 3, 4], [2, 0, 5], [0, 0, 6]]); // prettier-ignore
  const apart = unpadSequence(padded, [2, 1, 3], { batchFirst: true });
  assert.deepEqual(await Promise.all(apart.map((each) => each.toArray())), [[1, 2], [3], [4, 5, 6]]);
  const floats = sequences.map((each) => each.float().unsqueeze(1));
  const [again, lengths] = padPackedSequence(packSequence(floats), { batchFirst: true, paddingValue: -1, totalLength: 4 });
  assert.deepEqual(lengths, [2, 1, 3]);
  assert.deepEqual(await again.squeeze(2).toArray(), [[1, 2, -1, -1], [3, -1, -1, -1], [4, 5, 6, -1]]); // prettier-ignore
}); // prettier-ignore

test('what lies behind the end of a packed sequence counts for nothing, not even a NaN', async () => {
  const lstm = new nn.LSTM(2, 3, { bidirectional: true });
  const short = rand([2, 1, 2]);
  const long = short.pad([0, 0, 0, 0, 0, 3], NaN);
  const both = packPaddedSequence(nn.utils.rnn.padSequence([long.squeeze(1), rand([5, 2])]), [2, 5]);
  const [packed, [hidden]] = lstm.forward(both);
  const [alone, [hiddenAlone]] = lstm.forward(short);
  const near = (a: ArrayLike<number>, b: ArrayLike<number>): void =>
    Array.from(a).forEach((value, i) => assert.ok(Math.abs(value - (b[i] as number)) < 1e-6));
  near(await padPackedSequence(packed)[0].at([0, 2], 0).data(), await alone.squeeze(1).data());
  near(await hidden.at([], 0).data(), await hiddenAlone.squeeze(1).data());
  assert.deepEqual([...(await padPackedSequence(packed)[0].at([2], 0).data())], Array(18).fill(0));
});

test('lengths that do not fit are named', () => {
  const x = rand([3, 5, 2]);
  const batchFirst = true;
  assert.throws(() => packPaddedSequence(x, [1, 2], { batchFirst }), /2 lengths for \[3, 5, 2\], \[batch, time, \.\.\.\]/);
  assert.throws(() => packPaddedSequence(x, [1, 6, 2], { batchFirst }), /a length of 6 in sequences of 5/);
  assert.throws(() => packPaddedSequence(x, [1, 0, 2], { batchFirst }), /a length of 0/);
  assert.throws(() => packPaddedSequence(x, [1, 3, 2], { batchFirst, enforceSorted: true }), /1, 3, 2 are not sorted/);
  const packed = packPaddedSequence(x, [3, 2, 1], { batchFirst, enforceSorted: true });
  assert.throws(() => padPackedSequence(packed, { totalLength: 2 }), /a total length of 2 for sequences of up to 3/);
  assert.throws(() => new nn.GRU(4, 3).forward(packed), /has shape \[3, 3, 2\]; expected \[time, batch, 4\]/);
  assert.throws(() => new nn.GRUCell(2, 3).forward(rand([4, 2]), rand([3, 3])), /\[3, 3\]; expected \[batch, hidden\] \[4, 3\]/);
}); // prettier-ignore
