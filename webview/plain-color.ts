/** A color of CSS, in whatever form the browser computed it, as the six digits every reader knows, and its opacity. */
export interface PlainColor {
  readonly hex: string;
  /** 0..1 */
  readonly opacity: number;
}

const known = new Map<string, PlainColor>();
let pen: CanvasRenderingContext2D | null = null;

export function plainColor(color: string): PlainColor {
  let plain = known.get(color);
  if (!plain) known.set(color, (plain = drawn(color)));
  return plain;
}

function drawn(color: string): PlainColor {
  if (color === 'none' || color === 'transparent' || color === '') return { hex: '#000000', opacity: 0 };
  pen ??= document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  if (!pen) return { hex: '#000000', opacity: 1 };
  pen.clearRect(0, 0, 1, 1);
  pen.fillStyle = color;
  pen.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0, alpha = 0] = pen.getImageData(0, 0, 1, 1).data;
  const hex = [red, green, blue].map((part) => part.toString(16).padStart(2, '0')).join('');
  return { hex: `#${hex}`, opacity: alpha / 255 };
}
