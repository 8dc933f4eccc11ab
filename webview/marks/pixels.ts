/**
 * A strip of a picture written pixel by pixel, column by column. A path of a thousand little boxes takes a software
 * rasterizer many milliseconds; writing its pixels takes a fraction of one.
 */

/** A color as ImageData wants it in 32 bits of a little-endian machine: alpha, blue, green, red. */
export type Pixel = number;

const DOT_SPACING = 7;

export class Pixels {
  readonly #canvas = document.createElement('canvas');
  readonly #pen = this.#canvas.getContext('2d', { willReadFrequently: true });
  #image: ImageData | null = null;
  #pixels = new Uint32Array(0);
  #ratio = 1;
  #width = 0;
  #height = 0;

  /** Starts a strip `width` columns wide and `height` CSS pixels tall. Rows are as fine as the device shows them. */
  begin(width: number, height: number): this {
    this.#ratio = Math.max(1, devicePixelRatio || 1);
    const [wide, tall] = [Math.max(1, Math.ceil(width)), Math.max(1, Math.ceil(height * this.#ratio))];
    if (!this.#image || this.#width !== wide || this.#height !== tall) {
      this.#width = this.#canvas.width = wide;
      this.#height = this.#canvas.height = tall;
      this.#image = new ImageData(wide, tall);
      this.#pixels = new Uint32Array(this.#image.data.buffer);
    } else this.#pixels.fill(0);
    return this;
  }

  /** Fills a column between two heights; what lies partly in a row fills it. */
  column(x: number, top: number, bottom: number, color: Pixel): void {
    const end = this.#row(bottom) * this.#width + x;
    for (let at = this.#row(top) * this.#width + x; at < end; at += this.#width) this.#pixels[at] = color;
  }

  /** Diagonal lines, `spacing` CSS pixels apart: time spent waiting, and what is not certain. */
  hatched(x: number, top: number, bottom: number, color: Pixel, spacing: number, slope: 1 | -1 = 1): void {
    const every = Math.max(2, Math.round(spacing * this.#ratio));
    const across = Math.round(x * this.#ratio);
    for (let y = this.#row(top); y < this.#row(bottom); y++)
      if ((across + slope * y + every * 4096) % every === 0) this.#pixels[y * this.#width + x] = color;
  }

  /** Sparse dots: where nobody measured. */
  dotted(x: number, top: number, bottom: number, color: Pixel): void {
    const step = Math.round(DOT_SPACING * this.#ratio);
    const across = Math.round(x * this.#ratio) % step;
    for (let y = this.#row(top); y < this.#row(bottom); y++)
      if (y % step === across && across % 3 === 1) this.#pixels[y * this.#width + x] = color;
  }

  paint(context: CanvasRenderingContext2D, left: number, top: number): void {
    if (!this.#image || !this.#pen) return;
    this.#pen.putImageData(this.#image, 0, 0);
    context.imageSmoothingEnabled = false;
    context.drawImage(this.#canvas, left, top, this.#width, this.#height / this.#ratio);
  }

  #row(y: number): number {
    return Math.min(this.#height, Math.max(0, Math.round(y * this.#ratio)));
  }
}

const known = new Map<string, Pixel>();
let probe: CanvasRenderingContext2D | null = null;

/** The pixel a color of the style sheet paints. */
export function pixelOf(color: string): Pixel {
  let pixel = known.get(color);
  if (pixel !== undefined) return pixel;
  if (!probe) {
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = 1;
    probe = canvas.getContext('2d', { willReadFrequently: true });
  }
  if (!probe) return 0;
  probe.clearRect(0, 0, 1, 1);
  probe.fillStyle = color;
  probe.fillRect(0, 0, 1, 1);
  pixel = new Uint32Array(probe.getImageData(0, 0, 1, 1).data.buffer)[0] ?? 0;
  if (known.size > 2000) known.clear();
  known.set(color, pixel);
  return pixel;
}

/** The same color, more transparent. */
export function faded(pixel: Pixel, alpha: number): Pixel {
  return ((pixel & 0x00ffffff) | (Math.round((pixel >>> 24) * alpha) << 24)) >>> 0;
}
