/**
 * Safetensors: eight bytes of header length (little-endian), a JSON header naming each tensor's type, shape and byte
 * range, then the bytes. The format of the Hugging Face library of that name; half floats are widened when read.
 */
import { halfBitsToFloats } from '../tensor/half.ts';
import type { StateDict, StateEntry } from '../nn/state.ts';

type HostType = 'F32' | 'I32' | 'U32' | 'U8';

const BYTES: Readonly<Record<string, number>> = {
  F32: 4,
  I32: 4,
  U32: 4,
  U8: 1,
  F16: 2,
  BF16: 2,
  F64: 8,
  I64: 8,
  U64: 8,
  I16: 2,
  U16: 2,
  I8: 1,
  BOOL: 1,
};

interface Entry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

/** Longest header that is read: the limit of the original library. */
const MOST_HEADER_BYTES = 100_000_000;

function typeOf(data: StateEntry['data']): HostType {
  if (data instanceof Float32Array) return 'F32';
  if (data instanceof Int32Array) return 'I32';
  return data instanceof Uint32Array ? 'U32' : 'U8';
}

/** The bytes of a safetensors file. */
export function encodeSafetensors(
  state: StateDict,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const header: Record<string, unknown> = Object.keys(metadata).length > 0 ? { __metadata__: metadata } : {};
  let offset = 0;
  for (const [name, { shape, data }] of Object.entries(state)) {
    header[name] = {
      dtype: typeOf(data),
      shape,
      data_offsets: [offset, offset + data.byteLength],
    } satisfies Entry;
    offset += data.byteLength;
  }
  // Padded with spaces, so that the tensors lie at a multiple of eight bytes.
  const json = JSON.stringify(header);
  const text = new TextEncoder().encode(
    json.padEnd(json.length + ((8 - (new TextEncoder().encode(json).length % 8)) % 8)),
  );
  const bytes = new Uint8Array(8 + text.length + offset);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  let at = 8 + text.length;
  for (const { data } of Object.values(state)) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}

/** The tensors of a safetensors file. @throws Error saying what is wrong with the bytes. */
export function decodeSafetensors(bytes: Uint8Array, name = 'the file'): StateDict {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = bytes.length >= 8 ? Number(view.getBigUint64(0, true)) : -1;
  if (length < 2 || length > MOST_HEADER_BYTES || 8 + length > bytes.length)
    throw new Error(
      `${name} is not a safetensors file: its header would be ${length} of ${bytes.length} bytes`,
    );
  const header = parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)), name);
  const state: Record<string, StateEntry> = {};
  for (const [key, value] of Object.entries(header)) {
    if (key === '__metadata__') continue;
    const entry = checked(value, key, name, bytes.length - 8 - length);
    const [start, end] = entry.data_offsets;
    state[key] = {
      shape: entry.shape,
      data: decode(entry.dtype, copyOf(bytes.subarray(8 + length + start, 8 + length + end))),
    };
  }
  return state;
}

/** Memory of its own, that begins where any type may: the slice() of a Node Buffer is a view into a shared one. */
const copyOf = (bytes: Uint8Array): ArrayBuffer => new Uint8Array(bytes).buffer;

function parse(text: string, name: string): Record<string, unknown> {
  try {
    const header: unknown = JSON.parse(text);
    if (typeof header === 'object' && header !== null && !Array.isArray(header))
      return header as Record<string, unknown>;
  } catch {
    // Said below.
  }
  throw new Error(`${name} is not a safetensors file: its header is not a JSON object`);
}

function checked(value: unknown, key: string, name: string, available: number): Entry {
  const { dtype, shape, data_offsets: range } = (value ?? {}) as Partial<Entry>;
  const whole = (n: unknown): n is number => Number.isSafeInteger(n) && (n as number) >= 0;
  const bytes = BYTES[dtype ?? ''];
  if (bytes === undefined)
    throw new Error(
      `${name}: ${key} has the type ${String(dtype)}, which is not read; there are ${Object.keys(BYTES).join(', ')}`,
    );
  if (
    !Array.isArray(shape) ||
    !shape.every(whole) ||
    !Array.isArray(range) ||
    range.length !== 2 ||
    !range.every(whole)
  )
    throw new Error(`${name}: ${key} has a malformed shape or byte range`);
  const [start, end] = range as [number, number];
  const size = (shape as number[]).reduce((product, n) => product * n, 1) * bytes;
  if (end - start !== size || end > available)
    throw new Error(
      `${name}: ${key} says bytes ${start} to ${end} for ${size} bytes of values, in a file with ${available}`,
    );
  return { dtype: dtype as string, shape: shape as number[], data_offsets: [start, end] };
}

function decode(dtype: string, buffer: ArrayBuffer): StateEntry['data'] {
  switch (dtype) {
    case 'I32':
      return new Int32Array(buffer);
    case 'U32':
      return new Uint32Array(buffer);
    case 'U8':
    case 'BOOL':
      return new Uint8Array(buffer);
    case 'I64':
      return Int32Array.from(new BigInt64Array(buffer), Number);
    case 'U64':
      return Int32Array.from(new BigUint64Array(buffer), Number);
    case 'I16':
      return Int32Array.from(new Int16Array(buffer));
    case 'U16':
      return Int32Array.from(new Uint16Array(buffer));
    case 'I8':
      return Int32Array.from(new Int8Array(buffer));
    case 'F64':
      return Float32Array.from(new Float64Array(buffer));
    case 'F16':
      return halfBitsToFloats(new Uint16Array(buffer));
    case 'BF16':
      return new Float32Array(Uint32Array.from(new Uint16Array(buffer), (bits) => bits << 16).buffer);
    default:
      return new Float32Array(buffer);
  }
}
