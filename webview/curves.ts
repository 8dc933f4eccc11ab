/** The curves of one trace, prepared once so that each pixel of each frame costs two searches. */
import type { MemoryTimeline } from '../src/analysis/memory.ts';
import type { LaunchOccupancy } from '../src/analysis/occupancy.ts';
import { ROLES } from '../src/trace/model.ts';
import type { Trace } from '../src/trace/model.ts';
import { Highest, weighLane } from './marks/curve.ts';
import type { Weighted } from './marks/curve.ts';
import type { Track } from './tracks.ts';

export interface OccupancyCurves {
  /** Estimated occupancy at the high and the low end of the band, one a GPU lane; the same list where there is no band. */
  readonly high: readonly Weighted[];
  readonly low: readonly Weighted[];
  /** One while a kernel runs. */
  readonly busy: readonly Weighted[];
}

export interface MemoryCurve {
  readonly timeline: MemoryTimeline;
  readonly highest: Highest;
  /** Keys of the timeline that ever hold bytes, from the bottom of the stack to its top. */
  readonly order: readonly number[];
  /** What the keys are, which decides their colors. */
  readonly by: 'role' | 'layer';
  /** Bytes at the top of the picture. */
  readonly ceiling: number;
}

export function occupancyCurves(
  trace: Trace,
  tracks: readonly Track[],
  occupancies: readonly LaunchOccupancy[],
): OccupancyCurves {
  const { launch } = trace.tables.dispatches;
  const lanes = tracks.filter(({ kind }) => kind === 'gpu').flatMap((track) => track.lanes);
  const by = (pick: (occupancy: LaunchOccupancy) => number) => {
    const values = Float64Array.from(occupancies, pick);
    return lanes.map((lane) => weighLane(lane, (row) => values[launch[row] as number] as number));
  };
  const high = by(({ achieved }) => achieved);
  const isBand = occupancies.some(({ achieved, achievedLow }) => achieved > achievedLow);
  return {
    high,
    low: isBand ? by(({ achievedLow }) => achievedLow) : high,
    busy: lanes.map((lane) => weighLane(lane, () => 1)),
  };
}

/** Bottom of the stack first: what stays, then what comes and goes. */
const ROLE_ORDER = (
  [
    'parameter',
    'optimizer-state',
    'gradient',
    'input',
    'staging',
    'workspace',
    'unknown',
    'activation',
  ] as const
).map((role) => ROLES.indexOf(role));

export function memoryCurve(timeline: MemoryTimeline, by: 'role' | 'layer', peakBytes: number): MemoryCurve {
  const order = by === 'role' ? ROLE_ORDER : timeline.keys.map((_, i) => i);
  return {
    timeline,
    highest: new Highest({ atNs: timeline.atNs, values: timeline.live }),
    order: order.filter((key) => timeline.bytes[key]?.some((bytes) => bytes > 0)),
    by,
    ceiling: Math.max(1, peakBytes) * 1.06,
  };
}
