/** Beside the buffers: what a larger batch would hold, against the device's limit; and what the pinned run held. */
import { line, select } from 'd3';
import { formatBytes, formatCount } from '../../src/base/format.ts';
import { memoryDifference } from '../../src/analysis/memory-difference.ts';
import type { HeldChange, MemoryDifference } from '../../src/analysis/memory-difference.ts';
import { memoryLimitsOf } from '../../src/analysis/memory-limit.ts';
import { steadyMemoryPeak } from '../../src/analysis/memory.ts';
import { memoryOfTrace } from '../../src/suggest/batch-model.ts';
import type { Trace } from '../../src/trace/model.ts';
import { el } from '../dom.ts';
import type { Facts } from '../facts.ts';
import { projectMemory } from './memory-projection.layout.ts';
import type { ProjectedPoint } from './memory-projection.layout.ts';
import { t } from '../translate.ts';

const WIDTH = 250;
const HEIGHT = 96;
const MARGIN = { top: 14, right: 66, bottom: 20, left: 6 };

/** Null where the trace tells no batch, or nothing of what grows with it. */
export function batchProjection({ trace, steps, peak }: Facts): HTMLElement | null {
  const batch = steps().samplesPerStep;
  if (!(batch >= 1)) return null;
  const memory = memoryOfTrace({
    trace,
    steps: steps(),
    memory: peak(),
    steadyMemory: steadyMemoryPeak(trace),
  });
  if (!(memory.perSampleBytes > 0)) return null;
  const limit = memoryLimitsOf(trace).deviceBytes;
  const projection = projectMemory(memory, batch, limit, WIDTH, HEIGHT);
  const { points, now, limitY, fits } = projection;
  const words =
    limit === null
      ? t('The device does not tell its limit.')
      : fits === null
        ? ''
        : t(
            'About {0} rows fit into {1}, if all of it were free.',
            formatCount(Number(fits.toPrecision(2))),
            formatBytes(limit),
          );
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const told = points
    .map(({ batch: at, bytes }) => t('batch {0}: {1}', at, formatBytes(bytes, 2)))
    .join('; ');
  const root = select(svg)
    .attr('viewBox', `0 0 ${WIDTH + MARGIN.left + MARGIN.right} ${HEIGHT + MARGIN.top + MARGIN.bottom}`)
    .attr('class', 'projection')
    .attr('role', 'img')
    .attr('aria-label', t('Peak memory by batch size, estimated. {0}. {1}', told, words))
    .append('g')
    .attr('transform', `translate(${MARGIN.left},${MARGIN.top})`);
  if (limitY !== null) {
    root.append('line').attr('class', 'limit').attr('x2', WIDTH).attr('y1', limitY).attr('y2', limitY);
    root.append('text').attr('class', 'side').attr('x', WIDTH + 6).attr('y', limitY - 3).text(t('limit')); // prettier-ignore
    root.append('text').attr('class', 'side').attr('x', WIDTH + 6).attr('y', limitY + 11).text(formatBytes(limit ?? NaN, 2)); // prettier-ignore
  }
  root
    .append('path')
    .attr('class', 'course')
    .attr('d', line<ProjectedPoint>().x(({ x }) => x).y(({ y }) => y)([...points]) ?? ''); // prettier-ignore
  root
    .append('circle')
    .attr('class', 'now')
    .attr('cx', now.x)
    .attr('cy', now.y)
    .attr('r', 4)
    .append('title')
    .text(t('this run: batch {0}, {1}', batch, formatBytes(now.bytes)));
  const last = points.at(-1) as ProjectedPoint;
  if (limitY === null || Math.abs(last.y - limitY) > 24)
    root.append('text').attr('class', 'side').attr('x', WIDTH + 6).attr('y', last.y + 4).text(formatBytes(last.bytes, 2)); // prettier-ignore
  root.append('line').attr('class', 'base').attr('x2', WIDTH).attr('y1', HEIGHT).attr('y2', HEIGHT);
  for (const [i, point] of points.entries())
    if (i === 0 || point === last || point.batch === batch)
      root.append('text').attr('class', `tick ${i === 0 ? 'first' : point === last ? 'last' : ''}`).attr('x', point.x).attr('y', HEIGHT + 14).text(formatCount(point.batch)); // prettier-ignore
  return el(
    'section',
    { class: 'aside-part' },
    el(
      'h2',
      { class: 'section-title flush' },
      t('At another batch size'),
      el('span', { class: 'basis estimated', text: t('estimated') }),
    ),
    svg as unknown as HTMLElement,
    el('p', {
      class: 'faint',
      text: t(
        '{0} for each row, {1} for any batch. {2}',
        formatBytes(memory.perSampleBytes, 2),
        formatBytes(Math.max(0, memory.fixedBytes), 2),
        words,
      ),
    }),
  );
}

const MOST_LAYERS = 6;

export function heldDifference(baseline: Trace, title: string, trace: Trace): HTMLElement {
  const { peak, roles, layers }: MemoryDifference = memoryDifference(baseline, trace);
  const changed = layers.filter(({ before, after }) => before !== after).slice(0, MOST_LAYERS);
  return el(
    'section',
    { class: 'aside-part' },
    el('h2', { class: 'section-title flush', text: t('Peak against {0}', title) }),
    el(
      'table',
      { class: 'held', attr: { 'aria-label': t('Memory at the peak against {0}', title) } },
      el(
        'thead',
        {},
        el('tr', {}, ...[t('Held by'), t('Before'), t('Now'), t('Change')].map((text) => el('th', { text, attr: { scope: 'col' } }))),
      ),
      el('tbody', {}, heldRow(peak, 'all'), ...roles.map((row) => heldRow(row)), ...changed.map((row) => heldRow(row, 'layer'))),
    ),
  ); // prettier-ignore
}

function heldRow({ name, before, after }: HeldChange, kind: 'all' | 'role' | 'layer' = 'role'): HTMLElement {
  const change = after - before;
  const bytes = (value: number) => (value > 0 ? formatBytes(value, 2) : '–');
  const text = change === 0 ? '±0' : `${change > 0 ? '+' : '−'}${formatBytes(Math.abs(change), 2)}`;
  return el(
    'tr',
    { class: kind },
    el('th', { text: kind === 'all' ? t('in all') : name, attr: { scope: 'row' } }),
    el('td', { text: bytes(before) }),
    el('td', { text: bytes(after) }),
    el('td', { class: change > 0 ? 'more' : change < 0 ? 'less' : '', text }),
  );
}
