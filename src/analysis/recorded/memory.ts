/** Memory by category of an imported memory timeline: the curves as recorded, and their sum at its peak. */
import type { Trace } from '../../trace/model.ts';

export interface CategoryPeak {
  readonly atNs: number;
  readonly totalBytes: number;
  /** Largest first; categories of 0 bytes are left out. */
  readonly categories: readonly { readonly name: string; readonly bytes: number }[];
}

/** Track that the importer of memory timelines puts its series on. */
export const CATEGORY_TRACK = 'memory by category';

/** The moment at which all categories together are largest; null without a timeline. */
export function categoryPeak({ tables: { samples }, series, tracks }: Trace): CategoryPeak | null {
  const wanted = series.map(({ track }) => tracks[track]?.name === CATEGORY_TRACK);
  const level = new Float64Array(series.length);
  let total = 0;
  let peak: { atNs: number; total: number; level: Float64Array } | null = null;
  for (let i = 0; i < samples.length; i++) {
    const id = samples.series[i] as number;
    if (!wanted[id]) continue;
    total += (samples.value[i] as number) - (level[id] as number);
    level[id] = samples.value[i] as number;
    // What changes at one moment counts together: bytes move between categories without being there twice.
    if (samples.atNs[i + 1] === samples.atNs[i]) continue;
    if (!peak || total > peak.total) peak = { atNs: samples.atNs[i] as number, total, level: level.slice() };
  }
  if (!peak) return null;
  const { atNs, level: at } = peak;
  const categories = series.flatMap(({ name }, id) =>
    wanted[id] && (at[id] as number) !== 0 ? [{ name, bytes: at[id] as number }] : [],
  );
  return { atNs, totalBytes: peak.total, categories: categories.sort((a, b) => b.bytes - a.bytes) };
}
