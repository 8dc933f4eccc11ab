/**
 * Golden values from PyTorch (test/golden/torch). Inputs are drawn from seeds by the same generator on both sides; what
 * PyTorch computed from them is stored.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { seededRandom } from '../../src/base/random.ts';
import { tensor } from '../../src/tensor/creation.ts';
import type { Tensor } from '../../src/tensor/tensor.ts';

/** A tensor by its seed and range, by its seed and bound (integers), or by its values. */
export interface Drawn {
  readonly shape: readonly number[];
  readonly seed?: number;
  readonly low?: number;
  readonly high?: number;
  readonly below?: number;
  readonly values?: readonly (number | string)[];
  /** The values are truth values, or whole numbers. */
  readonly truth?: boolean;
  readonly whole?: boolean;
}

/** What PyTorch computed, as float32 in base64; of a large tensor every n-th value and the last. */
export interface Stored {
  readonly shape: readonly number[];
  readonly every?: number;
  readonly f32: string;
}

/** The cases of one file of test/golden/torch, and the version of PyTorch they come from. */
export function goldens<Case>(group: string): readonly Case[] {
  const file = path.join('test/golden/torch', `${group}.json`);
  return (JSON.parse(readFileSync(file, 'utf8')) as { cases: Case[] }).cases;
}

const countOf = (shape: readonly number[]): number => shape.reduce((product, n) => product * n, 1);

/** The numbers of a description, rounded to float32. */
export function numbersOf({ shape, seed = 0, low = 0, high = 1, below, values }: Drawn): Float32Array {
  if (values) return Float32Array.from(values, toNumber);
  const random = seededRandom(seed);
  const next = below === undefined ? () => low + (high - low) * random() : () => Math.floor(random() * below);
  return Float32Array.from({ length: countOf(shape) }, next);
}

/** Python's words for what JSON has no number for. */
function toNumber(value: number | string): number {
  if (value === 'inf') return Infinity;
  return value === '-inf' ? -Infinity : Number(value);
}

/** Below this a result is what is left of terms of size 1 that cancel. */
const PYTORCH_ROUNDING = 1e-6;

/** A description as a tensor: integers as i32. */
export function tensorOf(drawn: Drawn, integers = drawn.below !== undefined || drawn.whole === true): Tensor {
  const numbers = numbersOf(drawn);
  if (drawn.truth) return tensor(numbers, { shape: drawn.shape, dtype: 'bool' });
  return tensor(integers ? Int32Array.from(numbers) : numbers, { shape: drawn.shape });
}

/** Options of a call, with tensors for their descriptions. */
export function optionsOf(options: unknown): unknown {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) return options;
  if ('shape' in options && ('seed' in options || 'values' in options)) return tensorOf(options as Drawn);
  return Object.fromEntries(Object.entries(options).map(([key, value]) => [key, optionsOf(value)]));
}

function storedNumbers({ f32 }: Stored): Float32Array {
  const bytes = Uint8Array.from(Buffer.from(f32, 'base64'));
  return new Float32Array(bytes.buffer);
}

/**
 * Holds a tensor against PyTorch's, whose own rounding error counts as zero. The largest difference may be `tolerance` of
 * the largest expected value (so that a sum that cancels to nearly nothing is not asked for digits that float32 does not
 * have); infinities and not-a-number must be at the same places.
 * @returns the largest difference, as that share.
 */
export async function assertSame(
  actual: Tensor,
  expected: Stored,
  tolerance: number,
  what: string,
): Promise<number> {
  assert.deepEqual([...actual.shape], [...expected.shape], `${what}: shape`);
  const all = (await actual.data()) as ArrayLike<number>;
  const wanted = storedNumbers(expected);
  const { every = 1 } = expected;
  const place = (i: number): number => (i === wanted.length - 1 ? all.length - 1 : i * every);
  const scale = wanted.reduce(
    (most, value) => (Number.isFinite(value) ? Math.max(most, Math.abs(value)) : most),
    PYTORCH_ROUNDING,
  );
  let worst = 0;
  for (const [i, value] of wanted.entries()) {
    const got = Number(all[place(i)]);
    const apart = Number.isFinite(value)
      ? Math.abs(got - value) / scale
      : Object.is(got, value)
        ? 0
        : Infinity;
    assert.ok(
      apart <= tolerance,
      `${what}: at ${place(i)} got ${got}, PyTorch has ${value} (the largest of them is ${scale})`,
    );
    worst = Math.max(worst, apart);
  }
  return worst;
}

/** One line of the parity table. */
export function parityLine(title: string, forward: number, backward: number | null): string {
  const share = (value: number): string => value.toExponential(1);
  return `${title}: forward within ${share(forward)}${backward === null ? '' : `, gradients within ${share(backward)}`} of PyTorch`;
}
