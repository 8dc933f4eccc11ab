/** Writes small Perfetto traces: messages as lists of [field, value], in Perfetto's own field numbers. */
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

/** Text, integer, floating-point number, fixed 64-bit integer, or a message of fields. */
export type FieldValue = string | number | bigint | { readonly double: number } | { readonly fixed: bigint } | Uint8Array | Message; // prettier-ignore
export type Message = readonly (readonly [field: number, value: FieldValue])[];

export function encoded(message: Message): Uint8Array {
  const writer = new BinaryWriter();
  for (const [field, value] of message) {
    if (typeof value === 'string') writer.tag(field, WireType.LengthDelimited).string(value);
    else if (typeof value === 'number') writer.tag(field, WireType.Varint).int64(value);
    else if (typeof value === 'bigint') writer.tag(field, WireType.Varint).uint64(value);
    else if (value instanceof Uint8Array) writer.tag(field, WireType.LengthDelimited).bytes(value);
    else if ('double' in value) writer.tag(field, WireType.Bit64).double(value.double);
    else if ('fixed' in value) writer.tag(field, WireType.Bit64).fixed64(value.fixed);
    else writer.tag(field, WireType.LengthDelimited).bytes(encoded(value));
  }
  return writer.finish();
}

/** A trace of these packets. */
export function perfettoTrace(packets: readonly Message[]): Uint8Array {
  return encoded(packets.map((packet) => [1, packet]));
}
