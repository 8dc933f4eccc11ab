/** How near each kernel comes to what the device can do: the roofline, and the table of the same kernels. */
import { select } from 'd3';
import type { Selection } from 'd3';
import type { KernelStats } from '../../src/analysis/kernels.ts';
import type { Ceilings } from '../../src/analysis/roofline.ts';
import { formatBytes, formatNs, formatRate, formatShare } from '../../src/base/format.ts';
import type { App, View } from '../app.ts';
import { el } from '../dom.ts';
import type { Facts } from '../facts.ts';
import { shortKernel } from '../kernel-name.ts';
import { kernelCell } from '../parts/kernel-cell.ts';
import { createTable, shareBar } from '../parts/table.ts';
import type { Column } from '../parts/table.ts';
import { figuresList } from '../parts/tooltip.ts';
import { selectedKernel } from '../selected.ts';
import { layoutRoofline, logShare, placeNames, ticksOf } from './roofline.layout.ts';
import type { Box, RooflineLayout } from './roofline.layout.ts';
import { t } from '../translate.ts';
import { term } from '../terms.ts';

const MARGIN = { top: 14, right: 20, bottom: 40, left: 92 };
const UNKNOWN = '–';
const known = (value: number, text: (value: number) => string) =>
  Number.isFinite(value) && value > 0 ? text(value) : UNKNOWN;
const rate = (value: number) => `${formatRate(value, 2)}FLOP/s`;

const BASIS_WORDS: Readonly<Record<Ceilings['basis'], string>> = {
  measured: t('Ceilings measured on this device.'),
  'data sheet': t('Ceilings from the data sheet: no kernel reaches them fully.'),
  observed: t('Ceilings are the best rates seen in this trace, so the device can do at least this.'),
  unknown: t('Ceilings are not known.'),
};

const COLUMNS: readonly Column<KernelStats>[] = [
  { id: 'name', title: t('Kernel'), cell: ({ name, family }) => kernelCell(name, family), key: ({ name }) => name },
  { id: 'time', title: t('GPU time'), numeric: true, cell: (row) => known(row.totalNs, (ns) => `${formatNs(ns)} · ${formatShare(row.share)}`), key: ({ totalNs }) => totalNs },
  { id: 'intensity', title: t('Intensity'), about: t('Operations a byte of compulsory traffic; real traffic can be more, so this is the most it can be'), numeric: true, cell: ({ roofline }) => known(roofline.intensity, (value) => `≤ ${value.toPrecision(2)} FLOP/B`), key: ({ roofline }) => roofline.intensity },
  { id: 'rate', title: t('Rate'), numeric: true, cell: (row) => known(row.flopsPerSecond, rate), key: ({ flopsPerSecond }) => flopsPerSecond },
  { id: 'bytes', title: t('Bandwidth'), numeric: true, cell: (row) => known(row.bytesPerSecond, (value) => `≥ ${formatBytes(value, 2)}/s`), key: ({ bytesPerSecond }) => bytesPerSecond },
  { id: 'bound', title: t('Bound'), cell: ({ roofline }) => (roofline.bound === 'unknown' ? UNKNOWN : term(roofline.bound)), key: ({ roofline }) => roofline.bound },
  { id: 'efficiency', title: t('Of its ceiling'), numeric: true, cell: ({ roofline }) => shareBar(roofline.efficiency, known(roofline.efficiency, formatShare)), key: ({ roofline }) => roofline.efficiency, width: '160px' },
]; // prettier-ignore

