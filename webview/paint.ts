/** Canvas: pixels of the device, hatching for time spent waiting, text that fits. */
import type { Theme } from './theme.ts';

/** A canvas that keeps the resolution of its box, and draws at most once a frame. */
export class Surface {
  readonly canvas: HTMLCanvasElement;
  readonly #draw: (context: CanvasRenderingContext2D, width: number, height: number) => void;
  readonly #observer: ResizeObserver;
  #frame = 0;
  width = 0;
  height = 0;
  /** Milliseconds the last drawing took, for the frame-time tests. */
  lastMs = 0;

  constructor(
    canvas: HTMLCanvasElement,
    draw: (context: CanvasRenderingContext2D, width: number, height: number) => void,
  ) {
    this.canvas = canvas;
    this.#draw = draw;
    this.#observer = new ResizeObserver(() => this.#resize());
    this.#observer.observe(canvas);
  }

  /** Asks for a drawing in the next frame. */
  invalidate(): void {
    if (this.#frame === 0) this.#frame = requestAnimationFrame(() => this.paint());
  }

  /** Draws now. */
  paint(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    if (this.width === 0 || this.height === 0) return;
    const context = this.canvas.getContext('2d');
    if (!context) return;
    const start = performance.now();
    const ratio = devicePixelRatio || 1;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, this.width, this.height);
    this.#draw(context, this.width, this.height);
    this.lastMs = performance.now() - start;
  }

  dispose(): void {
    this.#observer.disconnect();
    cancelAnimationFrame(this.#frame);
  }

  #resize(): void {
    const { clientWidth, clientHeight } = this.canvas;
    const ratio = devicePixelRatio || 1;
    if (
      clientWidth === this.width &&
      clientHeight === this.height &&
      this.canvas.width === Math.round(clientWidth * ratio)
    )
      return;
    this.width = clientWidth;
    this.height = clientHeight;
    this.canvas.width = Math.round(clientWidth * ratio);
    this.canvas.height = Math.round(clientHeight * ratio);
    // At once: a resized canvas is blank, and waiting a frame would flicker.
    this.paint();
  }
}

const hatches = new Map<string, CanvasPattern | null>();

/** Diagonal lines: how waiting looks everywhere. */
export function hatch(context: CanvasRenderingContext2D, color: string, spacing = 5): CanvasPattern | string {
  const key = `${color} ${spacing}`;
  if (!hatches.has(key)) {
    const tile = document.createElement('canvas');
    tile.width = spacing;
    tile.height = spacing;
    const pen = tile.getContext('2d');
    if (pen) {
      pen.strokeStyle = color;
      pen.lineWidth = 1;
      pen.beginPath();
      for (const shift of [-spacing, 0, spacing]) {
        pen.moveTo(shift - 1, spacing + 1);
        pen.lineTo(shift + spacing + 1, -1);
      }
      pen.stroke();
    }
    hatches.set(key, context.createPattern(tile, 'repeat'));
  }
  return hatches.get(key) ?? color;
}

/** One tile a kind: strokes in a square of 8 px, from which families are told apart without their color. */
const STROKES: readonly (readonly (readonly [x: number, y: number, toX: number, toY: number])[])[] = [
  [],
  [[-2, 10, 10, -2]],
  [[-2, -2, 10, 10]],
  [[0, 4, 8, 4]],
  [[4, 0, 4, 8]],
  [[0, 4, 8, 4], [4, 0, 4, 8]],
  [[-2, 10, 10, -2], [-2, -2, 10, 10]],
  [[2, 2, 4, 2], [6, 6, 8, 6]],
  [[0, 2, 8, 2], [0, 6, 8, 6]],
  [[2, 0, 2, 8], [6, 0, 6, 8]],
]; // prettier-ignore
const PATTERN_PX = 8;

/** The pattern of the n-th family; null for the plain one. */
export function familyPattern(
  context: CanvasRenderingContext2D,
  n: number,
  color: string,
): CanvasPattern | null {
  const strokes = STROKES[n % STROKES.length] ?? [];
  if (strokes.length === 0) return null;
  const key = `family ${n} ${color}`;
  if (!hatches.has(key)) {
    const tile = document.createElement('canvas');
    tile.width = tile.height = PATTERN_PX;
    const pen = tile.getContext('2d');
    if (pen) {
      pen.strokeStyle = color;
      pen.globalAlpha = 0.55;
      pen.beginPath();
      for (const [x, y, toX, toY] of strokes) {
        pen.moveTo(x, y);
        pen.lineTo(toX, toY);
      }
      pen.stroke();
    }
    hatches.set(key, context.createPattern(tile, 'repeat'));
  }
  return hatches.get(key) ?? null;
}

/** Sparse dots: where nobody measured. */
export function dots(context: CanvasRenderingContext2D, color: string): CanvasPattern | string {
  const key = `${color} dots`;
  if (!hatches.has(key)) {
    const tile = document.createElement('canvas');
    tile.width = 7;
    tile.height = 7;
    const pen = tile.getContext('2d');
    if (pen) {
      pen.fillStyle = color;
      pen.fillRect(1, 1, 1, 1);
      pen.fillRect(4, 4, 1, 1);
    }
    hatches.set(key, context.createPattern(tile, 'repeat'));
  }
  return hatches.get(key) ?? color;
}

const widths = new Map<string, number>();

/** Width of a text in the context's font, remembered: measuring is the slowest thing in a frame. */
function textWidth(context: CanvasRenderingContext2D, text: string): number {
  const key = context.font + text;
  let width = widths.get(key);
  if (width === undefined) {
    if (widths.size > 20_000) widths.clear();
    width = context.measureText(text).width;
    widths.set(key, width);
  }
  return width;
}

/** The text if it fits, its end cut with an ellipsis if some of it does, else nothing. */
export function fitText(context: CanvasRenderingContext2D, text: string, room: number): string {
  const width = textWidth(context, text);
  if (width <= room) return text;
  const letters = Math.floor((text.length * (room - 8)) / width);
  return letters >= 3 ? `${text.slice(0, letters)}…` : '';
}

/** Text centered in a box, from its visible left edge when the box begins outside the picture. */
export function boxText(
  context: CanvasRenderingContext2D,
  text: string,
  left: number,
  right: number,
  middleY: number,
): void {
  const from = Math.max(left, 0) + 5;
  const shown = fitText(context, text, right - from - 4);
  if (shown) context.fillText(shown, from, middleY + 0.5);
}

export function setFont(context: CanvasRenderingContext2D, theme: Theme, size = 11, weight = ''): void {
  context.font = `${weight} ${size}px ${theme.font}`.trim();
  context.textBaseline = 'middle';
  context.textAlign = 'left';
}
