/** The tensors in a result: itself, or inside arrays and plain objects. */
import { TensorCore } from './core.ts';
import type { Value } from './value.ts';

export function* valuesIn(result: unknown): Generator<Value> {
  if (result instanceof TensorCore) yield result.value;
  else if (Array.isArray(result)) for (const item of result) yield* valuesIn(item);
  else if (
    typeof result === 'object' &&
    result !== null &&
    Object.getPrototypeOf(result) === Object.prototype
  )
    yield* valuesIn(Object.values(result));
}
