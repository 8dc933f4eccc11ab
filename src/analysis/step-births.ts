/** Device buffers created in steady steps: churn when they die in turn, a leak when they do not. */
import { hasDied } from './memory-events.ts';
import { selectSteps, stepRows } from './selection.ts';
import type { Trace } from '../trace/model.ts';

export interface StepBirths {
  /** Device buffers (no sub-allocations) born in steady steps, a step. */
  readonly created: number;
  readonly createdBytes: number;
  /** Steady steps looked at. */
  readonly steps: number;
  /** Buffers and sub-allocations born in a steady step that lived beyond the last one, by where they were made. */
  readonly kept: readonly {
    readonly location: number;
    readonly layer: number;
    readonly steps: number;
    readonly bytes: number;
    readonly count: number;
  }[];
}

export function stepBirths(trace: Trace): StepBirths {
  const { buffers, steps } = trace.tables;
  const { steady } = selectSteps(trace);
  const rows = stepRows(trace, steady);
  const lastEnd = steady.length > 0 ? (steps.endNs[steady.at(-1) as number] as number) : NaN;
  const kept = new Map<
    string,
    { location: number; layer: number; born: Set<number>; bytes: number; count: number }
  >();
  let created = 0;
  let createdBytes = 0;
  for (let i = 0; i < buffers.length; i++) {
    const step = buffers.bornStep[i] as number;
    if (!rows.has(step)) continue;
    const sizeBytes = buffers.sizeBytes[i] as number;
    if ((buffers.parent[i] as number) < 0) {
      created++;
      createdBytes += sizeBytes;
    }
    if (hasDied(trace, i) && (buffers.diedNs[i] as number) <= lastEnd) continue;
    const [location, layer] = [buffers.location[i] as number, buffers.layer[i] as number];
    const key = `${location}:${layer}:${buffers.label[i]}`;
    const entry = kept.get(key) ?? { location, layer, born: new Set<number>(), bytes: 0, count: 0 };
    entry.born.add(step);
    entry.bytes += sizeBytes;
    entry.count++;
    kept.set(key, entry);
  }
  const n = Math.max(1, steady.length);
  return {
    created: created / n,
    createdBytes: createdBytes / n,
    steps: steady.length,
    kept: [...kept.values()]
      .map(({ location, layer, born, bytes, count }) => ({ location, layer, steps: born.size, bytes, count }))
      .sort((a, b) => b.bytes - a.bytes),
  };
}
