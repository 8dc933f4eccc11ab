/** The report as Markdown, for a pull request or a notebook. */
import { formatBytes, formatCount, formatNs, formatShare } from '../base/format.ts';
import type { Report } from './report-model.ts';

const NONE = '–';
const time = (milliseconds: number | null): string => (milliseconds ? formatNs(milliseconds * 1e6) : NONE);
const share = (value: number | null): string => (value === null ? NONE : formatShare(value));

/** Names come from scripts and traces: nothing in them may end a cell or start an element. */
function cell(text: string): string {
  return text.replace(/[\\|<>`*_[\]]/g, (c) => `\\${c}`).replace(/\s+/g, ' ');
}

/** The first column to the left, figures to the right. Cells are taken as they are. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map((_, i) => (i === 0 ? '---' : '---:')), ...rows]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n');
}

/** A table of names and figures that may hold anything. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return table(
    head.map(cell),
    rows.map((row) => row.map(cell)),
  );
}

export function markdownReport(report: Report): string {
  const { steps, memory, adapter } = report;
  const kernels = report.kernels
    .slice(0, 12)
    .map((k) => [
      cell(k.name),
      share(k.share),
      time(k.totalMs),
      formatCount(k.count),
      k.meanUs === null ? NONE : formatNs(k.meanUs * 1e3),
      k.bound,
    ]);
  const layers = report.layers.map((l) => [
    `${cell(l.path)} (${cell(l.type)})`,
    share(l.share),
    time(l.forwardMs),
    time(l.backwardMs),
    l.source ? `${cell(l.source.file.split('/').at(-1) ?? '')}:${l.source.line}` : NONE,
  ]);
  const advice = report.suggestions.map((s) => {
    const verdict = s.verdict ? ` **${s.verdict.kind}** ${((s.verdict.speedup - 1) * 100).toFixed(0)} %` : '';
    return `- ${cell(s.title)}${verdict}${s.edit ? ` (\`${s.edit.oldText}\` → \`${s.edit.newText}\`)` : ''}`;
  });
  return [
    `## ${cell(report.script.split('/').at(-1) || 'Trace')}`,
    adapter
      ? `${cell(adapter.name)}${adapter.software ? ' · software adapter: ratios hold on this machine only' : ''}`
      : '',
    report.error ? `**${report.status}**: ${cell(report.error.message)}` : '',
    `Step **${time(steps.medianMs)}** (${time(steps.lowMs)}..${time(steps.highMs)}) · GPU busy ${share(steps.gpuBusyShare)} · peak memory ${formatBytes(memory.peakBytes)}`,
    kernels.length > 0 ? table(['kernel', 'share', 'total', 'count', 'mean', 'bound'], kernels) : '',
    layers.length > 0 ? table(['layer', 'share', 'forward', 'backward', 'line'], layers) : '',
    advice.length > 0 ? `### Suggestions\n${advice.join('\n')}` : '',
  ]
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n');
}
