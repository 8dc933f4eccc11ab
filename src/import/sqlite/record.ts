/** A row as SQLite stores it: a header of types, then the values. */

/** Integers beyond 2^53 are bigints. */
export type SqlValue = null | number | bigint | string | Uint8Array;

/** The values of a record; null when its header and its body do not agree. */
export function readRecord(payload: Uint8Array, encoding: string): SqlValue[] | null {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  const cursor = { at: 0 };
  const headerSize = varint(payload, cursor);
  if (headerSize > payload.length || headerSize < 1) return null;
  const values: SqlValue[] = [];
  let at = headerSize;
  while (cursor.at < headerSize) {
    const type = varint(payload, cursor);
    const size = sizeOf(type);
    if (at + size > payload.length) return null;
    values.push(valueOf(view, payload, at, type, size, encoding));
    at += size;
  }
  return values;
}

const INTEGER_SIZES = [0, 1, 2, 3, 4, 6, 8];

function sizeOf(type: number): number {
  if (type < INTEGER_SIZES.length) return INTEGER_SIZES[type] as number;
  if (type === 7) return 8;
  return type < 12 ? 0 : Math.floor((type - 12) / 2);
}

function valueOf(
  view: DataView,
  payload: Uint8Array,
  at: number,
  type: number,
  size: number,
  encoding: string,
): SqlValue {
  switch (type) {
    case 0:
    case 10:
    case 11:
      return null;
    case 1:
      return view.getInt8(at);
    case 2:
      return view.getInt16(at);
    case 3:
      return view.getInt8(at) * 65536 + view.getUint16(at + 1);
    case 4:
      return view.getInt32(at);
    case 5:
      return view.getInt16(at) * 2 ** 32 + view.getUint32(at + 2);
    case 6: {
      const value = view.getBigInt64(at);
      return BigInt.asIntN(54, value) === value ? Number(value) : value;
    }
    case 7:
      return view.getFloat64(at);
    case 8:
      return 0;
    case 9:
      return 1;
    default: {
      const bytes = payload.subarray(at, at + size);
      return type % 2 === 0 ? bytes : new TextDecoder(encoding).decode(bytes);
    }
  }
}

function varint(bytes: Uint8Array, cursor: { at: number }): number {
  let value = 0;
  for (let i = 0; i < 8; i++) {
    const byte = bytes[cursor.at++] ?? 0;
    value = value * 128 + (byte & 127);
    if (byte < 128) return value;
  }
  return value * 256 + (bytes[cursor.at++] ?? 0);
}
