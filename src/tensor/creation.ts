/** Tensors from numbers. */
import { formatValue } from '../base/format.ts';
import { theEngine } from './engine.ts';
import { shapeText, tensorError } from './errors.ts';
import { floatsToHalfBits } from './half.ts';
import { Tensor } from './tensor.ts';
import type { TensorDtype } from './truth.ts';
import { Value } from './value.ts';

/** Options of functions that make a tensor. */
export interface TensorOptions {
  /** Type of the elements; 'f32' unless the values say otherwise. */
  readonly dtype?: TensorDtype;
  /** Record what is computed from this tensor, so that `backward()` finds its gradient. */
  readonly requiresGrad?: boolean;
}

/** Options of `tensor`. */
export interface FromValuesOptions extends TensorOptions {
  /** Shape of a flat list of values; without it the nesting gives the shape. */
  readonly shape?: readonly number[];
}

const HOST_ARRAYS = { f32: Float32Array, i32: Int32Array, u32: Uint32Array, u8: Uint8Array } as const;

/** Numbers or truth values, nested as deeply as the tensor has dimensions. */
export type NestedValues = number | boolean | NestedValues[];

/** The element type that values have on the device. */
function dtypeOf(values: NestedValues | ArrayLike<number>): TensorDtype {
  if (values instanceof Int32Array) return 'i32';
  if (values instanceof Uint32Array) return 'u32';
  if (values instanceof Uint8Array || values instanceof Uint8ClampedArray) return 'u8';
  if (Array.isArray(values)) return values.length > 0 ? dtypeOf(values[0] as NestedValues) : 'f32';
  return typeof values === 'boolean' ? 'bool' : 'f32';
}

/** @internal A tensor of host values in the given shape. */
export function upload(
  values: ArrayLike<number>,
  shape: readonly number[],
  { dtype = 'f32', requiresGrad = false }: TensorOptions,
): Tensor {
  const size = countOf(shape);
  if (size !== values.length)
    throw tensorError(`${values.length} values do not fill shape ${shapeText(shape)} (${size} elements)`);
  const truth = dtype === 'bool';
  const array = theEngine().upload(hostValues(values, dtype), shape, truth ? 'f32' : dtype);
  const made = new Tensor(new Value(array, { truth }));
  return requiresGrad ? made.requiresGrad_() : made;
}

function hostValues(values: ArrayLike<number>, dtype: TensorDtype) {
  if (dtype === 'bool') return Float32Array.from(values, (value) => (value === 0 ? 0 : 1));
  if (dtype === 'f16') return floatsToHalfBits(values);
  const type = HOST_ARRAYS[dtype] as (typeof HOST_ARRAYS)[keyof typeof HOST_ARRAYS] | undefined;
  if (!type)
    throw tensorError(
      `there is no element type ${String(dtype)}; there are ${[...Object.keys(HOST_ARRAYS), 'f16', 'bool'].join(', ')}`,
    );
  return values instanceof type ? values : type.from(values);
}

/**
 * A tensor of the given numbers or truth values: one, nested arrays, or a typed array with `shape`.
 * Typed arrays keep their type (Int32Array gives 'i32'), truth values give 'bool', everything else is 'f32'.
 */
export function tensor(values: NestedValues | ArrayLike<number>, options: FromValuesOptions = {}): Tensor {
  const single = typeof values === 'number' || typeof values === 'boolean';
  if (!single && !Array.isArray(values) && !ArrayBuffer.isView(values))
    throw tensorError(`tensor() takes numbers, truth values and arrays of them; got ${formatValue(values)}`);
  const flat = single ? [Number(values)] : Array.isArray(values) ? flatten(values) : values;
  const shape = options.shape ?? (single ? [] : Array.isArray(values) ? shapeOf(values) : [values.length]);
  return upload(flat, shape, { dtype: dtypeOf(values), ...options });
}

function shapeOf(values: readonly NestedValues[]): number[] {
  const [first] = values;
  return Array.isArray(first) ? [values.length, ...shapeOf(first)] : [values.length];
}

