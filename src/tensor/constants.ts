/** Arrays that depend on sizes alone, made once and kept: masks, triangles, ramps. */
import type { Engine } from '../gpu/engine.ts';
import { theEngine } from './engine.ts';
import { Value } from './value.ts';

/** More than this and a script whose sizes never settle would fill the memory. */
const MOST = 256;

const known = new WeakMap<Engine, Map<string, Value>>();

/** The f32 values of this name and shape; `element(i)` is the i-th. They belong to the cache. */
export function constant(name: string, shape: readonly number[], element: (i: number) => number): Value {
  const engine = theEngine();
  let values = known.get(engine);
  if (!values) known.set(engine, (values = new Map()));
  const key = `${name} ${shape.join()}`;
  const kept = values.get(key);
  if (kept) return kept;
  if (values.size >= MOST) {
    for (const value of values.values()) value.free('from the cache of constants');
    values.clear();
  }
  const length = shape.reduce((product, n) => product * n, 1);
  const made = new Value(
    engine.upload(
      Float32Array.from({ length }, (_, i) => element(i)),
      shape,
      'f32',
    ),
    { madeBy: name },
  );
  made.keep();
  values.set(key, made);
  return made;
}
