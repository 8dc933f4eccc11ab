/**
 * Throughput and memory against batch size: measured points solid, modeled ones hollow on a dashed line. Where the batch can be
 * written, a handle stands at the proposed one: drag it, or move it with the arrow keys, and the script gets the batch where it is let go.
 */
import { curveMonotoneX, line, select } from 'd3';
import { formatBytes, formatRate } from '../../src/base/format.ts';
import type { BatchPoint } from '../../src/suggest/suggestion.ts';
import { el } from '../dom.ts';
import { layoutBatchChart } from '../views/advice.layout.ts';
import type { PlacedPoint } from '../views/advice.layout.ts';
import { batchHandle } from './batch-handle.ts';
import type { BatchChoice } from './batch-handle.ts';
import { t } from '../translate.ts';
import { term } from '../terms.ts';

const WIDTH = 360;
const HEIGHT = 120;
const MARGIN = { top: 18, right: 56, bottom: 24, left: 56 };

export function batchChart(points: readonly BatchPoint[], choice?: BatchChoice): HTMLElement {
  const chart = layoutBatchChart(points, WIDTH, HEIGHT);
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const words = chart.points.map(({ batch, samplesPerSecond, peakBytes, basis }) =>
    t(
      'batch {0}: {1}samples/s, {2}, {3}',
      batch,
      formatRate(samplesPerSecond, 2),
      formatBytes(peakBytes, 2),
      term(basis),
    ),
  );
  const root = select(svg)
    .attr('viewBox', `0 0 ${WIDTH + MARGIN.left + MARGIN.right} ${HEIGHT + MARGIN.top + MARGIN.bottom}`)
    .attr('class', 'batch-chart')
    .attr('role', choice ? 'group' : 'img')
    .attr('aria-label', t('Throughput and memory by batch size. {0}', words.join('; ')))
    .append('g')
    .attr('transform', `translate(${MARGIN.left},${MARGIN.top})`);
  const path = (y: (point: PlacedPoint) => number) => line<PlacedPoint>().x(({ x }) => x).y(y).curve(curveMonotoneX)([...chart.points]) ?? ''; // prettier-ignore
  root.append('line').attr('class', 'base').attr('x2', WIDTH).attr('y1', HEIGHT).attr('y2', HEIGHT);
  root
    .append('path')
    .attr('class', 'memory-line')
    .attr(
      'd',
      path(({ memoryY }) => memoryY),
    );
  root
    .append('path')
    .attr('class', 'rate-line')
    .attr(
      'd',
      path(({ y }) => y),
    );
  const marks = root
    .selectAll('g.point')
    .data([...chart.points])
    .join('g')
    .attr('class', ({ basis }) => `point ${basis}`);
  marks
    .append('circle')
    .attr('cx', ({ x }) => x)
    .attr('cy', ({ y }) => y)
    .attr('r', 3.5)
    .append('title')
    .text((_, i) => words[i] ?? '');
  marks
    .append('text')
    .attr('class', 'batch')
    .attr('x', ({ x }) => x)
    .attr('y', HEIGHT + 15)
    .text(({ batch }) => batch);
  root
    .append('text')
    .attr('class', 'rate')
    .attr('x', -8)
    .attr('y', 4)
    .text(`${formatRate(chart.maxRate, 2)}/s`);
  root
    .append('text')
    .attr('class', 'bytes')
    .attr('x', WIDTH + 8)
    .attr('y', 4)
    .text(formatBytes(chart.maxBytes, 2));
  const handle = choice && batchHandle(svg, root.node() as SVGGElement, chart, points, choice);
  return el(
    'figure',
    { class: 'batch-figure' },
    svg as unknown as HTMLElement,
    handle,
    el(
      'figcaption',
      { class: 'faint' },
      el('span', { class: 'line-key rate' }),
      t('samples a second'),
      el('span', { class: 'line-key bytes' }),
      t('peak memory'),
      el('span', { text: t(' by batch size; hollow points are estimated') }),
    ),
  );
}
