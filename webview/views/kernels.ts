/** All kernels, costliest first, or their dispatches grouped otherwise. The table is the text equivalent of the timeline's GPU track. */
import { formatBytes, formatCount, formatNs, formatRate, formatShare } from '../../src/base/format.ts';
import type { App, View } from '../app.ts';
import { el } from '../dom.ts';
import type { Facts } from '../facts.ts';
import { createChoice } from '../parts/choice.ts';
import { namedCell } from '../parts/kernel-cell.ts';
import { createTable, shareBar } from '../parts/table.ts';
import type { Column } from '../parts/table.ts';
import { selectedKernel, selectedLayer } from '../selected.ts';
import { kernelRows, trimGrid } from './kernels.layout.ts';
import type { Grouping, KernelRow } from './kernels.layout.ts';
import { t } from '../translate.ts';
import { term } from '../terms.ts';

const UNKNOWN = '–';
const known = (value: number, text: (value: number) => string) =>
  Number.isFinite(value) && value !== 0 ? text(value) : UNKNOWN;
const time = (ns: number) => known(ns, (value) => formatNs(value));

function columns(largest: () => number): readonly Column<KernelRow>[] {
  return [
    { id: 'name', title: t('Name'), cell: nameCell, key: ({ name }) => name, width: '300px' },
    { id: 'share', title: t('Share'), about: t('Of the time of all kernels; the bar is against the largest'), numeric: true, cell: (row) => shareBar(row.share / largest(), known(row.share, formatShare), `var(--ks-family-${row.family})`), key: ({ share }) => share, width: '130px' },
    { id: 'total', title: t('Total'), about: t('GPU time of all timed dispatches, measured'), numeric: true, cell: ({ totalNs }) => time(totalNs), key: ({ totalNs }) => totalNs },
    { id: 'count', title: t('Count'), about: t('Timed dispatches'), numeric: true, cell: (row) => formatCount(row.count), key: ({ count }) => count },
    { id: 'mean', title: t('Mean'), about: t('Of a dispatch, measured'), numeric: true, cell: ({ meanNs }) => time(meanNs), key: ({ meanNs }) => meanNs },
    { id: 'median', title: t('Median'), about: t('Of a dispatch, measured'), numeric: true, cell: ({ medianNs }) => time(medianNs), key: ({ medianNs }) => medianNs },
    { id: 'min', title: t('Min'), numeric: true, cell: ({ minNs }) => time(minNs), key: ({ minNs }) => minNs },
    { id: 'max', title: t('Max'), numeric: true, cell: ({ maxNs }) => time(maxNs), key: ({ maxNs }) => maxNs },
    { id: 'rate', title: t('Compute'), about: t('Planned operations over measured time'), numeric: true, cell: (row) => known(row.flopsPerSecond, (rate) => `${formatRate(rate, 2)}FLOP/s`), key: ({ flopsPerSecond }) => flopsPerSecond },
    { id: 'bandwidth', title: t('Bandwidth'), about: t('Compulsory bytes over measured time: a lower bound of the traffic'), numeric: true, cell: (row) => known(row.bytesPerSecond, (rate) => `≥ ${formatBytes(rate, 2)}/s`), key: ({ bytesPerSecond }) => bytesPerSecond },
    { id: 'bound', title: t('Bound'), about: t('The ceiling it is nearest to, and how much of it is reached; computed'), cell: ({ roofline }) => (roofline.bound === 'unknown' ? UNKNOWN : `${term(roofline.bound)}${Number.isFinite(roofline.efficiency) ? ` · ${formatShare(roofline.efficiency)}` : ''}`), key: ({ roofline }) => roofline.efficiency },
    { id: 'occupancy', title: t('Occupancy'), about: t('Of the costliest launch, estimated from launch geometry; an upper bound'), numeric: true, cell: (row) => known(row.occupancy.achieved, (share) => `≤ ${formatShare(share)}`), key: ({ occupancy }) => occupancy.achieved },
    { id: 'flops', title: 'FLOP', about: t('Planned operations of a dispatch, mean'), numeric: true, cell: ({ flops }) => known(flops, (value) => formatRate(value, 2)), key: ({ flops }) => flops },
    { id: 'bytes', title: t('Bytes'), about: t('Compulsory bytes of a dispatch, mean'), numeric: true, cell: ({ bytesMoved }) => known(bytesMoved, (value) => formatBytes(value, 2)), key: ({ bytesMoved }) => bytesMoved },
    { id: 'workgroups', title: t('Workgroups'), about: t('Grid of the costliest launch, of workgroups of so many invocations'), numeric: true, cell: (row) => t('{0} of {1}', trimGrid(row.workgroups), trimGrid(row.workgroupSize)), key: ({ workgroups: [x, y, z] }) => x * y * z },
  ]; // prettier-ignore
}

