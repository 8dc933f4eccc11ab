/** Paints the bins of a lane: boxes with their names, and columns of thin slices stacked by color. */
import { boxText } from '../paint.ts';
import type { Bins } from './bins.ts';
import type { Lane } from './lane.ts';
import { Pixels, pixelOf } from './pixels.ts';

export interface LaneStyle {
  /** By color index of the lane. A string or a pattern. */
  readonly fills: readonly (string | CanvasPattern)[];
  readonly inks: readonly string[];
  /** What stands for a pattern in slices too thin to show one. */
  readonly thin?: string;
  /** Colors switched off in the legend. */
  readonly off?: (color: number) => boolean;
  readonly outline?: string;
  /** Laid over the fills of boxes that are wide enough, by color index. */
  readonly patterns?: readonly (CanvasPattern | null)[];
  /** Text of a box, by row of its table. */
  readonly label?: (row: number) => string;
}

export interface LaneBox {
  readonly top: number;
  readonly height: number;
  readonly width: number;
}

/** Narrower boxes carry no text. */
const MIN_TEXT_PX = 26;
const OFF_ALPHA = 0.1;
/** In narrower boxes a pattern is noise. */
const MIN_PATTERN_PX = 8;

export function paintLane(
  context: CanvasRenderingContext2D,
  lane: Lane,
  bins: Bins,
  box: LaneBox,
  style: LaneStyle,
): void {
  paintColumns(context, lane, bins, box, style);
  const { top, height, width } = box;
  for (let b = 0; b < bins.boxCount; b++) {
    const color = lane.colors[bins.boxes[b] as number] as number;
    const left = Math.max(-1, bins.lefts[b] as number);
    const right = Math.min(width + 1, bins.rights[b] as number);
    const wide = right - left;
    context.globalAlpha = style.off?.(color) ? OFF_ALPHA : 1;
    context.fillStyle = style.fills[color] ?? '';
    // A hair of ground between neighbors, where there is room for one.
    context.fillRect(left, top, wide > 4 ? wide - 1 : wide, height);
    const pattern = style.patterns?.[color];
    if (pattern && wide > MIN_PATTERN_PX) {
      context.fillStyle = pattern;
      context.fillRect(left, top, wide - 1, height);
    }
    if (style.outline && wide > 4) {
      context.strokeStyle = style.outline;
      context.strokeRect(left + 0.5, top + 0.5, wide - 2, height - 1);
    }
  }
  if (style.label && height >= 11) paintLabels(context, lane, bins, box, style);
  context.globalAlpha = 1;
}

function paintLabels(
  context: CanvasRenderingContext2D,
  lane: Lane,
  bins: Bins,
  box: LaneBox,
  style: LaneStyle,
): void {
  for (let b = 0; b < bins.boxCount; b++) {
    const left = bins.lefts[b] as number;
    const right = Math.min(box.width, bins.rights[b] as number);
    if (right - Math.max(0, left) < MIN_TEXT_PX) continue;
    const index = bins.boxes[b] as number;
    const color = lane.colors[index] as number;
    if (style.off?.(color)) continue;
    context.globalAlpha = 1;
    context.fillStyle = style.inks[color] ?? '';
    boxText(context, style.label?.(lane.rows[index] as number) ?? '', left, right, box.top + box.height / 2);
  }
}

/** Strips by their height, reused from frame to frame. */
const strips = new Map<number, Pixels>();

/** Each pixel of thin slices is a small stack: height is share of its time, so that idle time stays visible at every zoom. */
function paintColumns(
  context: CanvasRenderingContext2D,
  lane: Lane,
  bins: Bins,
  { top, height, width }: LaneBox,
  style: LaneStyle,
): void {
  if (bins.columnCount === 0) return;
  const { colorCount } = lane;
  const pixels = stripOf(height).begin(width, height);
  const colors = style.fills.map((fill, color) =>
    style.off?.(color) ? 0 : pixelOf(typeof fill === 'string' ? fill : (style.thin ?? '')),
  );
  for (let c = 0; c < bins.columnCount; c++) {
    const x = bins.columns[c] as number;
    let bottom = height;
    for (let color = 0; color < colorCount; color++) {
      const share = bins.shares[c * colorCount + color] as number;
      const pixel = colors[color];
      if (share <= 0 || !pixel) continue;
      const tall = Math.min(height, Math.max(share * height, share > 0.02 ? 1 : 0));
      pixels.column(x, bottom - tall, bottom, pixel);
      bottom -= tall;
    }
  }
  pixels.paint(context, 0, top);
}

/** One strip a height: lanes of the same height take turns. */
function stripOf(height: number): Pixels {
  let pixels = strips.get(height);
  if (!pixels) strips.set(height, (pixels = new Pixels()));
  return pixels;
}
