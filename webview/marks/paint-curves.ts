/** Paints curves over time: estimated occupancy with its band, memory stacked by key. */
import type { TimeAxis } from '../axis.ts';
import type { MemoryCurve, OccupancyCurves } from '../curves.ts';
import { hatch } from '../paint.ts';
import type { Theme } from '../theme.ts';
import { addMeans } from './curve.ts';

export interface CurvePaint {
  readonly axis: TimeAxis;
  readonly theme: Theme;
  readonly width: number;
  readonly top: number;
  readonly height: number;
}

/**
 * The high end of the estimate as a line, what unknown registers leave open below it hatched, the certain part filled.
 * Time in which nothing ran counts as zero.
 */
export function paintOccupancy(
  context: CanvasRenderingContext2D,
  curves: OccupancyCurves,
  at: CurvePaint,
): void {
  const { theme, width, top, height } = at;
  const [from, to] = at.axis.visible;
  const high = new Float64Array(width);
  const low = new Float64Array(width);
  for (const weighted of curves.high) addMeans(weighted, from, to, high);
  for (const weighted of curves.low) addMeans(weighted, from, to, low);
  const bottom = top + height;
  const y = (share: number) => bottom - Math.min(1, share) * (height - 2);
  baseline(context, at);
  context.beginPath();
  for (let x = 0; x < width; x++)
    context.rect(x, y(high[x] as number), 1, y(low[x] as number) - y(high[x] as number));
  context.fillStyle = hatch(context, theme.accent, 4);
  context.globalAlpha = 0.45;
  context.fill();
  context.beginPath();
  for (let x = 0; x < width; x++) context.rect(x, y(low[x] as number), 1, bottom - y(low[x] as number));
  context.fillStyle = theme.accent;
  context.globalAlpha = theme.highContrast ? 0.4 : 0.16;
  context.fill();
  context.globalAlpha = 1;
  context.strokeStyle = theme.accent;
  context.lineWidth = 1.25;
  context.beginPath();
  for (let x = 0; x < width; x++) context.lineTo(x + 0.5, y(high[x] as number) - 0.5);
  context.stroke();
  context.lineWidth = 1;
}

/** Live bytes stacked by key; each pixel shows its highest moment. */
export function paintMemory(context: CanvasRenderingContext2D, curve: MemoryCurve, at: CurvePaint): void {
  const { theme, width, top, height } = at;
  const { timeline, ceiling } = curve;
  const [from, to] = at.axis.visible;
  const columns = curve.highest.columns(from, to, width);
  const bottoms = new Float32Array(width).fill(top + height);
  for (const key of curve.order) {
    const bytes = timeline.bytes[key] as Float64Array;
    context.beginPath();
    for (let x = 0; x < width; x++) {
      const i = columns[x] as number;
      const tall = i < 0 ? 0 : ((bytes[i] as number) / ceiling) * (height - 2);
      if (tall <= 0) continue;
      context.rect(x, (bottoms[x] as number) - tall, 1, tall);
      bottoms[x] = (bottoms[x] as number) - tall;
    }
    context.fillStyle = memoryColor(theme, curve, key);
    context.globalAlpha = theme.highContrast ? 1 : 0.9;
    context.fill();
  }
  context.globalAlpha = 1;
  baseline(context, at);
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
