/**
 * Holds an operation against a slow float64 reference: the forward pass value by value, the backward pass against central
 * differences of the reference in a random direction of the output.
 */
import assert from 'node:assert/strict';
import { seededRandom } from '../../src/base/random.ts';
import { openEngine, type Engine } from '../../src/gpu/engine.ts';
import type { DeviceArray, Dtype } from '../../src/gpu/array.ts';
import type { HostArray } from '../../src/gpu/transfer.ts';
import type { Op } from '../../src/ops/op.ts';
import { unaryGradient } from '../../src/ops/unary.ts';

/** A float64 tensor of the reference. */
export interface Dense {
  readonly shape: readonly number[];
  readonly values: Float64Array;
}

let shared: Promise<Engine> | null = null;

/** An operation and an activation applied as it stores, as the tape runs them where one follows the other. */
export function activated<Attributes>(
  op: Op<Attributes>,
  activation: 'none' | 'relu' | 'sigmoid' | 'tanh',
): Op<Attributes> {
  const { begin } = op;
  if (!begin) throw new Error(`${op.name} applies no activation`);
  if (activation === 'none') return op;
  return {
    name: `${op.name} ${activation}`,
    forward(context, inputs, attributes) {
      const { saved, finish } = begin(context, inputs, attributes);
      const y = finish(activation);
      return { outputs: [y], saved: [...saved, y] };
    },
    backward(context, [g], saved, attributes, needs) {
      if (!g) return [null];
      const dy = unaryGradient(
        context,
        g,
        saved.at(-1) as DeviceArray,
        { kind: activation },
        context.empty(g.shape),
      );
      const gradients = op.backward(context, [dy], saved.slice(0, -1), attributes, needs);
      dy.release();
      return gradients;
    },
  };
}

/** One engine for all tests of a file. */
export function testEngine(): Promise<Engine> {
  return (shared ??= openEngine());
}

export function elements(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Values from -1 to 1, rounded to f32 so that both sides start equal. */
export function randomDense(
  shape: readonly number[],
  seed: number,
  map: (x: number) => number = (x) => x,
): Dense {
  const random = seededRandom(seed);
  return {
    shape,
    values: Float64Array.from({ length: elements(shape) }, () => Math.fround(map(random() * 2 - 1))),
  };
}

export function dense(shape: readonly number[], fill: (index: number) => number): Dense {
  return { shape, values: Float64Array.from({ length: elements(shape) }, (_, i) => fill(i)) };
}

export function toDevice(engine: Engine, tensor: Dense, dtype: Dtype = 'f32'): DeviceArray {
  const host: HostArray =
    dtype === 'u32'
      ? Uint32Array.from(tensor.values)
      : dtype === 'i32'
        ? Int32Array.from(tensor.values)
        : Float32Array.from(tensor.values);
  return engine.upload(host, tensor.shape, dtype);
}

export interface Tolerance {
  /** Largest error as a share of the reference's root mean square. */
  readonly forward?: number;
  readonly backward?: number;
}

/** Largest difference, as a share of the root mean square of what is expected (at least 1e-3). */
export function worstError(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
): { error: number; index: number } {
  let squares = 0;
  for (let i = 0; i < expected.length; i++) squares += (expected[i] as number) ** 2;
  const scale = Math.max(Math.sqrt(squares / Math.max(1, expected.length)), 1e-3);
  let error = 0;
  let index = -1;
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs((actual[i] as number) - (expected[i] as number)) / scale;
    if (!(difference <= error)) {
      error = difference;
      index = i;
    }
  }
  return { error, index };
}

export function assertClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
  what: string,
): void {
  assert.equal(actual.length, expected.length, `${what}: number of values`);
  const { error, index } = worstError(actual, expected);
  assert.ok(
    error <= tolerance,
    `${what}: at ${index} got ${actual[index]}, expected ${expected[index]} (error ${error.toExponential(2)}, allowed ${tolerance})`,
  );
}

export interface OpCase<Attributes> {
  /** Another engine than the file's, e.g. one with a forced algorithm. */
  readonly engine?: Engine;
  readonly op: Op<Attributes>;
  readonly inputs: readonly Dense[];
  readonly dtypes?: readonly Dtype[];
  readonly attributes: Attributes;
  readonly reference: (inputs: readonly Dense[]) => Dense;
  /** Inputs whose gradient is checked; all f32 ones by default. */
  readonly differentiable?: readonly boolean[];
  readonly tolerance?: Tolerance;
  /** Elements of each input whose gradient is compared; the rest would cost too much in the reference. */
  readonly probes?: number;
}

export async function checkOp<Attributes>(what: string, check: OpCase<Attributes>): Promise<void> {
  const engine = check.engine ?? (await testEngine());
  const { op, inputs, attributes, reference } = check;
  const dtypes = inputs.map((_, i) => check.dtypes?.[i] ?? 'f32');
  const arrays = inputs.map((tensor, i) => toDevice(engine, tensor, dtypes[i]));
  const { outputs, saved } = op.forward(engine, arrays, attributes);
  const y = outputs[0] as DeviceArray;
  const expected = reference(inputs);
  assert.deepEqual([...y.shape], [...expected.shape], `${what}: shape of the result`);
  assertClose(await engine.read(y), expected.values, check.tolerance?.forward ?? 1e-5, `${what} forward`);

  const needs = inputs.map((_, i) => dtypes[i] === 'f32' && (check.differentiable?.[i] ?? true));
  if (needs.includes(true)) {
    const direction = randomDense(expected.shape, 99);
    const gradients = op.backward(
      engine,
      [toDevice(engine, direction), ...outputs.slice(1).map(() => null)],
      saved,
      attributes,
      needs,
    );
    for (const [i, needed] of needs.entries()) {
      if (!needed) continue;
      const gradient = gradients[i];
      assert.ok(gradient, `${what}: gradient of input ${i} is missing`);
      assert.deepEqual(
        [...gradient.shape],
        [...(inputs[i] as Dense).shape],
        `${what}: shape of gradient ${i}`,
      );
      const actual = await engine.read(gradient);
      const { at, slopes } = differences(reference, inputs, i, direction, check.probes ?? 24);
      assertClose(
        at.map((index) => actual[index] as number),
        slopes,
        check.tolerance?.backward ?? 2e-4,
        `${what} gradient of input ${i}`,
      );
    }
  }
}

/** d(direction . reference)/d(input) at some elements, by central differences in float64. */
function differences(
  reference: (inputs: readonly Dense[]) => Dense,
  inputs: readonly Dense[],
  input: number,
  direction: Dense,
  probes: number,
): { at: number[]; slopes: number[] } {
  const tensor = inputs[input] as Dense;
  const total = tensor.values.length;
  const random = seededRandom(7);
  const at =
    total <= probes
      ? Array.from({ length: total }, (_, i) => i)
      : [0, total - 1, ...Array.from({ length: probes - 2 }, () => Math.floor(random() * total))];
  const step = 1e-4;
  const along = (index: number, by: number): number => {
    const values = Float64Array.from(tensor.values);
    values[index] = (values[index] as number) + by;
    const result = reference(
      inputs.map((other, i) => (i === input ? { shape: tensor.shape, values } : other)),
    );
    let sum = 0;
    for (let j = 0; j < result.values.length; j++)
      sum += (result.values[j] as number) * (direction.values[j] as number);
    return sum;
  };
  return { at, slopes: at.map((index) => (along(index, step) - along(index, -step)) / (2 * step)) };
}
