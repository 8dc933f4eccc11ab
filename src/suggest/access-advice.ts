/** What the rules about memory access share: which accesses are to blame, and how much of the traffic they waste. */
import type { AccessGroup } from '../analysis/kernel-accesses.ts';
import { sum } from '../base/stats.ts';
import type { Facts } from './facts.ts';

/** Elements between neighboring lanes from which a stride counts. */
const FAR = 4;
const POOR = 0.3;

/** Known strides of 4 elements or more that leave most of each sector unused; the worst first. */
export function strided(facts: Facts, accesses: readonly AccessGroup[]): AccessGroup[] {
  return accesses
    .filter(
      (access) =>
        access.efficiency <= POOR &&
        !(Math.abs(access.stride.elements) < FAR) &&
        // A processor's cache keeps the line of each lane while a loop walks along it.
        !(access.walks && facts.trace.meta.adapter?.software),
    )
    .sort((a, b) => b.depth - a.depth || a.efficiency - b.efficiency);
}

/** Share of the bytes moved that nothing uses, over the accesses of the innermost loops: those run most often. */
export function unusedShare(facts: Facts, accesses: readonly AccessGroup[]): number {
  const depth = Math.max(...accesses.map((access) => access.depth));
  const counted = accesses.filter((access) => access.depth === depth && access.efficiency > 0);
  const bad = new Set(strided(facts, counted));
  const used = sum(counted.map((access) => access.bytes));
  const moved = sum(counted.map((access) => access.bytes / (bad.has(access) ? access.efficiency : 1)));
  return moved > 0 ? 1 - used / moved : 0;
}
