/** What two traces hold at their peaks, side by side: by role, and by layer. */
import { ROLES } from '../trace/model.ts';
import type { Trace } from '../trace/model.ts';
import { memoryPeak } from './memory.ts';

export interface HeldChange {
  readonly name: string;
  readonly before: number;
  readonly after: number;
}

export interface MemoryDifference {
  readonly peak: HeldChange;
  /** Roles and layers that hold anything in either trace, largest change first; changes of each list add up to the peak's. */
  readonly roles: readonly HeldChange[];
  readonly layers: readonly HeldChange[];
}

export function memoryDifference(before: Trace, after: Trace): MemoryDifference {
  const [a, b] = [memoryPeak(before), memoryPeak(after)];
  return {
    peak: { name: 'peak', before: a.bytes, after: b.bytes },
    roles: joined(
      new Map(ROLES.map((role) => [role, a.byRole[role]])),
      new Map(ROLES.map((role) => [role, b.byRole[role]])),
    ),
    layers: joined(byLayer(before, a.alive), byLayer(after, b.alive)),
  };
}

function byLayer(trace: Trace, alive: readonly number[]): Map<string, number> {
  const { layer, sizeBytes } = trace.tables.buffers;
  const held = new Map<string, number>();
  for (const buffer of alive) {
    const path = trace.layers[layer[buffer] as number]?.path ?? 'no layer';
    held.set(path, (held.get(path) ?? 0) + (sizeBytes[buffer] as number));
  }
  return held;
}

function joined(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): HeldChange[] {
  const change = ({ before: a, after: b }: HeldChange) => Math.abs(b - a);
  return [...new Set([...before.keys(), ...after.keys()])]
    .map((name) => ({ name, before: before.get(name) ?? 0, after: after.get(name) ?? 0 }))
    .filter(({ before: a, after: b }) => a > 0 || b > 0)
    .sort((a, b) => change(b) - change(a) || b.after - a.after);
}
