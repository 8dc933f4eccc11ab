/**
 * Colors of kernel families and buffer roles, derived from the theme's chart colors: the hue is the theme's, the
 * lightness is ours, on a ladder that keeps neighbors apart for color-blind eyes (test/webview/palette.test.ts holds
 * it). Pure: colors in, colors out.
 */
import type { Family, Role } from '../src/trace/model.ts';

/** Red, green, blue in 0..255. */
export type Rgb = readonly [number, number, number];
export type Oklab = readonly [number, number, number];

export type ChartHue = 'red' | 'blue' | 'yellow' | 'orange' | 'green' | 'purple';
export type ChartColors = Readonly<Record<ChartHue, Rgb>>;

/**
 * Where a color comes from: one chart hue or a blend of two, and its OKLCH lightness and chroma on dark and on light
 * ground. The numbers come from a search that maximized the smallest distance between any two colors as seen with
 * normal sight, protanopia, deuteranopia and tritanopia.
 */
interface Recipe {
  readonly from: readonly [ChartHue, ChartHue?];
  readonly onDark: readonly [lightness: number, chroma: number];
  readonly onLight: readonly [lightness: number, chroma: number];
}

const FAMILY_RECIPES: Readonly<Record<Family, Recipe>> = {
  gemm: { from: ['blue'], onDark: [0.65, 0.159], onLight: [0.49, 0.151] },
  convolution: { from: ['purple'], onDark: [0.57, 0.126], onLight: [0.64, 0.17] },
  attention: { from: ['orange'], onDark: [0.63, 0.137], onLight: [0.6, 0.122] },
  normalization: { from: ['green'], onDark: [0.74, 0.144], onLight: [0.38, 0.129] },
  'element-wise': { from: ['yellow'], onDark: [0.88, 0.126], onLight: [0.8, 0.163] },
  reduction: { from: ['green', 'blue'], onDark: [0.88, 0.095], onLight: [0.8, 0.128] },
  loss: { from: ['red'], onDark: [0.51, 0.17], onLight: [0.72, 0.155] },
  optimizer: { from: ['purple', 'red'], onDark: [0.78, 0.075], onLight: [0.45, 0.153] },
  copy: { from: ['blue'], onDark: [0.49, 0.012], onLight: [0.71, 0.012] },
  other: { from: ['blue'], onDark: [0.66, 0.012], onLight: [0.55, 0.012] },
};

const ROLE_RECIPES: Readonly<Record<Role, Recipe>> = {
  parameter: { from: ['blue'], onDark: [0.69, 0.164], onLight: [0.67, 0.17] },
  gradient: { from: ['orange'], onDark: [0.7, 0.149], onLight: [0.63, 0.112] },
  'optimizer-state': { from: ['purple'], onDark: [0.51, 0.168], onLight: [0.49, 0.162] },
  activation: { from: ['green'], onDark: [0.5, 0.15], onLight: [0.44, 0.152] },
  workspace: { from: ['blue'], onDark: [0.77, 0.012], onLight: [0.36, 0.012] },
  input: { from: ['yellow'], onDark: [0.88, 0.159], onLight: [0.8, 0.166] },
  staging: { from: ['green', 'blue'], onDark: [0.88, 0.09], onLight: [0.55, 0.076] },
  unknown: { from: ['blue'], onDark: [0.59, 0.012], onLight: [0.76, 0.012] },
};

export function familyColors(charts: ChartColors, dark: boolean): Readonly<Record<Family, Rgb>> {
  return cook(FAMILY_RECIPES, charts, dark);
}

export function roleColors(charts: ChartColors, dark: boolean): Readonly<Record<Role, Rgb>> {
  return cook(ROLE_RECIPES, charts, dark);
}

function cook<K extends string>(
  recipes: Readonly<Record<K, Recipe>>,
  charts: ChartColors,
  dark: boolean,
): Record<K, Rgb> {
  const cooked = {} as Record<K, Rgb>;
  for (const name of Object.keys(recipes) as K[]) {
    const { from, onDark, onLight } = recipes[name];
    const [first, second] = from;
    const [lightness, chroma] = dark ? onDark : onLight;
    cooked[name] = fromOklch(lightness, chroma, blendedHue(charts[first], charts[second ?? first]));
  }
  return cooked;
}

function blendedHue(a: Rgb, b: Rgb): number {
  const [, aa, ab] = unit(toOklab(a));
  const [, ba, bb] = unit(toOklab(b));
  return Math.atan2(ab + bb, aa + ba);
}

function unit([l, a, b]: Oklab): Oklab {
  const chroma = Math.hypot(a, b) || 1;
  return [l, a / chroma, b / chroma];
}

/** Into sRGB, with less chroma where the display cannot show that much. */
function fromOklch(lightness: number, chroma: number, hue: number): Rgb {
  for (let c = chroma; c > 0; c -= 0.005) {
    const rgb = fromOklab([lightness, c * Math.cos(hue), c * Math.sin(hue)]);
    if (rgb.every((v) => v >= 0 && v <= 255)) return rgb.map(Math.round) as unknown as Rgb;
  }
  const gray = fromOklab([lightness, 0, 0]);
  return gray.map((v) => Math.round(Math.min(255, Math.max(0, v)))) as unknown as Rgb;
}

const toLinear = (v: number) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
const fromLinear = (v: number) => (v <= 0.0031308 ? v * 12.92 : 1.055 * v ** (1 / 2.4) - 0.055);

/** Björn Ottosson's OKLab (2020): distances in it are close to what eyes see. */
export function toOklab([r8, g8, b8]: Rgb): Oklab {
  const [r, g, b] = [toLinear(r8 / 255), toLinear(g8 / 255), toLinear(b8 / 255)];
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function fromOklab([lightness, a, b]: Oklab): Rgb {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    255 * fromLinear(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    255 * fromLinear(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    255 * fromLinear(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

/** WCAG relative luminance, 0..1. */
export function luminance([r, g, b]: Rgb): number {
  return 0.2126 * toLinear(r / 255) + 0.7152 * toLinear(g / 255) + 0.0722 * toLinear(b / 255);
}

/** WCAG contrast ratio, 1..21. */
export function contrast(a: Rgb, b: Rgb): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

/** Black or white, whichever reads better on a color. */
export function inkOn(color: Rgb): Rgb {
  const black: Rgb = [16, 18, 20];
  const white: Rgb = [255, 255, 255];
  return contrast(color, white) >= contrast(color, black) ? white : black;
}

export function css([r, g, b]: Rgb, alpha = 1): string {
  return alpha === 1 ? `rgb(${r} ${g} ${b})` : `rgb(${r} ${g} ${b} / ${alpha})`;
}