export function createRoofline(app: App): View {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.classList.add('roofline-plot');
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', t('Roofline plot. The table below lists the same kernels.'));
  const plot = el('div', { class: 'roofline-box' });
  plot.append(svg);
  const note = el('p', { class: 'faint view-note' });
  const table = createTable<KernelStats>({
    label: t('Kernels under the roofline'),
    columns: COLUMNS,
    rowKey: ({ kernel }) => String(kernel),
    sort: { column: 'time', descending: true },
    onSelect: ({ kernel }) => app.select({ kind: 'kernel', kernel }),
  });
  const element = el('div', { class: 'view roofline' }, plot, note, table.element);

  function draw(): void {
    const { facts } = app.store.state;
    if (!facts || plot.clientWidth === 0) return;
    drawPlot(app, svg, facts, plot.clientWidth, plot.clientHeight);
  }

  function refresh(): void {
    const { facts } = app.store.state;
    if (!facts) return;
    const limits = facts.ceilings();
    note.textContent = `${BASIS_WORDS[limits.basis]} ${t('Area is GPU time. Only the least bytes a kernel must move are known: it lies somewhere on its line, which ends where the memory ceiling would hold it.')}`;
    const kernel = selectedKernel(app.store.state);
    table.show(facts.kernels(), kernel === null ? null : String(kernel));
    draw();
  }
  new ResizeObserver(draw).observe(plot);
  return { element, refresh, repaint: refresh };
}

function drawPlot(app: App, svg: SVGSVGElement, facts: Facts, outerWidth: number, outerHeight: number): void {
  const width = outerWidth - MARGIN.left - MARGIN.right;
  const height = outerHeight - MARGIN.top - MARGIN.bottom;
  const kernels = facts.kernels();
  const limits = facts.ceilings();
  const layout = layoutRoofline(
    kernels.map(({ kernel, roofline, flopsPerSecond, totalNs }) => ({
      kernel,
      intensity: roofline.intensity,
      flopsPerSecond,
      totalNs,
    })),
    limits,
    width,
    height,
  );
  const statsOf = new Map(kernels.map((row) => [row.kernel, row]));
  const chosen = selectedKernel(app.store.state);
  const root = select(svg).attr('width', outerWidth).attr('height', outerHeight);
  root.selectAll('*').remove();
  const area = root.append('g').attr('transform', `translate(${MARGIN.left},${MARGIN.top})`);
  drawAxes(area, layout, width, height);
  if (layout.roof.length > 0) {
    const [left, ridge, right] = layout.roof as readonly [
      readonly [number, number],
      readonly [number, number],
      readonly [number, number],
    ];
    area
      .append('path')
      .attr('class', `roof ${limits.basis.replace(' ', '-')}`)
      .attr('d', `M${left}L${ridge}L${right}`);
    area
      .append('text')
      .attr('class', 'roof-label')
      .attr('x', ridge[0] + 10)
      .attr('y', right[1] - 7)
      .text(`${rate(limits.flops)} (${term(limits.basis)})`);
    const angle = (Math.atan2(ridge[1] - left[1], ridge[0] - left[0]) * 180) / Math.PI;
    area
      .append('text')
      .attr('class', 'roof-label')
      .attr(
        'transform',
        `translate(${(left[0] + ridge[0]) / 2},${(left[1] + ridge[1]) / 2 - 6}) rotate(${angle})`,
      )
      .attr('text-anchor', 'middle')
      .text(`${formatBytes(limits.bytes, 2)}/s`);
  }
  const marks = area
    .selectAll('g.kernel')
    .data(layout.points)
    .join('g')
    .attr('class', ({ kernel }) => `kernel ${kernel === chosen ? 'chosen' : ''}`);
  marks
    .append('line')
    .attr('class', 'tail')
    .attr('x1', ({ x, radius }) => x - radius)
    .attr('x2', ({ x, radius, leastX }) =>
      Number.isFinite(leastX) ? Math.min(leastX, x - radius) : x - radius - 18,
    )
    .style('stroke', ({ kernel }) => `var(--ks-family-${statsOf.get(kernel)?.family})`)
    .attr('y1', ({ y }) => y)
    .attr('y2', ({ y }) => y);
  marks
    .append('circle')
    .attr('cx', ({ x }) => x)
    .attr('cy', ({ y }) => y)
    .attr('r', ({ radius }) => radius)
    .style('fill', ({ kernel }) => `var(--ks-family-${statsOf.get(kernel)?.family})`);
  nameLargest(area, layout, (kernel) => shortKernel(statsOf.get(kernel)?.name ?? ''), {
    width,
    height,
    chosen,
  });
  marks
    .on('pointermove', (event: PointerEvent, { kernel }) => {
      const stats = statsOf.get(kernel);
      if (stats) app.tooltip.show(kernelHint(stats), event.clientX, event.clientY);
    })
    .on('pointerleave', () => app.tooltip.hide())
    .on('click', (_, { kernel }) => app.select({ kind: 'kernel', kernel }));
}

