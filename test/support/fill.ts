/** Numbers that look random and are the same everywhere: a linear congruential generator over 32 bits. */

function* states(count: number, seed: number): Generator<number> {
  let x = (Math.imul(seed, 2654435761) + 12345) >>> 0;
  for (let i = 0; i < count; i++) {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
    yield x >>> 8;
  }
}

const countOf = (shape: readonly number[]): number => shape.reduce((product, n) => product * n, 1);

/** Uniform in `shift` +- `scale`. */
export function fill(shape: readonly number[], seed: number, scale = 1, shift = 0): Float32Array {
  return Float32Array.from(
    states(countOf(shape), seed),
    (bits) => (bits / 16777216 - 0.5) * 2 * scale + shift,
  );
}

/** Whole numbers from 0 to below `below`. */
export function whole(shape: readonly number[], seed: number, below: number): Int32Array {
  return Int32Array.from(states(countOf(shape), seed), (bits) => bits % below);
}
