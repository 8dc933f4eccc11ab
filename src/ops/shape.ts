/** Shapes: counting, broadcasting, and the error every operation raises about them. */
import type { DeviceArray } from '../gpu/array.ts';

export type Shape = readonly number[];

export function count(shape: Shape): number {
  let product = 1;
  for (const size of shape) product *= size;
  return product;
}

export function sameShape(a: Shape, b: Shape): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

export function show(shape: Shape): string {
  return `[${shape.join(', ')}]`;
}

export function shapeError(op: string, message: string): RangeError {
  return new RangeError(`${op}: ${message}`);
}

export function input(inputs: readonly DeviceArray[], index: number, op: string): DeviceArray {
  const array = inputs[index];
  if (!array) throw shapeError(op, `input ${index} is missing`);
  return array;
}

/** Refuses what no kernel can run on: nothing at all. */
export function refuseEmpty(op: string, array: DeviceArray): void {
  if (count(array.shape) === 0)
    throw shapeError(
      op,
      `an empty tensor of shape ${show(array.shape)} cannot be computed with; drop empty batches`,
    );
}

/** NumPy's rule: aligned at the right, each pair of sizes equal or one of them 1. */
export function broadcastShapes(op: string, a: Shape, b: Shape): number[] {
  const rank = Math.max(a.length, b.length);
  const out: number[] = [];
  for (let i = 0; i < rank; i++) {
    const x = a[a.length - rank + i] ?? 1;
    const y = b[b.length - rank + i] ?? 1;
    if (x !== y && x !== 1 && y !== 1)
      throw shapeError(op, `shapes ${show(a)} and ${show(b)} do not go together at dimension ${i - rank}`);
    out.push(x === 1 ? y : x);
  }
  return out;
}

/** Row-major strides in elements. */
export function stridesOf(shape: Shape): number[] {
  const strides = shape.map(() => 1);
  for (let i = shape.length - 2; i >= 0; i--)
    strides[i] = (strides[i + 1] as number) * (shape[i + 1] as number);
  return strides;
}

/** -1 counts from the end, as in PyTorch. */
export function axisOf(op: string, axis: number, rank: number): number {
  const at = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(axis) || at < 0 || at >= rank)
    throw shapeError(op, `dimension ${axis} of a tensor with ${rank} dimensions`);
  return at;
}
