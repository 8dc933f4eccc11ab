/** How full the device is over time, where fullness is lost, and what another workgroup size would do. */
import type { KernelStats } from '../../src/analysis/kernels.ts';
import { formatNs, formatShare } from '../../src/base/format.ts';
import { sum } from '../../src/base/stats.ts';
import type { App, View } from '../app.ts';
import { el } from '../dom.ts';
import type { Facts } from '../facts.ts';
import { paintOccupancy } from '../marks/paint-curves.ts';
import { createAxisChart } from '../parts/axis-chart.ts';
import { kernelCell } from '../parts/kernel-cell.ts';
import { createTable, shareBar } from '../parts/table.ts';
import type { Column } from '../parts/table.ts';
import { selectedKernel } from '../selected.ts';
import { createWhatIf } from './occupancy-what-if.ts';
import { waterfallBars } from './occupancy.layout.ts';
import { curveContent } from './timeline-curves.ts';
import { t } from '../translate.ts';
import { term } from '../terms.ts';

const UNKNOWN = '–';
const known = (value: number, text: (value: number) => string) =>
  Number.isFinite(value) ? text(value) : UNKNOWN;

const COLUMNS: readonly Column<KernelStats>[] = [
  { id: 'name', title: t('Kernel'), cell: ({ name, family }) => kernelCell(name, family), key: ({ name }) => name },
  { id: 'time', title: t('GPU time'), numeric: true, cell: (row) => known(row.totalNs, (ns) => `${formatNs(ns)} · ${formatShare(row.share)}`), key: ({ totalNs }) => totalNs },
  { id: 'theoretical', title: t('Resident'), about: t('How full the device can be with this workgroup; a band where registers are unknown'), numeric: true, cell: ({ occupancy: { theoretical } }) => known(theoretical.high, () => (theoretical.high - theoretical.low > 0.005 ? `${formatShare(theoretical.low)} – ${formatShare(theoretical.high)}` : formatShare(theoretical.high))), key: ({ occupancy }) => occupancy.theoretical.high },
  { id: 'waves', title: t('Waves'), about: t('Rounds of workgroups; 1.1 means a second round almost empty'), numeric: true, cell: ({ occupancy }) => known(occupancy.waves, (waves) => (waves >= 100 ? waves.toFixed(0) : waves.toPrecision(2))), key: ({ occupancy }) => occupancy.waves },
  { id: 'achieved', title: t('Occupancy'), about: t('Average while it runs: an estimate, an upper bound'), numeric: true, cell: ({ occupancy }) => shareBar(occupancy.achieved, known(occupancy.achieved, (share) => `≤ ${formatShare(share)}`)), key: ({ occupancy }) => occupancy.achieved, width: '170px' },
  { id: 'limiter', title: t('Limited by'), cell: ({ occupancy }) => term(occupancy.limiter), key: ({ occupancy }) => occupancy.limiter },
]; // prettier-ignore

