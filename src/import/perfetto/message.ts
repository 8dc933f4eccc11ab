/** Protocol buffers without a schema compiler: a message is handed over field by field, what nobody asks for is skipped. */
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';

/** A field of the wrong kind. The wire reader throws errors of its own for what is no message at all. */
export class WireError extends Error {}

/** The value of the field just met. One call of one method reads it; without a call it is skipped. */
export class FieldValue {
  wire: WireType = WireType.Varint;
  readonly #reader: BinaryReader;

  constructor(reader: BinaryReader) {
    this.#reader = reader;
  }

  /** An unsigned 64-bit integer, of variable length or fixed. */
  integer(): bigint {
    if (this.wire === WireType.Varint) return BigInt(this.#reader.uint64());
    if (this.wire === WireType.Bit64) return BigInt(this.#reader.fixed64());
    throw new WireError('expected an integer');
  }

  /** The same as a number: exact up to 2^53. */
  number(): number {
    return Number(this.integer());
  }

  signed(): number {
    return Number(BigInt.asIntN(64, this.integer()));
  }

  double(): number {
    if (this.wire !== WireType.Bit64) throw new WireError('expected a floating-point number');
    return this.#reader.double();
  }

  bytes(): Uint8Array {
    if (this.wire !== WireType.LengthDelimited) throw new WireError('expected bytes');
    return this.#reader.bytes();
  }

  text(): string {
    if (this.wire !== WireType.LengthDelimited) throw new WireError('expected text');
    return this.#reader.string();
  }

  message(visit: VisitField): void {
    readMessage(this.bytes(), visit);
  }
}

export type VisitField = (field: number, value: FieldValue) => void;

export function readMessage(bytes: Uint8Array, visit: VisitField): void {
  const reader = new BinaryReader(bytes);
  const value = new FieldValue(reader);
  while (reader.pos < reader.len) {
    const [field, wire] = reader.tag();
    const { pos } = reader;
    value.wire = wire;
    visit(field, value);
    if (reader.pos === pos) reader.skip(wire, field);
  }
}
