/** Paints curves over time: estimated occupancy with its band, memory stacked by key. */
import type { TimeAxis } from '../axis.ts';
import type { MemoryCurve, OccupancyCurves } from '../curves.ts';
import type { Series } from '../series.ts';
import type { Theme } from '../theme.ts';
import { addMeans } from './curve.ts';
import { firstAbove } from './lane.ts';
import type { Lane } from './lane.ts';
import { Pixels, faded, pixelOf } from './pixels.ts';

export interface CurvePaint {
  readonly axis: TimeAxis;
  readonly theme: Theme;
  readonly width: number;
  readonly top: number;
  readonly height: number;
}

const strips = { busy: new Pixels(), occupancy: new Pixels(), memory: new Pixels() };

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
  const low = curves.low === curves.high ? high : new Float64Array(width);
  for (const weighted of curves.high) addMeans(weighted, from, to, high);
  if (low !== high) for (const weighted of curves.low) addMeans(weighted, from, to, low);
  const known = knownColumns(untimed, from, to, high);
  const y = (share: number) => height - Math.min(1, share) * (height - 2);
  const pixels = strips.occupancy.begin(width, height);
  const accent = pixelOf(theme.accent);
  const [certain, open, unknown] = [faded(accent, theme.highContrast ? 0.4 : 0.16), faded(accent, 0.45), pixelOf(theme.faint)]; // prettier-ignore
  let before = NaN;
  for (let x = 0; x < width; x++) {
    if (!known[x]) {
      pixels.dotted(x, 0, height, unknown);
      before = NaN;
      continue;
    }
    const [line, floor] = [y(high[x] as number), y(low[x] as number)];
    pixels.hatched(x, line, floor, open, 4);
    pixels.column(x, floor, height, certain);
    // The line goes on from where it was, so that a jump has no gap.
    const from = Number.isNaN(before) ? line : Math.min(line, before);
    const to = Number.isNaN(before) ? line : Math.max(line, before);
    pixels.column(x, from - 1, to + 0.5, accent);
    before = line;
  }
  pixels.paint(context, 0, top);
  baseline(context, at);
}

/** Share of each pixel's time in which a kernel runs, filled. */
export function paintBusy(
  context: CanvasRenderingContext2D,
  curves: OccupancyCurves,
  untimed: Lane,
  at: CurvePaint,
): void {
  const { theme, width, top, height } = at;
  const busy = new Float64Array(width);
  for (const weighted of curves.busy) addMeans(weighted, ...at.axis.visible, busy);
  const known = knownColumns(untimed, ...at.axis.visible, busy);
  const pixels = strips.busy.begin(width, height);
  const [ink, unknown] = [faded(pixelOf(theme.ink), 0.35), pixelOf(theme.faint)];
  for (let x = 0; x < width; x++)
    if (known[x]) pixels.column(x, height - Math.min(1, busy[x] as number) * (height - 2), height, ink);
    else pixels.dotted(x, 0, height, unknown);
  pixels.paint(context, 0, top);
  baseline(context, at);
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

/** Live bytes stacked by key; each pixel shows its highest moment. */
export function paintMemory(context: CanvasRenderingContext2D, curve: MemoryCurve, at: CurvePaint): void {
  const { theme, width, top, height } = at;
  const { timeline, ceiling } = curve;
  const [from, to] = at.axis.visible;
  const moments = curve.highest.columns(from, to, width);
  const stack = curve.order.map((key) => ({
    bytes: timeline.bytes[key] as Float64Array,
    color: faded(pixelOf(memoryColor(theme, curve, key)), theme.highContrast ? 1 : 0.9),
    ink: faded(pixelOf(theme.ground), 0.6),
  }));
  const pixels = strips.memory.begin(width, height);
  const perByte = (height - 2) / ceiling;
  for (let x = 0; x < width; x++) {
    const moment = moments[x] as number;
    if (moment < 0) continue;
    let bottom = height;
    // Counted, not iterated: an iterator for each pixel is a thousand a frame.
    for (let n = 0; n < stack.length; n++) {
      const { bytes, color, ink } = stack[n] as (typeof stack)[number];
      const tall = (bytes[moment] as number) * perByte;
      if (tall > 0) pixels.column(x, bottom - tall, bottom, color);
      // Every other one plain; the others lean left or right, and lie apart.
      if (tall > 0 && theme.patterns && n % 2 === 1)
        pixels.hatched(x, bottom - tall, bottom, ink, 4 + n, n % 4 === 1 ? 1 : -1);
      bottom -= tall;
    }
  }
  pixels.paint(context, 0, top);
  baseline(context, at);
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
