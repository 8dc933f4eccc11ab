/** Every buffer as a box: its life along time, its size as height, stacked as an allocator would place them. Pure. */

export interface BufferBox {
  readonly buffer: number;
  readonly bornNs: number;
  /** Infinity when it was alive at the end. */
  readonly diedNs: number;
  /** Bytes below it and at its top edge. */
  readonly from: number;
  readonly to: number;
}

export interface BufferLife {
  readonly buffer: number;
  readonly bornNs: number;
  readonly diedNs: number;
  readonly sizeBytes: number;
}

interface Gap {
  from: number;
  to: number;
}

/**
 * Places each buffer at its birth in the lowest gap that holds it. Those that live longest are placed first, so that
 * they lie still at the bottom and what comes and goes moves above them.
 */
export function placeBuffers(lives: readonly BufferLife[], endNs: number): BufferBox[] {
  const lifeOf = (life: BufferLife) => Math.min(life.diedNs, endNs) - life.bornNs;
  const longest = lives.reduce((most, life) => Math.max(most, lifeOf(life)), 0);
  const staying = lives.filter((life) => lifeOf(life) > longest / 2 || !Number.isFinite(life.diedNs));
  let floor = 0;
  const boxes: BufferBox[] = [];
  for (const life of staying) {
    boxes.push({
      buffer: life.buffer,
      bornNs: life.bornNs,
      diedNs: life.diedNs,
      from: floor,
      to: floor + life.sizeBytes,
    });
    floor += life.sizeBytes;
  }
  const kept = new Set(staying);
  return [...boxes, ...placeInGaps(lives.filter((life) => !kept.has(life)), floor)]; // prettier-ignore
}

function placeInGaps(lives: readonly BufferLife[], floor: number): BufferBox[] {
  const events = lives
    .flatMap((life, i) => [
      { at: life.bornNs, birth: true, i },
      { at: life.diedNs, birth: false, i },
    ])
    // At equal times deaths come first: their room is free again.
    .sort((a, b) => a.at - b.at || Number(a.birth) - Number(b.birth));
  const gaps: Gap[] = [{ from: floor, to: Infinity }];
  const placed = new Map<number, BufferBox>();
  for (const { birth, i } of events) {
    const life = lives[i] as BufferLife;
    if (birth) placed.set(i, takeGap(gaps, life));
    else {
      const box = placed.get(i);
      if (box) giveBack(gaps, box);
    }
  }
  return [...placed.values()];
}

function takeGap(gaps: Gap[], life: BufferLife): BufferBox {
  const at = gaps.findIndex((gap) => gap.to - gap.from >= life.sizeBytes);
  const gap = gaps[at] as Gap;
  const box = {
    buffer: life.buffer,
    bornNs: life.bornNs,
    diedNs: life.diedNs,
    from: gap.from,
    to: gap.from + life.sizeBytes,
  };
  gap.from = box.to;
  if (gap.from === gap.to) gaps.splice(at, 1);
  return box;
}

function giveBack(gaps: Gap[], box: BufferBox): void {
  const at = gaps.findIndex((gap) => gap.from >= box.to);
  const after = gaps[at];
  const before = gaps[at - 1];
  const touchesAfter = after?.from === box.to;
  const touchesBefore = before?.to === box.from;
  if (before && after && touchesAfter && touchesBefore) {
    before.to = after.to;
    gaps.splice(at, 1);
  } else if (after && touchesAfter) after.from = box.from;
  else if (before && touchesBefore) before.to = box.to;
  else gaps.splice(at, 0, { from: box.from, to: box.to });
}

/** The topmost byte any box reaches. */
export function stackHeight(boxes: readonly BufferBox[]): number {
  return boxes.reduce((most, { to }) => Math.max(most, to), 1);
}
