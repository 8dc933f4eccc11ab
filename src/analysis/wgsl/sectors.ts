/** How well the accesses of a wave use the sectors of memory that they touch. */
import type { Access } from './accesses.ts';
import { beyondFirst, isUniform } from './lanes.ts';

export interface Stride {
  /** Elements (of what one lane touches) between neighboring lanes; NaN when unknown or uneven. */
  readonly elements: number;
  /** What an unknown stride is a multiple of, such as `p.K`; null for a known one. */
  readonly unknown: string | null;
  /** All lanes touch the same place. */
  readonly shared: boolean;
}

/** Null where nothing is known of the place. */
export function strideOfAccess({ offset, bytes }: Access): Stride | null {
  if (!offset) return null;
  if (isUniform(offset)) return { elements: 0, unknown: null, shared: true };
  const beyond = beyondFirst(offset);
  if ('unknown' in beyond) return { elements: NaN, unknown: beyond.unknown, shared: false };
  const step = (beyond.at[1] ?? 0) / bytes;
  const even = beyond.at.every((v, lane) => v === lane * step * bytes);
  return { elements: even ? step : NaN, unknown: null, shared: false };
}

export interface SectorUse {
  /** Bytes that the lanes ask for, each counted once, and bytes of the sectors that hold them. */
  readonly usedBytes: number;
  readonly movedBytes: number;
}

/**
 * Of accesses to one buffer that differ by known numbers only (`x[3 * i]`, `x[3 * i + 1]`, ...): together, because what one
 * brings in the next one finds in the cache. The first lane's place is taken to be the start of a sector.
 */
export function sectorUse(accesses: readonly Access[], sectorBytes: number): SectorUse | null {
  const places = new Set<number>();
  let least = Infinity;
  const bytes = new Set<number>();
  for (const { offset, bytes: size } of accesses) {
    const beyond = offset ? beyondFirst(offset) : null;
    if (!beyond || 'unknown' in beyond) return null;
    const start = offset?.get('')?.[0] ?? 0;
    for (const at of beyond.at) {
      least = Math.min(least, start + at);
      for (let byte = 0; byte < size; byte++) bytes.add(start + at + byte);
    }
  }
  for (const byte of bytes) places.add(Math.floor((byte - least) / sectorBytes));
  return { usedBytes: bytes.size, movedBytes: places.size * sectorBytes };
}
