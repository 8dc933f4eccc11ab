/** What two imported traces run differently: operators and kernels added, removed, called more or less often. */
import { formatCount, formatNs } from '../base/format.ts';
import { recordedDifference } from '../analysis/recorded/difference.ts';
import type { WorkChange } from '../analysis/recorded/difference.ts';
import type { Trace } from '../trace/model.ts';
import { textTable } from './text-table.ts';

/** Empty when neither trace has operators: then they are runs of our own, compared by layer and kernel. */
export function differenceText(before: Trace, after: Trace, most = 16): string {
  const { operators, kernels } = recordedDifference(before, after);
  if (operators.length === 0) return '';
  return `${[...section('Operators (CPU time, with what they call)', operators, most), '', ...section('Kernels, copies and fills (GPU time)', kernels, most)].join('\n')}\n`;
}

function section(title: string, changes: readonly WorkChange[], most: number): string[] {
  const count = (kind: WorkChange['kind']): string =>
    formatCount(changes.filter((change) => change.kind === kind).length);
  const columns = [
    { title: 'name', align: 'left' as const, width: 48 },
    ...['calls before', 'after', 'time before', 'after', 'change'].map((column) => ({
      title: column,
      align: 'right' as const,
    })),
  ];
  const changed = changes.filter(
    ({ nsBefore, nsAfter, kind }) => nsBefore !== nsAfter || kind !== 'same calls',
  );
  const rows = changed
    .slice(0, most)
    .map(({ name, callsBefore, callsAfter, nsBefore, nsAfter, kind }) => [
      name,
      formatCount(callsBefore),
      formatCount(callsAfter),
      nsBefore > 0 ? formatNs(nsBefore, 3) : '–',
      nsAfter > 0 ? formatNs(nsAfter, 3) : '–',
      kind === 'added' || kind === 'removed'
        ? kind
        : `${nsAfter >= nsBefore ? '+' : '−'}${formatNs(Math.abs(nsAfter - nsBefore), 3)}`,
    ]);
  const rest = changed.length - rows.length;
  return [
    `${title}: ${count('added')} added, ${count('removed')} removed, ${count('more calls')} called more often, ${count('fewer calls')} less often, ${count('same calls')} as often`,
    ...textTable(columns, rows).map((line) => `  ${line}`),
    ...(rest > 0 ? [`  and ${formatCount(rest)} more`] : []),
  ];
}
