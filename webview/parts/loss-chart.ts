/** The loss of the script as it is and of the edited one, over the rows that each has seen. */
import { line, select } from 'd3';
import { formatCount } from '../../src/base/format.ts';
import type { Verdict } from '../../src/suggest/suggestion.ts';
import { el } from '../dom.ts';
import { layoutLossChart } from '../views/advice.layout.ts';
import { t } from '../translate.ts';

const WIDTH = 360;
const HEIGHT = 70;
const MARGIN = { top: 8, right: 56, bottom: 18, left: 56 };

export function lossChart(curves: NonNullable<Verdict['lossCurves']>): HTMLElement {
  const chart = layoutLossChart(curves, WIDTH, HEIGHT);
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const ends = [curves.before, curves.after].map((curve) => curve.at(-1)?.loss.toPrecision(3) ?? t('none'));
  const root = select(svg)
    .attr('viewBox', `0 0 ${WIDTH + MARGIN.left + MARGIN.right} ${HEIGHT + MARGIN.top + MARGIN.bottom}`)
    .attr('class', 'batch-chart')
    .attr('role', 'img')
    .attr(
      'aria-label',
      t('Loss over rows: ends at {0} as the script is, at {1} edited', ends[0] ?? '', ends[1] ?? ''),
    )
    .append('g')
    .attr('transform', `translate(${MARGIN.left},${MARGIN.top})`);
  const path = (points: readonly (readonly [number, number])[]): string =>
    line<readonly [number, number]>().x(([x]) => x).y(([, y]) => y)([...points]) ?? ''; // prettier-ignore
  root.append('line').attr('class', 'base').attr('x2', WIDTH).attr('y1', HEIGHT).attr('y2', HEIGHT);
  root.append('path').attr('class', 'memory-line').attr('d', path(chart.before));
  root.append('path').attr('class', 'rate-line').attr('d', path(chart.after));
  root.append('text').attr('class', 'loss').attr('x', -8).attr('y', 4).text(chart.most.toPrecision(3));
  root.append('text').attr('class', 'loss').attr('x', -8).attr('y', HEIGHT).text(chart.least.toPrecision(3));
  root.append('text').attr('class', 'batch').attr('x', WIDTH).attr('y', HEIGHT + 14).text(t('{0} rows', formatCount(chart.rows))); // prettier-ignore
  return el(
    'figure',
    { class: 'batch-figure' },
    svg as unknown as HTMLElement,
    el(
      'figcaption',
      { class: 'faint' },
      el('span', { class: 'line-key rate' }),
      t('loss of the edited script'),
      el('span', { class: 'line-key bytes' }),
      t('as it is'),
    ),
  );
}