function nameCell(row: KernelRow): HTMLElement {
  return namedCell(
    row.name,
    row.rest,
    row.family,
    row.warmupOnly ? el('span', { class: 'basis', text: t('warm-up') }) : null,
    row.estimated ? el('span', { class: 'basis estimated', text: t('estimated') }) : null,
  );
}

export function createKernels(app: App): View {
  let by: Grouping = 'kernel';
  let largest = 1;
  const table = createTable<KernelRow>({
    label: t('Kernels'),
    columns: columns(() => largest),
    rowKey: ({ key }) => key,
    sort: { column: 'total', descending: true },
    onSelect: ({ selection }) => app.select(selection),
    onOpen: ({ launch }) => {
      const location =
        app.store.state.trace?.locations[app.store.state.trace.tables.launches.location[launch] as number];
      if (location) app.open(location);
    },
  });
  const choice = createChoice<Grouping>(t('Group by'), [['kernel', t('Kernel')], ['operation', t('Operation')], ['layer', t('Layer')], ['shape', t('Shape')]], by, (next) => {
    by = next;
    refresh();
  }); // prettier-ignore
  const note = el('p', { class: 'faint view-note flush' });
  let grouped: { readonly facts: Facts; readonly by: Grouping; readonly rows: readonly KernelRow[] } | null = null; // prettier-ignore
  let shown: { readonly of: unknown; readonly hidden: unknown; readonly query: string; readonly rows: readonly KernelRow[] } | null = null; // prettier-ignore
  const element = el(
    'div',
    { class: 'view kernels' },
    el('div', { class: 'view-head low' }, note, el('span', { class: 'grow' }), choice.element),
    table.element,
  );
  const refresh = () => {
    const { facts, hidden, query } = app.store.state;
    if (!facts) return;
    if (grouped?.facts !== facts || grouped.by !== by)
      grouped = { facts, by, rows: kernelRows(facts.trace, by) };
    if (shown?.of !== grouped || shown.hidden !== hidden || shown.query !== query) {
      const text = query.toLowerCase();
      const rows = grouped.rows.filter(
        ({ family, name, rest }) => !hidden.has(family) && `${name} ${rest}`.toLowerCase().includes(text),
      );
      shown = { of: grouped, hidden, query, rows };
      largest = rows.reduce((most, { share }) => Math.max(most, share || 0), 1e-9);
      note.textContent = summary(rows, grouped.rows.length, by);
    }
    table.show(shown.rows, selectedKey(app, by, shown.rows));
  };
  return { element, refresh, repaint: refresh };
}

const ONE: Readonly<Record<Grouping, string>> = {
  kernel: t('kernels'),
  operation: t('operations'),
  layer: t('layers'),
  shape: t('kernels by grid'),
};

function summary(rows: readonly KernelRow[], all: number, by: Grouping): string {
  const timed = rows.reduce((total, { totalNs }) => total + (totalNs || 0), 0);
  const count = rows.reduce((total, row) => total + row.count, 0);
  const shown =
    rows.length < all
      ? t('{0} of {1}', formatCount(rows.length), formatCount(all))
      : formatCount(rows.length);
  return t(
    '{0} {1}, {2} timed dispatches, {3} of GPU time',
    shown,
    ONE[by],
    formatCount(count),
    formatNs(timed, 3),
  );
}

function selectedKey({ store }: App, by: Grouping, rows: readonly KernelRow[]): string | null {
  const layer = selectedLayer(store.state);
  if (by === 'layer') return layer === null ? null : `layer ${layer}`;
  const kernel = selectedKernel(store.state);
  return kernel === null
    ? null
    : (rows.find(({ selection }) => selection.kind === 'kernel' && selection.kernel === kernel)?.key ?? null);
}
