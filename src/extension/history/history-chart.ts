/** The small chart of the last runs in a hover: one dot a run, newest at the right. Pure. */
import { formatNs } from '../../base/format.ts';
import type { ChartColors } from '../lines/hover-chart.ts';
import { t } from '../words.ts';

export interface HistoryPoint {
  readonly ns: number;
  /** 95 % interval, where it is known. */
  readonly lowNs?: number;
  readonly highNs?: number;
}

const WIDTH = 380;
const HEIGHT = 40;
const ROW = 17;
const EDGE = 6;

/** What the chart shows, in words. */
export function historyText(points: readonly HistoryPoint[]): string {
  const [first] = points;
  const last = points.at(-1);
  return first && last
    ? t('last {0} runs: from {1} to {2}', points.length, formatNs(first.ns), formatNs(last.ns))
    : '';
}

export function historyChart(points: readonly HistoryPoint[], colors: ChartColors): string {
  const most = Math.max(...points.map(({ ns, highNs }) => highNs ?? ns), 1);
  const x = (i: number): number =>
    points.length === 1 ? WIDTH / 2 : EDGE + (i * (WIDTH - 2 * EDGE)) / (points.length - 1);
  const y = (ns: number): number => HEIGHT - 4 - (ns / most) * (HEIGHT - 8);
  const at = (value: number): string => value.toFixed(1);
  const whiskers = points
    .map(({ lowNs, highNs }, i) =>
      lowNs === undefined || highNs === undefined
        ? ''
        : `<line x1="${at(x(i))}" x2="${at(x(i))}" y1="${at(y(highNs))}" y2="${at(y(lowNs))}" stroke="${colors.forward}" stroke-opacity=".5"/>`,
    )
    .join('');
  const path = points.map(({ ns }, i) => `${at(x(i))},${at(y(ns))}`).join(' ');
  const dots = points
    .map(({ ns }, i) => {
      const isNewest = i === points.length - 1;
      return `<circle cx="${at(x(i))}" cy="${at(y(ns))}" r="${isNewest ? 4 : 2.5}" fill="${isNewest ? colors.backward : colors.forward}"/>`;
    })
    .join('');
  const height = HEIGHT + ROW;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" ` +
    `font-family="sans-serif" font-size="12" fill="${colors.text}">` +
    `<line x1="0" x2="${WIDTH}" y1="${HEIGHT - 4}" y2="${HEIGHT - 4}" stroke="${colors.text}" stroke-opacity=".25"/>${whiskers}` +
    `<polyline points="${path}" fill="none" stroke="${colors.forward}" stroke-opacity=".6"/>${dots}` +
    `<text x="1" y="${HEIGHT + ROW - 4}" opacity=".8">${historyText(points)}</text></svg>`
  );
}
