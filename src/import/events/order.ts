/** Puts events of one thread into the order of nesting. */

/**
 * Sorts ids by start, then the longer first, then by rank (outer kinds first), then as they came. Files are mostly in
 * order already, so order is checked before anything is sorted.
 */
export function nestingOrder(
  ids: Uint32Array,
  start: (id: number) => number,
  end: (id: number) => number,
  rank: (id: number) => number,
): Uint32Array {
  const before = (a: number, b: number): number =>
    start(a) - start(b) || end(b) - end(a) || rank(a) - rank(b) || a - b;
  for (let i = 1; i < ids.length; i++)
    if (before(ids[i - 1] as number, ids[i] as number) > 0) return ids.sort(before);
  return ids;
}

/** Ids grouped by a key, each group as a typed array, groups in the order their first id came. */
export function grouped(length: number, key: (id: number) => number): Map<number, Uint32Array> {
  const sizes = new Map<number, number>();
  for (let id = 0; id < length; id++) {
    const k = key(id);
    if (k >= 0) sizes.set(k, (sizes.get(k) ?? 0) + 1);
  }
  const groups = new Map<number, Uint32Array>();
  for (const [k, size] of sizes) groups.set(k, new Uint32Array(size));
  const at = new Map<number, number>();
  for (let id = 0; id < length; id++) {
    const k = key(id);
    if (k < 0) continue;
    const i = at.get(k) ?? 0;
    (groups.get(k) as Uint32Array)[i] = id;
    at.set(k, i + 1);
  }
  return groups;
}
