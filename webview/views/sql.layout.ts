/** What the SQL view does without a page: queries that are offered, what a row selects, cells and CSV. Pure. */
import { csvField } from '../../src/base/csv-field.ts';
import type { Trace } from '../../src/trace/model.ts';
import type { SqlCell, SqlRows } from '../../src/wire/sql-messages.ts';
import type { Selection } from '../../src/wire/view-messages.ts';
import { t } from '../translate.ts';

export const READY_QUERIES: readonly { readonly title: string; readonly text: string }[] = [
  {
    title: t('Top kernels'),
    text: `select kernel, count(*) as calls, round(sum(durationNs) / 1e6, 3) as ms,
  round(avg(durationNs) / 1e3, 2) as meanUs
from dispatches
where not warmup
group by kernel order by ms desc nulls last limit 20`,
  },
  {
    title: t('Time by layer and phase'),
    text: `select layer, phase, count(*) as calls, round(sum(durationNs) / 1e6, 3) as ms
from dispatches
where not warmup
group by layer, phase order by ms desc nulls last limit 50`,
  },
  {
    title: t('Largest buffers'),
    text: `select buffer, label, role, layer, round(sizeBytes / 1e6, 3) as megabytes,
  round((coalesce(diedNs, (select max(endNs) from dispatches)) - bornNs) / 1e6, 3) as lifeMs
from buffers
where parent is null
order by sizeBytes desc limit 20`,
  },
  {
    title: t('Longest gaps between kernels'),
    text: `with ordered as (
  select *, max(endNs) over (
    partition by source, device, queue order by startNs rows between unbounded preceding and 1 preceding
  ) as busyUntilNs
  from dispatches where startNs is not null
)
select dispatch, kernel as nextKernel, layer, step, round((startNs - busyUntilNs) / 1e3, 2) as gapUs
from ordered
where startNs > busyUntilNs
order by gapUs desc limit 20`,
  },
  {
    title: t('Slowest dispatch of each kernel'),
    text: `select kernel, arg_max(dispatch, durationNs) as dispatch, round(max(durationNs) / 1e3, 2) as worstUs,
  round(median(durationNs) / 1e3, 2) as medianUs, round(max(durationNs) / median(durationNs), 1) as times
from dispatches
where durationNs > 0
group by kernel having count(*) > 2 order by times desc limit 20`,
  },
  {
    title: t('Steps, slowest first'),
    text: `select step, round(durationNs / 1e6, 3) as ms, round(durationNs / median(durationNs) over (), 2) as times, loss
from steps
where not warmup
order by durationNs desc limit 50`,
  },
  {
    title: t('Transfers by kind'),
    text: `select kind, count(*) as transfers, round(sum(sizeBytes) / 1e6, 3) as megabytes,
  round(sum(durationNs) / 1e6, 3) as ms
from transfers
group by kind order by megabytes desc`,
  },
  {
    title: t('Time by trace'),
    text: `select source, count(*) as dispatches, round(sum(durationNs) / 1e6, 3) as kernelMs
from dispatches
group by source order by kernelMs desc nulls last`,
  },
];

export type SqlRow = readonly SqlCell[];

/** Columns, whatever the case, by what a row of the result stands for. */
interface Subject {
  readonly kind: Selection['kind'];
  readonly at: number;
}

const KINDS: readonly Selection['kind'][] = ['dispatch', 'buffer', 'layer', 'kernel', 'step'];

/** The columns that name something the other views show, most exact first. */
export function subjectsOf(columns: SqlRows['columns']): Subject[] {
  const names = columns.map(({ name }) => name.toLowerCase());
  return KINDS.map((kind) => ({ kind, at: names.indexOf(kind) })).filter(({ at }) => at >= 0);
}

/**
 * What a row selects in the shown trace, or null. `sources`: the names of all traces that were queried, the shown one first; a
 * row of another trace selects nothing, and a number says nothing where it may be of another trace.
 */
export function selectionOf(
  trace: Trace,
  { columns }: SqlRows,
  row: SqlRow,
  sources: readonly string[],
): Selection | null {
  const source = columns.findIndex(({ name }) => name.toLowerCase() === 'source');
  if (source >= 0 && row[source] !== sources[0]) return null;
  const isShown = source >= 0 || sources.length < 2;
  for (const { kind, at } of subjectsOf(columns)) {
    const found = selected(trace, kind, row[at] ?? null, isShown);
    if (found) return found;
  }
  return null;
}

function selected(trace: Trace, kind: Selection['kind'], value: SqlCell, isShown: boolean): Selection | null {
  if (kind === 'kernel' || kind === 'layer') {
    const index =
      kind === 'kernel'
        ? trace.kernels.findIndex(({ name }) => name === value)
        : trace.layers.findIndex(({ path }) => path === value);
    if (index < 0) return null;
    return kind === 'kernel' ? { kind, kernel: index } : { kind, layer: index };
  }
  if (!isShown || !Number.isInteger(value)) return null;
  const number = value as number;
  const { dispatches, buffers, steps } = trace.tables;
  switch (kind) {
    case 'dispatch':
      return number >= 0 && number < dispatches.length ? { kind, dispatch: number } : null;
    case 'buffer':
      return number >= 0 && number < buffers.length ? { kind, buffer: number } : null;
    case 'step':
      return steps.index.includes(number) ? { kind, step: number } : null;
  }
}

/** A cell as it is shown: numbers grouped, long fractions cut to six figures. */
export function cellText(value: SqlCell): string {
  if (value === null) return '–';
  if (typeof value !== 'number') return String(value);
  return Number.isInteger(value)
    ? value.toLocaleString('en-US')
    : value.toLocaleString('en-US', { maximumSignificantDigits: Math.max(6, whole(value)) });
}

/** How many figures stand before the point. */
function whole(value: number): number {
  return Math.min(21, Math.trunc(Math.abs(value)).toLocaleString('en-US', { useGrouping: false }).length);
}

/** The rows as CSV (RFC 4180) with a head, numbers as they are. */
export function sqlCsv({ columns, rows }: Pick<SqlRows, 'columns' | 'rows'>): string {
  const line = (cells: readonly SqlCell[]): string =>
    cells.map((value) => (value === null ? '' : typeof value === 'string' ? csvField(value) : String(value))).join(); // prettier-ignore
  return [columns.map(({ name }) => name), ...rows].map((row) => `${line(row)}\r\n`).join('');
}

/** Offset in the text of a place whose line and column count from 1. */
export function offsetOf(
  text: string,
  { line, column }: { readonly line: number; readonly column: number },
): number {
  const lines = text.split('\n');
  const before = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
  return Math.min(text.length, before + column - 1);
}