function flatten(values: readonly NestedValues[]): number[] {
  const [, ...inner] = shapeOf(values);
  const flat: number[] = [];
  for (const value of values) {
    const shape = Array.isArray(value) ? shapeOf(value) : [];
    if (shape.join() !== inner.join())
      throw tensorError(`nested arrays of unequal shapes: ${shapeText(shape)} beside ${shapeText(inner)}`);
    if (Array.isArray(value)) flat.push(...flatten(value));
    else if (typeof value === 'number' || typeof value === 'boolean') flat.push(Number(value));
    else
      throw tensorError(
        `tensor() takes numbers, truth values and arrays of them; got ${formatValue(value)} within an array`,
      );
  }
  return flat;
}

/** @internal How many elements a shape has. @throws TensorError where it is none. */
export function countOf(shape: readonly number[]): number {
  if (!Array.isArray(shape))
    throw tensorError(`a shape is an array of sizes, as [3, 4]; got ${String(shape)}`);
  if (!shape.every((n: unknown) => Number.isSafeInteger(n) && (n as number) >= 0))
    throw tensorError(`the sizes of a shape are whole numbers; got [${shape.map(formatValue).join(', ')}]`);
  return shape.reduce((product: number, n: number) => product * n, 1);
}

/** A tensor full of `value`. */
export function full(shape: readonly number[], value: number, options: TensorOptions = {}): Tensor {
  const { dtype = 'f32', requiresGrad = false } = options;
  if (value !== 0) return upload(new Float32Array(countOf(shape)).fill(value), shape, options);
  const truth = dtype === 'bool';
  countOf(shape);
  const made = new Tensor(new Value(theEngine().zeros(shape, truth ? 'f32' : dtype), { truth }));
  return requiresGrad ? made.requiresGrad_() : made;
}

/** A tensor of zeros. */
export const zeros = (shape: readonly number[], options: TensorOptions = {}): Tensor =>
  full(shape, 0, options);

/** A tensor of ones. */
export const ones = (shape: readonly number[], options: TensorOptions = {}): Tensor =>
  full(shape, 1, options);

/** A tensor for values that are still to come; here it starts as zeros. */
export const empty = zeros;

/** `arange(n)` counts from 0 to below `n`. */
export function arange(end: number, options?: TensorOptions): Tensor;
/** `start`, `start + step`, ... below `end` (above it, with a negative step). */
export function arange(start: number, end: number, step?: number, options?: TensorOptions): Tensor;
/** Whole numbers (i32) where start, end and step are, as in PyTorch. */
export function arange(
  first: number,
  second?: number | TensorOptions,
  step = 1,
  more: TensorOptions = {},
): Tensor {
  const [from, to] = typeof second === 'number' ? [first, second] : [0, first];
  const options = typeof second === 'object' ? second : more;
  const length = Math.max(0, Math.ceil((to - from) / step));
  const whole = [from, to, step].every((each) => Number.isInteger(each)) && !options.requiresGrad;
  const values = Float64Array.from({ length }, (_, i) => from + i * step);
  return upload(values, [length], { dtype: whole ? 'i32' : 'f32', ...options });
}

/** `steps` numbers at equal distances from `start` to `end`, both included. */
export function linspace(start: number, end: number, steps: number, options: TensorOptions = {}): Tensor {
  const by = steps > 1 ? (end - start) / (steps - 1) : 0;
  return upload(Float64Array.from({ length: steps }, (_, i) => start + i * by), [steps], options); // prettier-ignore
}

/** Ones on the diagonal of an `n` by `m` matrix (by default `n` by `n`), zeros elsewhere. */
export function eye(n: number, m = n, options: TensorOptions = {}): Tensor {
  const values = new Float32Array(n * m);
  for (let i = 0; i < Math.min(n, m); i++) values[i * m + i] = 1;
  return upload(values, [n, m], options);
}

/** Zeros in the shape and type of another tensor. */
export const zerosLike = (like: Tensor): Tensor => zeros(like.shape, { dtype: like.dtype });
/** Ones in the shape and type of another tensor. */
export const onesLike = (like: Tensor): Tensor => ones(like.shape, { dtype: like.dtype });
/** `value` everywhere, in the shape and type of another tensor. */
export const fullLike = (like: Tensor, value: number): Tensor =>
  full(like.shape, value, { dtype: like.dtype });
