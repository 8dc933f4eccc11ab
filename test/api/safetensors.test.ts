import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeSafetensors, encodeSafetensors } from '../../src/api/safetensors.ts';

const state = {
  'fc.weight': { shape: [2, 2], data: Float32Array.of(1, -2, 3.5, 4) },
  steps: { shape: [], data: Int32Array.of(7) },
  mask: { shape: [3], data: Uint8Array.of(1, 0, 1) },
};

const file = (header: unknown, body: readonly number[] = []): Uint8Array => {
  const text = new TextEncoder().encode(JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + body.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(body, 8 + text.length);
  return bytes;
};

test('a state survives the way to a file and back', () => {
  assert.deepEqual(decodeSafetensors(encodeSafetensors(state, { format: 'pt' })), state);
});

test('a file as Node reads it, a part of a larger buffer, is read like any bytes', () => {
  assert.deepEqual(decodeSafetensors(Buffer.from(encodeSafetensors(state))), state);
});

test('truth values and whole numbers of every size are read', () => {
  const read = decodeSafetensors(
    file(
      {
        mask: { dtype: 'BOOL', shape: [2], data_offsets: [0, 2] },
        small: { dtype: 'I8', shape: [1], data_offsets: [2, 3] },
        wide: { dtype: 'U16', shape: [1], data_offsets: [4, 6] },
        signed: { dtype: 'I16', shape: [1], data_offsets: [6, 8] },
      },
      [1, 0, 255, 0, 255, 255, 255, 255],
    ),
  );
  assert.deepEqual(read['mask']?.data, Uint8Array.of(1, 0));
  assert.deepEqual([read['small']?.data, read['wide']?.data, read['signed']?.data], [Int32Array.of(-1), Int32Array.of(65_535), Int32Array.of(-1)]); // prettier-ignore
});

test('the tensors begin at a multiple of eight bytes', () => {
  const bytes = encodeSafetensors(state);
  assert.equal(Number(new DataView(bytes.buffer).getBigUint64(0, true)) % 8, 0);
});

test('halves and bfloats are widened', () => {
  const read = decodeSafetensors(
    file(
      {
        a: { dtype: 'F16', shape: [2], data_offsets: [0, 4] },
        b: { dtype: 'BF16', shape: [1], data_offsets: [4, 6] },
      },
      [0, 0x3c, 0, 0xc2, 0xc0, 0x3f],
    ),
  );
  assert.deepEqual([...(read['a']?.data ?? [])], [1, -3]);
  assert.deepEqual([...(read['b']?.data ?? [])], [1.5]);
});

test('malformed files are refused with the reason', () => {
  assert.throws(() => decodeSafetensors(Uint8Array.of(1, 2)), /not a safetensors file/);
  assert.throws(() => decodeSafetensors(file([])), /header is not a JSON object/);
  assert.throws(
    () => decodeSafetensors(file({ a: { dtype: 'F9', shape: [1], data_offsets: [0, 4] } })),
    /type F9/,
  );
  assert.throws(
    () => decodeSafetensors(file({ a: { dtype: 'F32', shape: [2], data_offsets: [0, 4] } }, [0, 0, 0, 0])),
    /0 to 4 for 8 bytes/,
  );
  assert.throws(
    () => decodeSafetensors(file({ a: { dtype: 'F32', shape: [1], data_offsets: [0, 4] } })),
    /in a file with 0/,
  );
  assert.throws(
    () => decodeSafetensors(file({ a: { dtype: 'F32', shape: [-1], data_offsets: [0, 4] } })),
    /malformed/,
  );
});
