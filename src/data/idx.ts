/**
 * IDX, the format of the MNIST files: two zero bytes, an element type, the number of dimensions, the sizes as big-endian
 * 32-bit numbers, then the elements, big-endian. Described on the page of the original database.
 */
import { gunzipSync } from 'fflate';

export interface IdxArray {
  readonly shape: readonly number[];
  readonly data: Uint8Array | Int32Array | Float32Array;
}

type Reader = (view: DataView, at: number) => number;

const UNSIGNED_BYTE = 8;
const ELEMENTS: Readonly<
  Record<number, { readonly bytes: number; readonly read: Reader; readonly whole: boolean }>
> = {
  8: { bytes: 1, read: (view, at) => view.getUint8(at), whole: true },
  9: { bytes: 1, read: (view, at) => view.getInt8(at), whole: true },
  11: { bytes: 2, read: (view, at) => view.getInt16(at), whole: true },
  12: { bytes: 4, read: (view, at) => view.getInt32(at), whole: true },
  13: { bytes: 4, read: (view, at) => view.getFloat32(at), whole: false },
  14: { bytes: 8, read: (view, at) => view.getFloat64(at), whole: false },
};

/**
 * The array in an IDX file, gzipped or not. Bytes stay bytes; other whole numbers become i32, the rest f32.
 * @throws Error saying what is wrong with the bytes.
 */
export function readIdx(bytes: Uint8Array, name = 'IDX data'): IdxArray {
  const plain = bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes;
  const view = new DataView(plain.buffer, plain.byteOffset, plain.byteLength);
  if (plain.length < 4 || view.getUint16(0) !== 0)
    throw new Error(`${name} is not an IDX file: it does not start with two zero bytes`);
  const type = view.getUint8(2);
  const element = ELEMENTS[type];
  if (!element) throw new Error(`${name}: unknown IDX element type ${type}`);
  const dimensions = view.getUint8(3);
  const start = 4 + 4 * dimensions;
  if (plain.length < start) throw new Error(`${name} ends inside its header`);
  const shape = Array.from({ length: dimensions }, (_, i) => view.getUint32(4 + 4 * i));
  const count = shape.reduce((product, size) => product * size, 1);
  if (plain.length !== start + count * element.bytes)
    throw new Error(
      `${name} should hold ${count} elements (${start + count * element.bytes} bytes) and has ${plain.length} bytes`,
    );
  if (type === UNSIGNED_BYTE) return { shape, data: plain.subarray(start) };
  const values = { length: count };
  const at = (_: unknown, i: number): number => element.read(view, start + i * element.bytes);
  return { shape, data: element.whole ? Int32Array.from(values, at) : Float32Array.from(values, at) };
}
