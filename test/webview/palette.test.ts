import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { contrast, familyColors, inkOn, roleColors, toOklab } from '../../webview/palette.ts';
import type { ChartColors, ChartHue, Rgb } from '../../webview/palette.ts';

const HUES: readonly ChartHue[] = ['red', 'blue', 'yellow', 'orange', 'green', 'purple'];
const THEMES = [['dark', true], ['light', false], ['hc', true], ['hc-light', false]] as const; // prettier-ignore

/** Machado, Oliveira, Fernandes (2009), severity 1: what each kind of sight makes of linear RGB. */
const SIGHTS: Readonly<Record<string, readonly number[]>> = {
  normal: [1, 0, 0, 0, 1, 0, 0, 0, 1],
  protanopia: [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
  deuteranopia: [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
  tritanopia: [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.3039],
};

/** Distance in OKLab below which two fills side by side are hard to tell apart. */
const APART: Readonly<Record<string, number>> = { dark: 0.08, light: 0.08, hc: 0.06, 'hc-light': 0.06 };

const linear = (v: number) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
const gamma = (v: number) => (v <= 0.0031308 ? v * 12.92 : 1.055 * v ** (1 / 2.4) - 0.055);

function seen(color: Rgb, sight: readonly number[]): Rgb {
  const [r, g, b] = color.map((v) => linear(v / 255)) as [number, number, number];
  const row = (i: number) =>
    (sight[i] as number) * r + (sight[i + 1] as number) * g + (sight[i + 2] as number) * b;
  return [0, 3, 6].map((i) => 255 * gamma(Math.min(1, Math.max(0, row(i))))) as unknown as Rgb;
}

function distance(a: Rgb, b: Rgb): number {
  const [x, y] = [toOklab(a), toOklab(b)];
  return Math.hypot(x[0] - y[0], x[1] - y[1], x[2] - y[2]);
}

/** The chart colors of VS Code's own themes, from the file the development page uses. */
function chartsOf(theme: string): ChartColors {
  const css = readFileSync('webview/dev-themes.css', 'utf8');
  const block = css.slice(css.indexOf(`[data-theme='${theme}'] {`)).split('}')[0] ?? '';
  const color = (hue: ChartHue): Rgb => {
    const hex = new RegExp(`--vscode-charts-${hue}: #([0-9a-f]{6})`).exec(block)?.[1] ?? '';
    return [0, 2, 4].map((i) => parseInt(hex.slice(i, i + 2), 16)) as unknown as Rgb;
  };
  return Object.fromEntries(HUES.map((hue) => [hue, color(hue)])) as unknown as ChartColors;
}

for (const [theme, dark] of THEMES)
  for (const [what, colorsOf] of [
    ['families', familyColors],
    ['roles', roleColors],
  ] as const)
    test(`${what} stay apart for every kind of sight in the ${theme} theme`, () => {
      const colors = Object.entries(colorsOf(chartsOf(theme), dark)) as [string, Rgb][];
      const close: string[] = [];
      for (const [sightName, sight] of Object.entries(SIGHTS))
        for (const [i, [a, colorA]] of colors.entries())
          for (const [b, colorB] of colors.slice(i + 1)) {
            const apart = distance(seen(colorA, sight), seen(colorB, sight));
            if (apart < (APART[theme] as number))
              close.push(`${a} and ${b} with ${sightName}: ${apart.toFixed(3)}`);
          }
      assert.deepEqual(close, []);
    });

test('the ink on every color can be read', () => {
  for (const [theme, dark] of THEMES)
    for (const [name, color] of Object.entries({
      ...familyColors(chartsOf(theme), dark),
      ...roleColors(chartsOf(theme), dark),
    }))
      assert.ok(
        contrast(color, inkOn(color)) >= 4.5,
        `${name} in ${theme}: ${contrast(color, inkOn(color)).toFixed(1)}`,
      );
});
