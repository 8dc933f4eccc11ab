/** The small chart of a hover: forward, backward and optimizer time of a line, stacked, over the last timed steps. Pure. */
import { formatNs } from '../../base/format.ts';
import { median } from '../../base/stats.ts';
import type { StepPhases } from './layer-steps.ts';
import { t } from '../words.ts';

type PhaseKey = 'forwardNs' | 'backwardNs' | 'optimizerNs';

const PHASES: readonly {
  readonly key: PhaseKey;
  readonly name: () => string;
  readonly color: keyof ChartColors;
}[] = [
  { key: 'forwardNs', name: () => t('forward'), color: 'forward' },
  { key: 'backwardNs', name: () => t('backward'), color: 'backward' },
  { key: 'optimizerNs', name: () => t('optimizer'), color: 'optimizer' },
];

export interface ChartColors {
  readonly forward: string;
  readonly backward: string;
  readonly optimizer: string;
  readonly text: string;
}

/** Hovers show images as they are, so the colors cannot come from the theme's variables. */
export const CHART_COLORS: Readonly<Record<'light' | 'dark' | 'contrast', ChartColors>> = {
  light: { forward: '#1f6fd0', backward: '#b5620a', optimizer: '#7a4fc9', text: '#3b3b3b' },
  dark: { forward: '#5b9bff', backward: '#f2a541', optimizer: '#b58bff', text: '#cccccc' },
  contrast: { forward: '#6cb6ff', backward: '#ffb757', optimizer: '#d2a8ff', text: '#ffffff' },
};

const WIDTH = 380;
const BARS = 44;
const ROW = 17;
/** Times the median. */
const OUTLIER = 3;

export interface ChartInput {
  readonly steps: readonly StepPhases[];
  /** Medians over all timed steps, for the legend. */
  readonly medians: Readonly<Record<PhaseKey, number>>;
}

/** What the chart shows, in words. */
export function chartText({ medians }: ChartInput): string {
  const phases = PHASES.filter(({ key }) => medians[key] > 0);
  return phases.map(({ key, name }) => `${name()} ${formatNs(medians[key])}`).join(', ');
}

export function hoverChart({ steps, medians }: ChartInput, colors: ChartColors): string {
  const totals = steps.map((step) => PHASES.reduce((sum, { key }) => sum + step[key], 0));
  const most = Math.max(...totals, 1);
  // One step that stood in line for the device would press all others flat: it is cut, and its height said below.
  const top = Math.min(most, OUTLIER * Math.max(median(totals), 1));
  const slot = WIDTH / Math.max(steps.length, 6);
  const bars = steps.map((step, i) => bar(step, i * slot + 1, slot - 2, BARS / top, colors)).join('');
  const range = t(
    'steps {0} to {1}, highest {2}',
    steps[0]?.step ?? '',
    steps.at(-1)?.step ?? '',
    formatNs(most),
  );
  const height = BARS + 2 * ROW;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" ` +
    `font-family="sans-serif" font-size="12" fill="${colors.text}">${bars}` +
    `<text x="1" y="${BARS + ROW - 4}" opacity=".8">${range}</text>${legend(medians, colors)}</svg>`
  );
}

function legend(medians: ChartInput['medians'], colors: ChartColors): string {
  const y = BARS + 2 * ROW - 4;
  return PHASES.filter(({ key }) => medians[key] > 0)
    .map(({ key, name, color }, i) => {
      const x = 1 + (i * WIDTH) / 3;
      const swatch = `<rect class="swatch" x="${x}" y="${y - 9}" width="10" height="10" rx="2" fill="${colors[color]}"/>`;
      return `${swatch}<text x="${x + 15}" y="${y}">${name()} ${formatNs(medians[key])}</text>`;
    })
    .join('');
}

function bar(step: StepPhases, x: number, width: number, scale: number, colors: ChartColors): string {
  let top = BARS;
  return PHASES.filter(({ key }) => step[key] > 0)
    .map(({ key, color }) => {
      const height = Math.min(step[key] * scale, top);
      top -= height;
      const place = `x="${x.toFixed(1)}" y="${top.toFixed(1)}" width="${width.toFixed(1)}" height="${height.toFixed(1)}"`;
      return `<rect ${place} fill="${colors[color]}"/>`;
    })
    .join('');
}
