/** NumPy's files: NPY (one array) and NPZ (a zip of them), as `numpy.lib.format` describes them. */
import { unzipSync } from 'fflate';
import { halfBitsToFloats } from '../tensor/half.ts';

export interface NpyArray {
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array | Uint32Array | Uint8Array;
}

type Decode = (bytes: ArrayBuffer) => NpyArray['data'];

/** By NumPy's type code without its byte order. What f32 and i32 cannot hold exactly is rounded or cut. */
const TYPES: Readonly<Record<string, { readonly bytes: number; readonly decode: Decode }>> = {
  f4: { bytes: 4, decode: (bytes) => new Float32Array(bytes) },
  f8: { bytes: 8, decode: (bytes) => Float32Array.from(new Float64Array(bytes)) },
  f2: { bytes: 2, decode: (bytes) => halfBitsToFloats(new Uint16Array(bytes)) },
  i4: { bytes: 4, decode: (bytes) => new Int32Array(bytes) },
  i8: { bytes: 8, decode: (bytes) => Int32Array.from(new BigInt64Array(bytes), Number) },
  i2: { bytes: 2, decode: (bytes) => Int32Array.from(new Int16Array(bytes)) },
  i1: { bytes: 1, decode: (bytes) => Int32Array.from(new Int8Array(bytes)) },
  u4: { bytes: 4, decode: (bytes) => new Uint32Array(bytes) },
  u2: { bytes: 2, decode: (bytes) => Int32Array.from(new Uint16Array(bytes)) },
  u1: { bytes: 1, decode: (bytes) => new Uint8Array(bytes) },
  b1: { bytes: 1, decode: (bytes) => new Uint8Array(bytes) },
};

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]; // \x93NUMPY

/** The array in an NPY file. @throws Error saying what is wrong with the bytes or not read. */
export function readNpy(bytes: Uint8Array, name = 'NPY data'): NpyArray {
  if (MAGIC.some((byte, i) => bytes[i] !== byte) || bytes.length < 12)
    throw new Error(`${name} is not an NPY file`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const long = (bytes[6] as number) >= 2;
  const start = long ? 12 : 10;
  const end = start + (long ? view.getUint32(8, true) : view.getUint16(8, true));
  const header = new TextDecoder('latin1').decode(bytes.subarray(start, Math.min(end, bytes.length)));
  const descr = /'descr':\s*'([<>|=]?)(\w\d+)'/.exec(header);
  const order = /'fortran_order':\s*(True|False)/.exec(header)?.[1];
  const sizes = /'shape':\s*\(([\d,\s]*)\)/.exec(header)?.[1];
  if (end > bytes.length || !descr || !order || sizes === undefined)
    throw new Error(`${name}: its header is not NumPy's`);
  const type = TYPES[descr[2] as string];
  if (!type || descr[1] === '>')
    throw new Error(
      `${name}: values of type ${descr[1]}${descr[2]} are not read; there are ${Object.keys(TYPES).join(', ')}, little-endian`,
    );
  const shape = sizes.split(',').flatMap((size) => (size.trim() === '' ? [] : [Number(size)])); // prettier-ignore
  const count = shape.reduce((product, size) => product * size, 1);
  if (bytes.length !== end + count * type.bytes)
    throw new Error(
      `${name} should hold ${count} values (${end + count * type.bytes} bytes) and has ${bytes.length} bytes`,
    );
  // Memory of its own: the slice() of a Node Buffer is a view into a shared one.
  const data = type.decode(new Uint8Array(bytes.subarray(end)).buffer);
  return { shape, data: order === 'True' ? rowMajor(data, shape) : data };
}

/** Every array in an NPZ file by its name. */
export function readNpz(bytes: Uint8Array, name = 'NPZ data'): Record<string, NpyArray> {
  let files: Record<string, Uint8Array>;
  try {
    files = unzipSync(bytes);
  } catch (error) {
    throw new Error(`${name} is not a zip file: ${(error as Error).message}`, { cause: error });
  }
  return Object.fromEntries(
    Object.entries(files).map(([file, content]) => [
      file.replace(/\.npy$/, ''),
      readNpy(content, `${name}: ${file}`),
    ]),
  );
}

/** Values with the first dimension innermost, in the usual order. */
function rowMajor(data: NpyArray['data'], shape: readonly number[]): NpyArray['data'] {
  const made = data.slice();
  for (let i = 0; i < made.length; i++) {
    let rest = i;
    let at = 0;
    // Digits of i, last dimension first, are put together again with the first dimension lowest.
    let stride = made.length;
    for (let d = shape.length - 1; d >= 0; d--) {
      const size = shape[d] as number;
      stride /= size;
      at += (rest % size) * stride;
      rest = Math.floor(rest / size);
    }
    made[i] = data[at] as number;
  }
  return made;
}