/** Names beside the circles that take most time, the chosen one first; the rest say theirs under the pointer and in the table. */
function nameLargest(
  area: Selection<SVGGElement, unknown, null, undefined>,
  layout: RooflineLayout,
  nameOf: (kernel: number) => string,
  at: { readonly width: number; readonly height: number; readonly chosen: number | null },
): void {
  const labels = area.selectAll<SVGTextElement, unknown>('text.roof-label').nodes();
  const svg = area.node()?.ownerSVGElement?.getBoundingClientRect();
  if (!svg) return;
  // What stands there already, in the coordinates of the plot.
  const taken = labels.map((label): Box => {
    const { left, right, top, bottom } = label.getBoundingClientRect();
    const [x, y] = [svg.left + MARGIN.left, svg.top + MARGIN.top];
    return { left: left - x, right: right - x, top: top - y, bottom: bottom - y };
  });
  for (const { name, x, y } of placeNames(layout.points, nameOf, { ...at, taken }))
    area.append('text').attr('class', 'point-name').attr('x', x).attr('y', y).text(name);
}

function drawAxes(
  area: Selection<SVGGElement, unknown, null, undefined>,
  layout: RooflineLayout,
  width: number,
  height: number,
): void {
  for (const tick of ticksOf(layout.xAxis)) {
    const x = logShare(tick, layout.xAxis) * width;
    area.append('line').attr('class', 'grid').attr('x1', x).attr('x2', x).attr('y2', height);
    area
      .append('text')
      .attr('class', 'tick')
      .attr('x', x)
      .attr('y', height + 15)
      .attr('text-anchor', 'middle')
      .text(tick >= 1 ? formatRate(tick, 1).trim() : String(Number(tick.toPrecision(1))));
  }
  for (const tick of ticksOf(layout.yAxis)) {
    const y = height - logShare(tick, layout.yAxis) * height;
    area.append('line').attr('class', 'grid').attr('x2', width).attr('y1', y).attr('y2', y);
    area
      .append('text')
      .attr('class', 'tick')
      .attr('x', -8)
      .attr('y', y + 4)
      .attr('text-anchor', 'end')
      .text(`${formatRate(tick, 1)}FLOP/s`);
  }
  area
    .append('text')
    .attr('class', 'tick')
    .attr('x', width)
    .attr('y', height + 32)
    .attr('text-anchor', 'end')
    .text(t('operations a byte (FLOP/B)'));
}

function kernelHint(stats: KernelStats): Node[] {
  return [
    el(
      'div',
      { class: 'tip-head' },
      el('span', { class: 'tip-title', text: stats.name }),
      el('span', { class: 'tip-kind', text: term(stats.family) }),
    ),
    figuresList({
      figures: [
        { label: t('GPU time'), value: `${formatNs(stats.totalNs)}, ${formatShare(stats.share)}` },
        { label: t('Rate'), value: rate(stats.flopsPerSecond), basis: 'computed' },
        {
          label: t('Intensity'),
          value: `≤ ${stats.roofline.intensity.toPrecision(2)} FLOP/B`,
          basis: 'computed',
        },
        {
          label: t('Bound'),
          value:
            stats.roofline.bound === 'unknown'
              ? t('not known')
              : t(
                  '{0}, {1} of that ceiling',
                  term(stats.roofline.bound),
                  formatShare(stats.roofline.efficiency),
                ),
          basis: 'computed',
        },
      ],
    }),
  ];
}
