/** The hover of a measured line: its phases over the last steps, its bytes by role, its kernels by time. */
import * as vscode from 'vscode';
import { formatBytes, formatNs, formatShare } from '../../base/format.ts';
import type { Trace } from '../../trace/model.ts';
import { COMMANDS, INNER_COMMANDS } from '../ids.ts';
import type { Profiles } from '../profiles.ts';
import type { HistoryPoint } from '../history/history-chart.ts';
import { historyChart, historyText } from '../history/history-chart.ts';
import type { RunHistory } from '../history/run-history.ts';
import type { RunRecord } from '../history/run-record.ts';
import { comparable, layerHistory } from '../history/run-record.ts';
import { CHART_COLORS, chartText, hoverChart } from './hover-chart.ts';
import { layerSteps } from './layer-steps.ts';
import { staleText } from './lens-text.ts';
import type { LayerLine, StepLine } from './line-facts.ts';
import type { MeasuredLines } from './measured-lines.ts';
import { t } from '../words.ts';

const MOST_KERNELS = 4;
const MOST_RUNS = 20;

export class LineHover implements vscode.HoverProvider {
  readonly #profiles: Profiles;
  readonly #lines: MeasuredLines;
  readonly #history: RunHistory;

  constructor(profiles: Profiles, lines: MeasuredLines, history: RunHistory) {
    this.#history = history;
    this.#profiles = profiles;
    this.#lines = lines;
  }

  provideHover(document: vscode.TextDocument, position: vscode.Position): vscode.Hover | null {
    const profile = this.#profiles.current;
    const placed = this.#lines.inDocument(document).find(({ line }) => line === position.line);
    if (!profile || !placed) return null;
    const { fact, fresh } = placed;
    const runs = comparable(this.#history.records, profile.trace, MOST_RUNS);
    const text = fact.kind === 'layers' ? layerText(fact, profile.trace, runs) : stepText(fact, runs);
    const { adapter } = profile.trace.meta;
    if (!fresh) text.push(`*${staleText()}*`);
    if (adapter?.software)
      text.push(
        `*${t('{0} is a software adapter: ratios between kernels hold on this machine only.', plain(adapter.name))}*`,
      );
    const markdown = new vscode.MarkdownString(text.join('\n\n'), true);
    markdown.isTrusted = { enabledCommands: [INNER_COMMANDS.selectLayers, COMMANDS.openLarge] };
    return new vscode.Hover(markdown, document.lineAt(position.line).range);
  }
}

function layerText(line: LayerLine, trace: Trace, runs: readonly RunRecord[]): string[] {
  const ids = line.layers.map(({ layer }) => layer);
  const { steps, kernels } = layerSteps(trace, ids);
  const names = line.layers.slice(0, 3).map(({ path, type }) => `${code(path)} ${plain(type)}`);
  if (line.layers.length > 3) names.push(t('and {0} more', line.layers.length - 3));
  const cost = t(
    '{0} of GPU time a step, {1} of it *(measured)*',
    formatNs(line.totalNs),
    formatShare(line.share),
  );
  const text = [`**${names.join(', ')}**: ${cost}`];
  const chart = { steps, medians: line };
  if (steps.length > 0) text.push(`![${chartText(chart)}](${dataUri(hoverChart(chart, chartColors()))})`);
  else text.push(chartText(chart));
  const paths = line.layers.map(({ path }) => path);
  text.push(...historyImage(layerHistory(runs, paths)));
  if (line.bytes > 0) {
    const roles = line.bytesByRole.map(([role, bytes]) => `${role} ${formatBytes(bytes)}`);
    text.push(t('{0} of memory: {1}', formatBytes(line.bytes), roles.join(' · ')));
  }
  const rows = kernels
    .slice(0, MOST_KERNELS)
    .map(({ name, ns, dispatches }) => [code(name), formatNs(ns), launches(dispatches)]);
  if (rows.length > 0) text.push(table([t('kernel'), t('a step'), t('launches')], rows));
  if (Number.isFinite(line.occupancy)) {
    const share = formatShare(line.occupancy);
    text.push(t('Occupancy at most {0} *(estimated from the launch, not counted by hardware)*', share));
  }
  const show = commandLink(`$(graph) ${t('Show in the timeline')}`, INNER_COMMANDS.selectLayers, [ids]);
  text.push(`${show} · ${commandLink(`$(link-external) ${t('Open large')}`, COMMANDS.openLarge, [])}`);
  return text;
}

/** Of one run there is nothing to compare. */
function historyImage(points: readonly HistoryPoint[]): string[] {
  if (points.length < 2) return [];
  return [`![${historyText(points)}](${dataUri(historyChart(points, chartColors()))})`];
}

function launches(each: number): string {
  return each.toFixed(Number.isInteger(each) ? 0 : 1);
}

function stepText({ stats, dispatchesPerStep, peakBytes }: StepLine, runs: readonly RunRecord[]): string[] {
  const { median, low, high } = stats.durationNs;
  const rows = [
    [t('step, median'), `${formatNs(median)} (${formatNs(low)} .. ${formatNs(high)}, 95 %)`],
    [
      t('steps'),
      t('{0}: {1} timed, {2} untimed, {3} warm-up', stats.count, stats.timed, stats.untimed, stats.warmup),
    ],
    [t('GPU busy'), formatShare(stats.gpuBusyShare)],
    [t('kernels a step'), String(dispatchesPerStep)],
    [t('peak memory'), formatBytes(peakBytes)],
  ];
  if (Number.isFinite(stats.lastLoss))
    rows.push([t('loss'), `${stats.firstLoss.toPrecision(3)} → ${stats.lastLoss.toPrecision(3)}`]);
  const points = runs.map(({ stepNs, lowNs, highNs }) => ({ ns: stepNs, lowNs, highNs }));
  return [
    stats.durationOf === 'untimed'
      ? t('**One training step** *(measured on untimed steps)*')
      : t('**One training step** *(measured on timed steps)*'),
    table(['', ''], rows),
    ...historyImage(points),
  ];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, i) => (i === 0 ? '---' : '--:'))), ...rows.map(line)].join('\n');
}

/** Names come from a trace: nothing in them may become markup or a link. */
function code(text: string): string {
  return `\`${text.replace(/[`|\s]/g, ' ').slice(0, 120)}\``;
}

function plain(text: string): string {
  return text.replace(/[^\p{L}\p{N} .,:/+=-]/gu, ' ').slice(0, 120);
}

function commandLink(label: string, command: string, args: readonly unknown[]): string {
  return `[${label}](command:${command}?${encodeURIComponent(JSON.stringify(args))})`;
}

function dataUri(svg: string): string {
  return `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`;
}

function chartColors() {
  const { kind } = vscode.window.activeColorTheme;
  if (kind === vscode.ColorThemeKind.HighContrast) return CHART_COLORS.contrast;
  return kind === vscode.ColorThemeKind.Dark ? CHART_COLORS.dark : CHART_COLORS.light;
}
