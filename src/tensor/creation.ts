/** Tensors from numbers. */
import type { Dtype } from '../gpu/array.ts';
import type { NestedArray } from './core.ts';
import { theEngine } from './engine.ts';
import { shapeText, tensorError } from './errors.ts';
import { floatsToHalfBits } from './half.ts';
import { normalValues, uniformValues } from './random.ts';
import { Tensor } from './tensor.ts';
import { Value } from './value.ts';

/** Options of functions that make a tensor. */
export interface TensorOptions {
  /** Type of the elements; 'f32' unless the values say otherwise. */
  readonly dtype?: Dtype;
  /** Record what is computed from this tensor, so that `backward()` finds its gradient. */
  readonly requiresGrad?: boolean;
}

/** Options of `tensor`. */
export interface FromValuesOptions extends TensorOptions {
  /** Shape of a flat list of values; without it the nesting gives the shape. */
  readonly shape?: readonly number[];
}

const HOST_ARRAYS = { f32: Float32Array, i32: Int32Array, u32: Uint32Array, u8: Uint8Array } as const;

/** The element type a typed array has on the device. */
function dtypeOf(values: NestedArray | ArrayLike<number>): Dtype {
  if (values instanceof Int32Array) return 'i32';
  if (values instanceof Uint32Array) return 'u32';
  if (values instanceof Uint8Array || values instanceof Uint8ClampedArray) return 'u8';
  return 'f32';
}

function upload(
  values: ArrayLike<number>,
  shape: readonly number[],
  { dtype = 'f32', requiresGrad = false }: TensorOptions,
): Tensor {
  const size = shape.reduce((product, n) => product * n, 1);
  if (size !== values.length)
    throw tensorError(`${values.length} values do not fill shape ${shapeText(shape)} (${size} elements)`);
  const host =
    dtype === 'f16'
      ? floatsToHalfBits(values)
      : values instanceof HOST_ARRAYS[dtype]
        ? values
        : HOST_ARRAYS[dtype].from(values);
  const made = new Tensor(new Value(theEngine().upload(host, shape, dtype)));
  return requiresGrad ? made.requiresGrad_() : made;
}

/**
 * A tensor of the given numbers: one number, nested arrays, or a typed array with `shape`.
 * Typed arrays keep their type (Int32Array gives 'i32'), everything else is 'f32'.
 */
export function tensor(values: NestedArray | ArrayLike<number>, options: FromValuesOptions = {}): Tensor {
  const flat: ArrayLike<number> =
    typeof values === 'number' ? [values] : Array.isArray(values) ? flatten(values) : values;
  const shape =
    options.shape ??
    (typeof values === 'number' ? [] : Array.isArray(values) ? shapeOf(values) : [values.length]);
  return upload(flat, shape, { dtype: dtypeOf(values), ...options });
}

function shapeOf(values: NestedArray[]): number[] {
  const [first] = values;
  return Array.isArray(first) ? [values.length, ...shapeOf(first)] : [values.length];
}

function flatten(values: NestedArray[]): number[] {
  const [, ...inner] = shapeOf(values);
  const flat: number[] = [];
  for (const value of values) {
    const shape = Array.isArray(value) ? shapeOf(value) : [];
    if (shape.join() !== inner.join())
      throw tensorError(`nested arrays of unequal shapes: ${shapeText(shape)} beside ${shapeText(inner)}`);
    if (Array.isArray(value)) flat.push(...flatten(value));
    else flat.push(value);
  }
  return flat;
}

const countOf = (shape: readonly number[]): number => shape.reduce((product, n) => product * n, 1);

/** A tensor full of `value`. */
export function full(shape: readonly number[], value: number, options: TensorOptions = {}): Tensor {
  const { dtype = 'f32' } = options;
  if (value === 0) {
    const made = new Tensor(new Value(theEngine().zeros(shape, dtype)));
    return options.requiresGrad ? made.requiresGrad_() : made;
  }
  return upload(new Float32Array(countOf(shape)).fill(value), shape, options);
}

/** A tensor of zeros. */
export const zeros = (shape: readonly number[], options: TensorOptions = {}): Tensor =>
  full(shape, 0, options);

/** A tensor of ones. */
export const ones = (shape: readonly number[], options: TensorOptions = {}): Tensor =>
  full(shape, 1, options);

/** Uniform random numbers in [0, 1). */
export const rand = (shape: readonly number[], options: TensorOptions = {}): Tensor =>
  upload(uniformValues(countOf(shape), 0, 1), shape, options);

/** Normal random numbers of mean 0 and deviation 1. */
export const randn = (shape: readonly number[], options: TensorOptions = {}): Tensor =>
  upload(normalValues(countOf(shape), 0, 1), shape, options);

/** `start`, `start + step`, ... below `end`; `arange(n)` counts from 0. */
export function arange(start: number, end?: number, step = 1, options: TensorOptions = {}): Tensor {
  const [from, to] = end === undefined ? [0, start] : [start, end];
  const length = Math.max(0, Math.ceil((to - from) / step));
  return upload(
    Float32Array.from({ length }, (_, i) => from + i * step),
    [length],
    options,
  );
}

/** The identity matrix. */
export function eye(n: number, options: TensorOptions = {}): Tensor {
  const values = new Float32Array(n * n);
  for (let i = 0; i < n; i++) values[i * n + i] = 1;
  return upload(values, [n, n], options);
}

/** Zeros, ones or random numbers in the shape and type of another tensor. */
export const zerosLike = (like: Tensor): Tensor => zeros(like.shape, { dtype: like.dtype });
export const onesLike = (like: Tensor): Tensor => ones(like.shape, { dtype: like.dtype });
export const randnLike = (like: Tensor): Tensor => randn(like.shape, { dtype: like.dtype });
