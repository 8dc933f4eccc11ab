/** Tensors of random numbers. All come from the one generator that `manualSeed` starts. */
import { tensorError } from './errors.ts';
import { countOf, upload, type TensorOptions } from './creation.ts';
import { nextUniform, normalValues, shuffled, uniformValues } from './random.ts';
import type { Tensor } from './tensor.ts';

/** Uniform random numbers in [0, 1). */
export const rand = (shape: readonly number[], options: TensorOptions = {}): Tensor =>
  upload(uniformValues(countOf(shape), 0, 1), shape, options);

/** Normal random numbers of mean 0 and deviation 1. */
export const randn = (shape: readonly number[], options: TensorOptions = {}): Tensor =>
  upload(normalValues(countOf(shape), 0, 1), shape, options);

/** Normal random numbers. */
export const normal = (
  mean: number,
  std: number,
  shape: readonly number[],
  options: TensorOptions = {},
): Tensor => upload(normalValues(countOf(shape), mean, std), shape, options);

/** Random whole numbers (i32) from `low` to below `high`. */
export function randint(
  low: number,
  high: number,
  shape: readonly number[],
  options: TensorOptions = {},
): Tensor {
  if (!(high > low)) throw tensorError(`randint: there is no whole number from ${low} to below ${high}`);
  const values = Int32Array.from(
    { length: countOf(shape) },
    () => low + Math.floor(nextUniform() * (high - low)),
  );
  return upload(values, shape, { dtype: 'i32', ...options });
}

/** The whole numbers (i32) from 0 to below `n` in a random order. */
export const randperm = (n: number, options: TensorOptions = {}): Tensor =>
  upload(shuffled(n), [n], { dtype: 'i32', ...options });

/** Uniform random numbers in the shape and type of another tensor. */
export const randLike = (like: Tensor): Tensor => rand(like.shape, { dtype: like.dtype });

/** Normal random numbers in the shape and type of another tensor. */
export const randnLike = (like: Tensor): Tensor => randn(like.shape, { dtype: like.dtype });

/**
 * `count` places (i32) drawn from the weights of each row of `weights` (`[n]` or `[rows, n]`, not negative), for sampling
 * from a model. Reads the weights, hence the promise.
 */
export async function multinomial(
  weights: Tensor,
  count: number,
  options: { readonly replacement?: boolean } = {},
): Promise<Tensor> {
  const { replacement = false } = options;
  const n = weights.size(-1);
  if (!replacement && count > n) throw tensorError(`multinomial: ${count} different places of ${n}`);
  const values = Float64Array.from(await weights.data());
  const rows = values.length / n;
  const drawn = Int32Array.from({ length: rows * count }, (_, i) => {
    const row = values.subarray(Math.floor(i / count) * n, (Math.floor(i / count) + 1) * n);
    const place = draw(row);
    if (!replacement) row[place] = 0;
    return place;
  });
  return upload(drawn, weights.ndim === 1 ? [count] : [rows, count], { dtype: 'i32' });
}

function draw(weights: Float64Array): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (!(total > 0 && total < Infinity) || weights.some((weight) => weight < 0))
    throw tensorError('multinomial: the weights of a row must not be negative and have a finite sum above 0');
  let rest = nextUniform() * total;
  for (const [place, weight] of weights.entries()) {
    rest -= weight;
    if (rest < 0) return place;
  }
  return weights.findLastIndex((weight) => weight > 0);
}
