/** Comparison of computed numbers with what they should be. */
import assert from 'node:assert/strict';

/** Every value within `tolerance` of the wanted one, relative to the largest wanted size (at least 1e-3). */
export function assertClose(
  actual: ArrayLike<number>,
  wanted: ArrayLike<number>,
  tolerance: number,
  what: string,
): void {
  assert.equal(actual.length, wanted.length, `${what}: number of values`);
  let scale = 1e-3;
  for (let i = 0; i < wanted.length; i++) scale = Math.max(scale, Math.abs(wanted[i] as number));
  for (let i = 0; i < wanted.length; i++) {
    const error = Math.abs((actual[i] as number) - (wanted[i] as number));
    assert.ok(
      error <= tolerance * scale,
      `${what}: value ${i} is ${actual[i]}, wanted ${wanted[i]} (within ${tolerance} of ${scale})`,
    );
  }
}
