/** Mixed precision: products in f16, what adds many numbers up in f32, parameters always in f32. */
import { cast, type CastAttributes } from '../ops/cast.ts';
import type { Value } from './value.ts';

/** Operations that are worth their lower precision, and those that need the higher one; the others take what they get. */
const LOW = new Set(['linear', 'matmul', 'conv2d', 'convTranspose2d', 'attention']);
const HIGH = new Set([
  'crossEntropy',
  'softmax',
  'fold',
  'layerNorm',
  'batchNorm',
  'binary',
  'concat',
  'where',
]);

/** Parameters already cast in this region: a weight used twice is cast once. Null outside. */
let casts: Map<Value, Value> | null = null;

export const autocastActive = (): boolean => casts !== null;

/** Runs `body` as a region of mixed precision; where it is asynchronous, until its promise settles. */
export function inAutocast<T>(body: () => T): T {
  const around = casts;
  const own = new Map<Value, Value>();
  casts = own;
  const leave = (): void => {
    casts = around;
    for (const value of own.values()) value.free('at the end of its autocast');
  };
  let result: T;
  try {
    result = body();
  } catch (error) {
    leave();
    throw error;
  }
  if (result instanceof Promise) return result.finally(leave) as T;
  leave();
  return result;
}

type Apply = (op: typeof cast, inputs: readonly Value[], attributes: CastAttributes) => Value;

/** The inputs of an operation in the precision it is to have in this region. */
export function autocastInputs(name: string, inputs: readonly Value[], apply: Apply): readonly Value[] {
  const wanted = LOW.has(name) ? 'f16' : HIGH.has(name) ? 'f32' : null;
  if (!casts || !wanted) return inputs;
  return inputs.map((input) => {
    const from = input.dtype;
    if ((from !== 'f32' && from !== 'f16') || from === wanted) return input;
    const known = casts?.get(input);
    if (known) return known;
    const made = apply(cast, [input], { dtype: wanted, from });
    // A leaf that is trained is a weight.
    if (!input.node && input.requiresGrad) {
      made.keep();
      casts?.set(input, made);
    }
    return made;
  });
}