export function createOccupancy(app: App): View {
  const facts = () => app.store.state.facts;
  const chart = createAxisChart(app, {
    label: t('Estimated occupancy over time. The table below lists it by kernel.'),
    draw(context, width, height) {
      const now = facts();
      if (now)
        paintOccupancy(context, now.occupancyCurves(), now.tracks().untimed, {
          axis: app.axis,
          theme: app.theme(),
          width,
          top: 0,
          height: height - 1,
        });
    },
    labels: (height) =>
      [1, 0.5].map((share) => ({ y: height - share * (height - 3) + 2, text: formatShare(share) })),
    hint(ns, _y, _height, nsPerPx) {
      const now = facts();
      return now ? curveContent(now, 'occupancy', ns, nsPerPx) : null;
    },
  });
  const headline = el('div', { class: 'memory-summary' });
  const waterfall = el('div', {
    class: 'waterfall',
    attr: { role: 'list', 'aria-label': t('Where occupancy is lost') },
  });
  const words = el('p', { class: 'faint' });
  const whatIf = createWhatIf(app);
  const table = createTable<KernelStats>({
    label: t('Occupancy by kernel'),
    columns: COLUMNS,
    rowKey: ({ kernel }) => String(kernel),
    sort: { column: 'time', descending: true },
    onSelect: ({ kernel }) => app.select({ kind: 'kernel', kernel }),
  });
  const element = el(
    'div',
    { class: 'view occupancy' },
    el('div', { class: 'view-head' }, headline),
    chart.element,
    el(
      'div',
      { class: 'two-columns' },
      el(
        'section',
        {},
        el('h2', { class: 'section-title flush', text: t('Where it is lost') }),
        waterfall,
        words,
      ),
      whatIf.element,
    ),
    table.element,
  );

  function refresh(): void {
    const now = facts();
    if (!now) return;
    headline.replaceChildren(...headlineOf(now));
    drawWaterfall(waterfall, now);
    words.textContent = whenItMatters(now);
    const kernel = selectedKernel(app.store.state);
    table.show(now.kernels(), kernel === null ? null : String(kernel));
    whatIf.refresh();
    chart.refresh();
  }
  return { element, refresh, repaint: refresh };
}

function headlineOf(now: Facts): HTMLElement[] {
  const { whileBusy, whileBusyLow } = now.occupancy();
  const lost = now.waterfall();
  if (!Number.isFinite(whileBusy))
    return [
      el('strong', { class: 'big', text: t('Not known') }),
      el('span', {
        class: 'faint',
        text: t('The limits of this device are not known, so occupancy cannot be estimated.'),
      }),
    ];
  const band =
    whileBusy - whileBusyLow > 0.005
      ? `${formatShare(whileBusyLow)} – ${formatShare(whileBusy)}`
      : `≤ ${formatShare(whileBusy)}`;
  return [
    el('strong', { class: 'big', text: band }),
    el('span', {
      class: 'faint',
      text: lost
        ? t('while kernels run, {0} over whole steps', formatShare(lost.left))
        : t('while kernels run'),
    }),
    el('span', {
      class: 'basis estimated',
      text: t('estimated from launch geometry, not a hardware counter'),
    }),
  ];
}

function drawWaterfall(box: HTMLElement, now: Facts): void {
  const lost = now.waterfall();
  box.replaceChildren(
    ...(lost ? waterfallBars(lost) : []).map((bar) =>
      el(
        'div',
        {
          class: `fall ${bar.kind} ${bar.id.replace(' ', '-')}`,
          title: bar.about,
          attr: { role: 'listitem' },
        },
        el('span', { class: 'fall-title', text: bar.title }),
        el(
          'span',
          { class: 'fall-track' },
          el('span', {
            style: { left: `${bar.from * 100}%`, width: `${Math.max(0.3, (bar.to - bar.from) * 100)}%` },
          }),
        ),
        el('span', {
          class: 'fall-share',
          text: `${bar.kind === 'lost' ? '−' : ''}${formatShare(bar.share)}`,
        }),
      ),
    ),
  );
}

/** Occupancy is a means: says when raising it would change nothing. */
function whenItMatters(now: Facts): string {
  const lost = now.waterfall();
  const { whileBusy } = now.occupancy();
  if (!lost || !Number.isFinite(whileBusy)) return '';
  if (lost.idle > 0.3)
    return t('The GPU stands idle much of the time: filling the gaps matters more than occupancy.');
  if (whileBusy >= 0.6)
    return t('The device is well filled while kernels run: occupancy is not what limits them.');
  const residency = sum(Object.values(lost.residency));
  const worst = Math.max(lost.smallGrid, lost.tail, residency);
  if (worst === lost.smallGrid)
    return t('Grids are too small for the device: a larger batch would give it more to do at once.');
  if (worst === lost.tail)
    return t('Last waves run nearly empty: a batch or tile size that divides the work evenly would help.');
  return t(
    'Low residency only hurts kernels that wait for memory; those near a ceiling of the roofline will not get faster.',
  );
}
