/** Paints curves over time: estimated occupancy with its band, memory stacked by key. */
import type { TimeAxis } from '../axis.ts';
import type { MemoryCurve, OccupancyCurves } from '../curves.ts';
import { dots, hatch } from '../paint.ts';
import type { Series } from '../series.ts';
import type { Theme } from '../theme.ts';
import { addMeans } from './curve.ts';
import { firstAbove } from './lane.ts';
import type { Lane } from './lane.ts';

export interface CurvePaint {
  readonly axis: TimeAxis;
  readonly theme: Theme;
  readonly width: number;
  readonly top: number;
  readonly height: number;
}

/**
 * The high end of the estimate as a line, what unknown registers leave open below it hatched, the certain part filled.
 * Time in which nothing ran counts as zero; where kernels were not timed there is no line, for nobody knows.
 */
export function paintOccupancy(
  context: CanvasRenderingContext2D,
  curves: OccupancyCurves,
  untimed: Lane,
  at: CurvePaint,
): void {
  const { theme, width, top, height } = at;
  const [from, to] = at.axis.visible;
  const high = new Float64Array(width);
  const low = new Float64Array(width);
  for (const weighted of curves.high) addMeans(weighted, from, to, high);
  for (const weighted of curves.low) addMeans(weighted, from, to, low);
  const known = knownColumns(untimed, from, to, high);
  const bottom = top + height;
  const y = (share: number) => bottom - Math.min(1, share) * (height - 2);
  baseline(context, at);
  fillColumns(
    context,
    known,
    (x) => [y(high[x] as number), y(low[x] as number)],
    hatch(context, theme.accent, 4),
    0.45,
  );
  fillColumns(
    context,
    known,
    (x) => [y(low[x] as number), bottom],
    theme.accent,
    theme.highContrast ? 0.4 : 0.16,
  );
  fillColumns(context, known.map((is) => 1 - is), () => [top, bottom], dots(context, theme.faint), 1); // prettier-ignore
  context.strokeStyle = theme.accent;
  context.lineWidth = 1.25;
  context.beginPath();
  for (let x = 0; x < width; x++) {
    if (!known[x]) continue;
    if (known[x - 1]) context.lineTo(x + 0.5, y(high[x] as number) - 0.5);
    else context.moveTo(x + 0.5, y(high[x] as number) - 0.5);
  }
  context.stroke();
  context.lineWidth = 1;
}

/** 1 for each pixel whose middle is not in an untimed stretch, or in which a kernel was timed all the same. */
function knownColumns(untimed: Lane, from: number, to: number, values: Float64Array): Uint8Array {
  const step = (to - from) / values.length;
  let at = 0;
  return Uint8Array.from(values, (value, x) => {
    const middle = from + (x + 0.5) * step;
    at = firstAbove(untimed.ends, middle, at, untimed.length);
    const inside = at < untimed.length && (untimed.starts[at] as number) <= middle;
    return inside && value === 0 ? 0 : 1;
  });
}

/** Fills between two edges, pixel by pixel; pixels of equal edges are painted as one. */
function fillColumns(
  context: CanvasRenderingContext2D,
  on: Uint8Array,
  edges: (x: number) => readonly [top: number, bottom: number],
  fill: string | CanvasPattern,
  alpha: number,
): void {
  context.beginPath();
  let [from, top, bottom] = [0, 0, 0];
  const flush = (to: number) => {
    if (bottom > top) context.rect(from, top, to - from, bottom - top);
  };
  for (let x = 0; x < on.length; x++) {
    const [nextTop, nextBottom] = on[x] ? edges(x) : [0, 0];
    if (nextTop === top && nextBottom === bottom) continue;
    flush(x);
    [from, top, bottom] = [x, nextTop, nextBottom];
  }
  flush(on.length);
  context.globalAlpha = alpha;
  context.fillStyle = fill;
  context.fill();
  context.globalAlpha = 1;
}

/** Live bytes stacked by key; each pixel shows its highest moment. Pixels of one moment are painted as one. */
export function paintMemory(context: CanvasRenderingContext2D, curve: MemoryCurve, at: CurvePaint): void {
  const { theme, width, top, height } = at;
  const { timeline, ceiling } = curve;
  const [from, to] = at.axis.visible;
  const runs = runsOf(curve.highest.columns(from, to, width));
  const bottoms = runs.map(() => top + height);
  for (const key of curve.order) {
    const bytes = timeline.bytes[key] as Float64Array;
    context.beginPath();
    for (const [r, run] of runs.entries()) {
      const tall = run.index < 0 ? 0 : ((bytes[run.index] as number) / ceiling) * (height - 2);
      if (tall <= 0) continue;
      const bottom = bottoms[r] as number;
      context.rect(run.from, bottom - tall, run.to - run.from, tall);
      bottoms[r] = bottom - tall;
    }
    context.fillStyle = memoryColor(theme, curve, key);
    context.globalAlpha = theme.highContrast ? 1 : 0.9;
    context.fill();
  }
  context.globalAlpha = 1;
  baseline(context, at);
}

interface Run {
  readonly from: number;
  readonly to: number;
  readonly index: number;
}

/** Neighboring pixels that show the same moment. */
function runsOf(columns: Int32Array): Run[] {
  const runs: Run[] = [];
  let from = 0;
  for (let x = 1; x <= columns.length; x++) {
    if (x < columns.length && columns[x] === columns[from]) continue;
    runs.push({ from, to: x, index: columns[from] as number });
    from = x;
  }
  return runs;
}

/** A line through the values in view, with a dot on each where there is room for dots. */
export function paintSeries(context: CanvasRenderingContext2D, series: Series, at: CurvePaint): void {
  const { theme, width, top, height } = at;
  const { atNs, values } = series.steps;
  const [from, to] = at.axis.visible;
  const x = (i: number) => (((atNs[i] as number) - from) / (to - from)) * width;
  const y = (i: number) =>
    top + height - 2 - (((values[i] as number) - series.low) / (series.high - series.low)) * (height - 6);
  const first = Math.max(0, firstAbove(atNs, from) - 1);
  const last = Math.min(atNs.length, firstAbove(atNs, to) + 1);
  // More values than pixels: every n-th is enough to see the course.
  const every = Math.max(1, Math.floor((last - first) / (2 * width)));
  baseline(context, at);
  context.strokeStyle = theme.ink;
  context.fillStyle = theme.ink;
  context.globalAlpha = 0.75;
  context.beginPath();
  for (let i = first; i < last; i += every) {
    if (series.holds && i > first) context.lineTo(x(i), y(i - every));
    context.lineTo(x(i), y(i));
  }
  context.stroke();
  if (!series.holds && (last - first) * 8 < width)
    for (let i = first; i < last; i++) context.fillRect(x(i) - 1.5, y(i) - 1.5, 3, 3);
  context.globalAlpha = 1;
}

/** Roles have colors of their own; layers take the family colors in turn, and the last two keys (the rest) are gray. */
export function memoryColor(theme: Theme, curve: Pick<MemoryCurve, 'by' | 'timeline'>, key: number): string {
  if (curve.by === 'role') return theme.role[key] ?? theme.faint;
  const rest = curve.timeline.keys.length - key;
  return rest <= 2 ? theme.line : (theme.family[key % 8] ?? theme.faint);
}

function baseline(context: CanvasRenderingContext2D, { theme, width, top, height }: CurvePaint): void {
  context.fillStyle = theme.line;
  context.fillRect(0, top + height, width, 1);
}
