/** The library's one generator: equal seeds give equal weights, masks and orders. */
import { seededRandom, type Random } from '../base/random.ts';

/** A script that sets no seed still repeats itself. */
const DEFAULT_SEED = 0;

let generator: Random = seededRandom(DEFAULT_SEED);

/** Starts the random numbers of initializations, `rand`, `randn` and dropout over from `seed`. */
export function manualSeed(seed: number): void {
  generator = seededRandom(seed);
}

/** Uniform in [0, 1). */
export const nextUniform: Random = () => generator();

let recorded: number[] | null = null;
let replayed: number[] | null = null;

/** A whole number in [0, 2^32), to seed a generator on the device. */
export function nextSeed(): number {
  const seed = replayed?.shift() ?? Math.floor(generator() * 4294967296);
  recorded?.push(seed);
  return seed;
}

/** What `body` returns, and the seeds it drew. */
export function recordSeeds<T>(body: () => T): [result: T, seeds: readonly number[]] {
  const around = recorded;
  const own: number[] = [];
  recorded = own;
  try {
    return [body(), own];
  } finally {
    recorded = around;
    around?.push(...own);
  }
}

/** Runs `body` so that it draws the given seeds again. */
export function replaySeeds<T>(seeds: readonly number[], body: () => T): T {
  const around = replayed;
  replayed = [...seeds];
  try {
    return body();
  } finally {
    replayed = around;
  }
}

export function uniformValues(count: number, low: number, high: number): Float32Array {
  return Float32Array.from({ length: count }, () => low + (high - low) * generator());
}

/** Box and Muller's transform: two normal numbers from two uniform ones. */
export function normalValues(count: number, mean: number, deviation: number): Float32Array {
  const values = new Float32Array(count);
  for (let i = 0; i < count; i += 2) {
    const radius = Math.sqrt(-2 * Math.log(1 - generator()));
    const angle = 2 * Math.PI * generator();
    values[i] = mean + deviation * radius * Math.cos(angle);
    if (i + 1 < count) values[i + 1] = mean + deviation * radius * Math.sin(angle);
  }
  return values;
}

/** Fisher and Yates: every order equally likely. */
export function shuffled(count: number, random: Random = generator): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    const swap = order[i] as number;
    order[i] = order[j] as number;
    order[j] = swap;
  }
  return order;
}
