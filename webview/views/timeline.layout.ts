/** Where each row of the timeline stands. Pure geometry, CSS pixels. */
import type { Track, TrackKind } from '../tracks.ts';

export type Density = 'compact' | 'full';
/** `series-3` is the third series of the trace. */
export type CurveId = 'busy' | 'occupancy' | 'memory' | 'loss' | `series-${number}`;

export interface Row {
  readonly track: Track;
  /** Index in the track's lanes. */
  readonly lane: number;
  readonly top: number;
  readonly height: number;
}

/** A track's head in the gutter: one beside all of its rows. */
export interface Head {
  readonly track: Track;
  readonly top: number;
  readonly height: number;
  readonly hiddenLanes: number;
}

export interface CurveBox {
  readonly id: CurveId;
  readonly top: number;
  readonly height: number;
}

export interface TimelineLayout {
  readonly rows: readonly Row[];
  readonly heads: readonly Head[];
  readonly curves: readonly CurveBox[];
  readonly height: number;
}

const ROW_HEIGHT: Readonly<Record<Density, Readonly<Record<TrackKind, number>>>> = {
  compact: { steps: 0, phases: 16, layers: 0, gpu: 28, transfers: 10, compiles: 0, slices: 0 },
  full: { steps: 18, phases: 20, layers: 18, gpu: 34, transfers: 16, compiles: 14, slices: 16 },
};
/** Least and most height of a curve: between them curves grow into the room that is left. */
const CURVE_HEIGHT: Readonly<Record<Density, readonly [number, number]>> = {
  compact: [18, 80],
  full: [56, 150],
};
const GAP: Readonly<Record<Density, number>> = { compact: 3, full: 8 };
/** Curves that say where a step goes; the others keep low. */
const MAIN_CURVES: ReadonlySet<CurveId> = new Set(['occupancy', 'memory']);
const MINOR_CURVE = 32;
/** Room left for ranges below the curves before one must scroll. */
const RANGES_ROOM = 120;
/** A folded track keeps this much, so that its rhythm is still seen. */
const FOLDED_HEIGHT = 12;
/** Lanes of one track in the compact picture: there is no room for more. */
const COMPACT_LANES = 1;

export interface LayoutOptions {
  readonly density: Density;
  readonly folded: ReadonlySet<string>;
  readonly pinned: ReadonlySet<string>;
  readonly curves: readonly CurveId[];
  /** Height that is there to fill. */
  readonly available: number;
}

/**
 * Pinned tracks first, then what the device and the script did, then the curves, then ranges of threads: those can be
 * dozens of rows deep.
 */
export function layoutTimeline(tracks: readonly Track[], options: LayoutOptions): TimelineLayout {
  const { density, folded, pinned } = options;
  const gap = GAP[density];
  const rows: Row[] = [];
  const heads: Head[] = [];
  const curves: CurveBox[] = [];
  let top = gap;
  const addTrack = (track: Track): void => {
    const isFolded = folded.has(track.id);
    const height = isFolded ? FOLDED_HEIGHT : ROW_HEIGHT[density][track.kind];
    if (height === 0) return;
    const shown = isFolded
      ? 1
      : density === 'compact'
        ? Math.min(COMPACT_LANES, track.lanes.length)
        : track.lanes.length;
    for (let lane = 0; lane < shown; lane++)
      rows.push({ track, lane, top: top + lane * (height + 1), height });
    const total = shown * (height + 1) - 1;
    heads.push({ track, top, height: total, hiddenLanes: track.lanes.length - shown });
    top += total + gap;
  };
  const ranges = tracks.filter(({ id, kind }) => kind === 'slices' && !pinned.has(id));
  const main = tracks.filter(({ id, kind }) => kind !== 'slices' && !pinned.has(id));
  for (const track of [...tracks.filter(({ id }) => pinned.has(id)), ...main]) addTrack(track);
  const [least, most] = CURVE_HEIGHT[density];
  const below = ranges.length > 0 && density === 'full' ? RANGES_ROOM : 0;
  // Minor curves keep low; what they leave goes to the main ones.
  const minor = density === 'full' ? options.curves.filter((id) => !MAIN_CURVES.has(id)).length : 0;
  const mains = Math.max(1, options.curves.length - minor);
  const room = (options.available - top - below - minor * (MINOR_CURVE + gap)) / mains - gap;
  const curveHeight = Math.round(Math.min(most, Math.max(least, room)));
  for (const id of options.curves) {
    // A low panel shows what fits whole; half a curve says nothing.
    if (density === 'compact' && top + least > options.available) break;
    const height = MAIN_CURVES.has(id) ? curveHeight : Math.min(curveHeight, MINOR_CURVE);
    curves.push({ id, top, height });
    top += height + gap;
  }
  for (const track of ranges) addTrack(track);
  return { rows, heads, curves, height: top };
}

/** The row under a height, or null in a gap. */
export function rowAt(layout: TimelineLayout, y: number): Row | null {
  return layout.rows.find(({ top, height }) => y >= top && y < top + height) ?? null;
}

export function curveAt(layout: TimelineLayout, y: number): CurveBox | null {
  return layout.curves.find(({ top, height }) => y >= top && y < top + height) ?? null;
}
