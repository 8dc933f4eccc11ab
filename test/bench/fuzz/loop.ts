/**
 * The thread that damages files and opens them. It writes each case into shared memory before it opens it, so that the
 * thread that watches still has the case when this one hangs or runs out of memory.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { gzipSync } from 'fflate';
import { seededRandom } from '../../../src/base/random.ts';
import { checkImport } from '../../support/import-check.ts';
import { mutated } from '../../support/mutate.ts';
import { Coverage } from './coverage.ts';

/** Largest case: the sample files are small, and damage makes them little larger. */
export const CASE_BYTES = 1 << 22;

/** Cases between two looks at the coverage, which take longer than the cases; those of a group that reached new code are kept. */
const GROUP = 4;

/** Cells of the shared numbers. */
export const CELL = { cases: 0, length: 1, size: 2 } as const;

export interface LoopInput {
  readonly bundle: string;
  readonly seed: number;
  readonly seconds: number;
  /** Samples of the importer in question, and of all of them. */
  readonly own: readonly Uint8Array[];
  readonly all: readonly Uint8Array[];
  readonly cells: Int32Array;
  readonly bytes: Uint8Array;
}

export type LoopMessage =
  | { readonly kind: 'found'; readonly bytes: Uint8Array; readonly message: string }
  | {
      readonly kind: 'done';
      readonly trace: number;
      readonly error: number;
      readonly kept: number;
      readonly blocks: number;
      readonly slowestMs: number;
    };

export function loop(): void {
  const { bundle, seed, seconds, own, all, cells, bytes: shared } = workerData as LoopInput;
  const random = seededRandom(seed);
  const pick = (list: readonly Uint8Array[]): Uint8Array =>
    list[Math.floor(random() * list.length)] as Uint8Array;
  const post = (message: LoopMessage): void => parentPort?.postMessage(message);
  const coverage = new Coverage(bundle);
  const kept = own.slice();
  for (const sample of own) tried(sample);
  coverage.fresh();
  const until = performance.now() + seconds * 1000;
  const counts = { trace: 0, error: 0 };
  const group: Uint8Array[] = [];
  let slowestMs = 0;
  while (performance.now() < until) {
    // What was kept is far from the samples and mostly no file any more: half of the tries begin at a whole file again.
    const from = random() < 0.5 ? pick(own) : pick(kept);
    let bytes = mutated(from, pick(all), random);
    // Packed files fail in other places: before packing and after.
    if (random() < 0.1) bytes = mutated(gzipSync(bytes, { level: 1 }), bytes, random);
    if (bytes.length > CASE_BYTES) continue;
    shared.set(bytes);
    Atomics.store(cells, CELL.length, bytes.length);
    Atomics.add(cells, CELL.cases, 1);
    const start = performance.now();
    const outcome = tried(bytes);
    slowestMs = Math.max(slowestMs, performance.now() - start);
    if (outcome === 'trace' || outcome === 'error') counts[outcome]++;
    else post({ kind: 'found', bytes, message: outcome.message });
    group.push(bytes);
    if (group.length === GROUP) {
      if (coverage.fresh() > 0) kept.push(...group);
      group.length = 0;
    }
  }
  post({ kind: 'done', ...counts, kept: kept.length - own.length, blocks: coverage.size, slowestMs });
}

function tried(bytes: Uint8Array): 'trace' | 'error' | Error {
  try {
    return checkImport(bytes);
  } catch (error) {
    return error as Error;
  }
}
