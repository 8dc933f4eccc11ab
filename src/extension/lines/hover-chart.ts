/** The small chart of a hover: forward, backward and optimizer time of a line, stacked, over the last timed steps. Pure. */
import { formatNs } from '../../base/format.ts';
import type { StepPhases } from './layer-steps.ts';

export interface ChartColors {
  readonly forward: string;
  readonly backward: string;
  readonly optimizer: string;
  readonly text: string;
}

/** Hovers show images as they are, so the colors cannot come from the theme's variables. */
export const CHART_COLORS: Readonly<Record<'light' | 'dark' | 'contrast', ChartColors>> = {
  light: { forward: '#1f6fd0', backward: '#b5620a', optimizer: '#7a4fc9', text: '#444444' },
  dark: { forward: '#5b9bff', backward: '#f2a541', optimizer: '#b58bff', text: '#c8c8c8' },
  contrast: { forward: '#6cb6ff', backward: '#ffb757', optimizer: '#d2a8ff', text: '#ffffff' },
};

const WIDTH = 320;
const HEIGHT = 64;
const LABEL = 16;

export function hoverChart(steps: readonly StepPhases[], colors: ChartColors): string {
  const most = Math.max(...steps.map(totalNs), 1);
  const slot = WIDTH / Math.max(steps.length, 6);
  const scale = (HEIGHT - LABEL) / most;
  const bars = steps.map((step, i) => bar(step, i * slot + 1, slot - 2, scale, colors)).join('');
  const caption = `steps ${steps[0]?.step ?? ''} .. ${steps.at(-1)?.step ?? ''}, highest ${formatNs(most)}`;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}">${bars}` +
    `<text x="1" y="${HEIGHT - 3}" font-family="sans-serif" font-size="11" fill="${colors.text}">${caption}</text></svg>`
  );
}

function totalNs({ forwardNs, backwardNs, optimizerNs }: StepPhases): number {
  return forwardNs + backwardNs + optimizerNs;
}

function bar(step: StepPhases, x: number, width: number, scale: number, colors: ChartColors): string {
  let top = HEIGHT - LABEL;
  const parts = [
    [step.forwardNs, colors.forward],
    [step.backwardNs, colors.backward],
    [step.optimizerNs, colors.optimizer],
  ] as const;
  return parts
    .filter(([ns]) => ns > 0)
    .map(([ns, color]) => {
      const height = ns * scale;
      top -= height;
      return `<rect x="${x.toFixed(1)}" y="${top.toFixed(1)}" width="${width.toFixed(1)}" height="${height.toFixed(1)}" fill="${color}"/>`;
    })
    .join('');
}
