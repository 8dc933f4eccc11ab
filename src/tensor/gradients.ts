/** Sums of gradients, and where they end: in the leaves. */
import type { DeviceArray } from '../gpu/array.ts';
import type { Engine } from '../gpu/engine.ts';
import { combine } from '../ops/binary.ts';
import { accumulate } from '../ops/in-place.ts';
import { theEngine } from './engine.ts';
import { drop, hold } from './storage.ts';
import { Value } from './value.ts';

/** The sum of two gradients; takes over one hold of each and gives one of the result. */
export function sumOf(a: DeviceArray, b: DeviceArray): DeviceArray {
  const sum = combine(theEngine(), 'add', 'a + b', a, b);
  drop(a);
  drop(b);
  return hold(sum);
}

/** Adds `gradient`, of which it takes over one hold, to what the leaf has. */
export function leafGradient(leaf: Value, gradient: DeviceArray): void {
  if (leaf.freed) {
    drop(gradient);
    return;
  }
  const before = leaf.grad;
  // A place set aside for this gradient alone can be added to where it is; other memory may be shared.
  if (before && before.array === leaf.gradHomeTaken) {
    accumulate(theEngine(), before.array, gradient);
    drop(gradient);
    return;
  }
  const total = before ? sumOf(hold(before.array), gradient) : gradient;
  before?.free('when more was added to the gradient');
  leaf.grad = new Value(total, { madeBy: 'grad' });
  leaf.grad.keep();
  drop(total);
}

const onesOf = new WeakMap<Engine, DeviceArray>();

/** The gradient a backward pass starts with: 1, in a shape of one element. */
export function ones(shape: readonly number[]): DeviceArray {
  const engine = theEngine();
  let one = onesOf.get(engine);
  if (!one) {
    one = hold(engine.upload(Float32Array.of(1), [], 'f32', 'gradient'));
    onesOf.set(engine, one);
  }
  return engine.view(one, shape);
}
