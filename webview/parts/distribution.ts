/** The times of one kernel over the run, in the details. */
import { select } from 'd3';
import { formatNs } from '../../src/base/format.ts';
import { hasTime } from '../../src/analysis/selection.ts';
import type { Trace } from '../../src/trace/model.ts';
import { el } from '../dom.ts';
import { layoutDistribution } from '../views/distribution.layout.ts';
import { t } from '../translate.ts';

const WIDTH = 300;
const HEIGHT = 56;
/** Fewer dispatches than this are told by the table. */
const FEWEST = 4;

export function kernelDistribution(trace: Trace, kernel: number): HTMLElement | null {
  const { dispatches, launches } = trace.tables;
  const at: number[] = [];
  const durations: number[] = [];
  for (let i = 0; i < dispatches.length; i++) {
    if (launches.kernel[dispatches.launch[i] as number] !== kernel || !hasTime(trace, i)) continue;
    at.push(dispatches.startNs[i] as number);
    durations.push((dispatches.endNs[i] as number) - (dispatches.startNs[i] as number));
  }
  if (at.length < FEWEST) return null;
  const { dots, lowNs, highNs } = layoutDistribution(at, durations, WIDTH, HEIGHT);
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  select(svg)
    .attr('class', 'distribution')
    .attr('width', WIDTH)
    .attr('height', HEIGHT)
    .attr('role', 'img')
    .attr(
      'aria-label',
      t('Time of each dispatch over the run, {0} to {1}', formatNs(lowNs), formatNs(highNs)),
    )
    .selectAll('circle')
    .data(dots)
    .join('circle')
    .attr('cx', ({ x }) => x)
    .attr('cy', ({ y }) => y)
    .attr('r', 1.8)
    .attr('fill-opacity', ({ weight }) => 0.35 + 0.65 * weight);
  const figure = el(
    'figure',
    { class: 'distribution-figure' },
    el('figcaption', { class: 'faint', text: t('Every dispatch over the run, up to {0}', formatNs(highNs)) }),
  );
  figure.prepend(svg);
  return figure;
}
