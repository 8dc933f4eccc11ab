/** Samples put together field by field, on the host. */
import { shapeText, tensorError } from '../tensor/errors.ts';

/** Numbers of a given shape. */
export interface HostField {
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array | Uint32Array | Uint8Array;
}

/** One field of a sample: a number, the values of an array, or an array with a shape (an image, for example). */
export type Field = number | ArrayLike<number> | HostField;

const isShaped = (field: Field): field is HostField => typeof field === 'object' && 'data' in field;

function typeOf(values: ArrayLike<number>) {
  if (values instanceof Uint8Array || values instanceof Uint8ClampedArray) return Uint8Array;
  if (values instanceof Int32Array) return Int32Array;
  return values instanceof Uint32Array ? Uint32Array : Float32Array;
}

/**
 * The fields of all samples, the samples along the first dimension. Typed arrays keep their type; single numbers become
 * i32 where all of a batch are whole (classes, for example), else f32.
 */
export function collate(samples: readonly (readonly Field[])[]): HostField[] {
  const [first = []] = samples;
  return first.map((_, i) =>
    collateField(
      samples.map((sample) => sample[i] as Field),
      i,
    ),
  );
}

function collateField(fields: readonly Field[], index: number): HostField {
  const [first] = fields as [Field];
  if (typeof first === 'number') {
    const numbers = fields as readonly number[];
    const type = numbers.every((each) => Number.isInteger(each)) ? Int32Array : Float32Array;
    return { shape: [fields.length], data: type.from(numbers) };
  }
  const shapeOf = (field: Field): readonly number[] =>
    isShaped(field) ? field.shape : [(field as ArrayLike<number>).length];
  const valuesOf = (field: Field): ArrayLike<number> =>
    isShaped(field) ? field.data : (field as ArrayLike<number>);
  const shape = shapeOf(first);
  const values = valuesOf(first);
  const data = new (typeOf(values))(fields.length * values.length);
  fields.forEach((field, i) => {
    if (shapeOf(field).join() !== shape.join())
      throw tensorError(
        `field ${index} of a sample has shape ${shapeText(shape)} and that of another ${shapeText(shapeOf(field))}; bring them to one shape, or pass a collateFn`,
      );
    data.set(valuesOf(field), i * values.length);
  });
  return { shape: [fields.length, ...shape], data };
}
