/** All kernels, costliest first. The table is the text equivalent of the timeline's GPU track. */
import type { KernelStats } from '../../src/analysis/kernels.ts';
import { formatBytes, formatCount, formatNs, formatRate, formatShare } from '../../src/base/format.ts';
import type { App, View } from '../app.ts';
import { el } from '../dom.ts';
import type { Facts } from '../facts.ts';
import { kernelCell } from '../parts/kernel-cell.ts';
import { createTable, shareBar } from '../parts/table.ts';
import type { Column } from '../parts/table.ts';
import { selectedKernel } from '../selected.ts';

const UNKNOWN = '–';
const known = (value: number, text: (value: number) => string) =>
  Number.isFinite(value) && value !== 0 ? text(value) : UNKNOWN;

const COLUMNS: readonly Column<KernelStats>[] = [
  { id: 'name', title: 'Kernel', cell: nameCell, key: ({ name }) => name, width: '26%' },
  { id: 'share', title: 'Share', about: 'Of the time of all kernels', numeric: true, cell: (row) => shareBar(row.share, known(row.share, formatShare), `var(--ks-family-${row.family})`), key: ({ share }) => share, width: '130px' },
  { id: 'total', title: 'Total', about: 'GPU time of all timed dispatches, measured', numeric: true, cell: (row) => known(row.totalNs, (ns) => formatNs(ns)), key: ({ totalNs }) => totalNs },
  { id: 'count', title: 'Count', about: 'Timed dispatches', numeric: true, cell: (row) => formatCount(row.count), key: ({ count }) => count },
  { id: 'median', title: 'Median', numeric: true, cell: (row) => known(row.medianNs, (ns) => formatNs(ns)), key: ({ medianNs }) => medianNs },
  { id: 'range', title: 'Min – max', numeric: true, cell: (row) => (Number.isFinite(row.minNs) ? `${formatNs(row.minNs)} – ${formatNs(row.maxNs)}` : UNKNOWN), key: ({ maxNs }) => maxNs },
  { id: 'workgroups', title: 'Workgroups', about: 'Grid of the costliest launch × invocations of a workgroup', numeric: true, cell: (row) => `${trimGrid(row.workgroups)} of ${trimGrid(row.workgroupSize)}`, key: ({ workgroups: [x, y, z] }) => x * y * z },
  { id: 'flops', title: 'Compute', about: 'Planned operations over measured time', numeric: true, cell: (row) => known(row.flopsPerSecond, (rate) => `${formatRate(rate, 2)}FLOP/s`), key: ({ flopsPerSecond }) => flopsPerSecond },
  { id: 'bytes', title: 'Bandwidth', about: 'Compulsory bytes over measured time: a lower bound of the traffic', numeric: true, cell: (row) => known(row.bytesPerSecond, (rate) => `≥ ${formatBytes(rate, 2)}/s`), key: ({ bytesPerSecond }) => bytesPerSecond },
  { id: 'bound', title: 'Bound', about: 'The ceiling it is nearest to, computed', cell: (row) => (row.roofline.bound === 'unknown' ? UNKNOWN : row.roofline.bound), key: ({ roofline }) => roofline.bound },
  { id: 'occupancy', title: 'Occupancy', about: 'Estimated from launch geometry; an upper bound', numeric: true, cell: (row) => known(row.occupancy.achieved, (share) => `≤ ${formatShare(share)}`), key: ({ occupancy }) => occupancy.achieved },
]; // prettier-ignore

function nameCell(row: KernelStats): HTMLElement {
  return kernelCell(
    row.name,
    row.family,
    row.warmupOnly ? el('span', { class: 'basis', text: 'warm-up' }) : null,
    row.estimated ? el('span', { class: 'basis estimated', text: 'estimated' }) : null,
  );
}

/** `25 × 4 × 8`, without trailing ones. */
function trimGrid(sizes: readonly number[]): string {
  const shown = [...sizes];
  while (shown.length > 1 && shown.at(-1) === 1) shown.pop();
  return shown.map(formatCount).join(' × ');
}

export function createKernels(app: App): View {
  const table = createTable<KernelStats>({
    label: 'Kernels',
    columns: COLUMNS,
    rowKey: ({ kernel }) => String(kernel),
    sort: { column: 'total', descending: true },
    onSelect: ({ kernel }) => app.select({ kind: 'kernel', kernel }),
    onOpen: ({ launch }) => {
      const location =
        app.store.state.trace?.locations[app.store.state.trace.tables.launches.location[launch] as number];
      if (location) app.open(location);
    },
  });
  let shown: {
    readonly facts: Facts;
    readonly hidden: unknown;
    readonly query: string;
    readonly rows: readonly KernelStats[];
  } | null = null;
  const element = el('div', { class: 'view kernels' }, table.element);
  const refresh = () => {
    const { facts, hidden, query } = app.store.state;
    if (!facts) return;
    if (shown?.facts !== facts || shown.hidden !== hidden || shown.query !== query) {
      const text = query.toLowerCase();
      const rows = facts
        .kernels()
        .filter((row) => !hidden.has(row.family) && row.name.toLowerCase().includes(text));
      shown = { facts, hidden, query, rows };
    }
    const kernel = selectedKernel(app.store.state);
    table.show(shown.rows, kernel === null ? null : String(kernel));
  };
  return { element, refresh, repaint: refresh };
}
