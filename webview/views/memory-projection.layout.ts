/** Memory at other batch sizes: a line over doublings of the batch, under the device's limit. Pure. */
import { peakBytes } from '../../src/suggest/batch-model.ts';
import type { MemoryLine } from '../../src/suggest/batch-model.ts';

export interface ProjectedPoint {
  readonly batch: number;
  readonly bytes: number;
  readonly x: number;
  readonly y: number;
}

export interface Projection {
  /** Doublings and halvings of the batch that ran, which is among them. */
  readonly points: readonly ProjectedPoint[];
  readonly now: ProjectedPoint;
  /** Height of the limit; null where it is unknown or far above the picture. */
  readonly limitY: number | null;
  /** The largest batch under the limit; null without a limit, or where memory does not grow with the batch. */
  readonly fits: number | null;
  readonly topBytes: number;
}

const HALVINGS = 3;
const DOUBLINGS = 20;
/** A limit this many times above the largest doubling shown is not drawn: the line would lie on the floor. */
const IN_SIGHT = 8;

export function projectMemory(
  line: MemoryLine,
  batch: number,
  limit: number | null,
  width: number,
  height: number,
): Projection {
  const fits =
    limit === null || !(line.perSampleBytes > 0)
      ? null
      : Math.max(0, Math.floor((limit - line.fixedBytes) / line.perSampleBytes));
  const batches: number[] = [];
  for (let power = -HALVINGS; power <= DOUBLINGS; power++) {
    const at = batch * 2 ** power;
    if (at < 1) continue;
    batches.push(Math.round(at));
    // One doubling beyond what fits shows where it stops.
    if (fits !== null && power > 0 && at > fits) break;
    if (fits === null && power >= HALVINGS + 1) break;
  }
  const most = Math.max(...batches.map((at) => peakBytes(line, at)));
  const inSight = limit !== null && limit <= most * IN_SIGHT;
  const topBytes = inSight ? Math.max(most, limit) : most;
  const [first, last] = [batches[0] as number, batches.at(-1) as number];
  const x = (at: number) => (Math.log2(at / first) / Math.max(1e-9, Math.log2(last / first))) * width;
  // Bytes double with the batch, so a scale of doublings on both sides makes a straight line of what grows.
  const floor = Math.min(...batches.map((at) => peakBytes(line, at))) / 2;
  const y = (bytes: number) => height - (Math.log2(bytes / floor) / Math.log2(topBytes / floor)) * height;
  const pointOf = (at: number) => {
    const bytes = peakBytes(line, at);
    return { batch: at, bytes, x: x(at), y: y(bytes) };
  };
  return {
    points: batches.map(pointOf),
    now: pointOf(batch),
    limitY: inSight ? y(limit) : null,
    fits,
    topBytes,
  };
}
