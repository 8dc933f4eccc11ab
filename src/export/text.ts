/** The report as a person reads it in a terminal: what ran where, where the time and memory went, what to change. */
import { formatBytes, formatCount, formatNs, formatRate, formatShare } from '../base/format.ts';
import type { Report, ReportKernel, ReportLayer, ReportSuggestion } from './report-model.ts';
import type { Verdict } from '../suggest/suggestion.ts';
import { textTable } from './text-table.ts';

const NONE = '–';

const time = (milliseconds: number | null): string =>
  milliseconds === null || milliseconds === 0 ? NONE : formatNs(milliseconds * 1e6);
const share = (value: number | null): string => (value === null ? NONE : formatShare(value));
const bytes = (value: number): string => (value === 0 ? NONE : formatBytes(value));

export interface TextOptions {
  /** Kernels and layers shown at most. */
  readonly most?: number;
  /** Paths are shown relative to this folder. */
  readonly base?: string;
}

function relative(file: string, base: string | undefined): string {
  return base && file.startsWith(`${base}/`) ? file.slice(base.length + 1) : file;
}

function headline(report: Report, options: TextOptions): string[] {
  const name = report.script === '' ? `Trace (${report.origin})` : relative(report.script, options.base);
  const lines = [`${name} · ${statusText(report)}`];
  if (report.adapter) {
    const { name: adapter, backend, reason } = report.adapter;
    lines.push(reason.includes(adapter) ? `${reason} · ${backend}` : `${adapter} · ${backend} · ${reason}`);
    if (report.adapter.software)
      lines.push(
        'Software adapter: ratios between kernels hold on this machine only; no figure here is of a GPU.',
      );
  } else if (report.origin !== 'run') lines.push('The adapter is not known.');
  return lines;
}

function statusText(report: Report): string {
  const { count } = report.steps;
  const steps = `${formatCount(count)} ${count === 1 ? 'step' : 'steps'}`;
  switch (report.status) {
    case 'ok':
      return steps;
    case 'stopped':
      return `stopped after ${steps}`;
    case 'timeout':
      return `time limit reached after ${steps}`;
    case 'failed':
      return `failed after ${steps}`;
    case 'crashed':
      return `crashed after ${steps}`;
  }
}

function stepLines(report: Report): string[] {
  const { steps, overhead, clock, energy, totals } = report;
  if (steps.medianMs === null)
    return report.origin === 'run'
      ? [`No step was recorded: times are of the whole run. ${STEP_HINT}`]
      : ['No step was recorded: times are of the whole run.'];
  const lines = [
    `Step ${time(steps.medianMs)} (${time(steps.lowMs)}..${time(steps.highMs)}, median of ${steps.untimed || steps.timed} ` +
      `${steps.untimed ? 'untimed' : 'timed'} steps)` +
      (steps.samplesPerSecond === null ? '' : ` · ${formatCount(steps.samplesPerSecond)} samples/s`) +
      (steps.gpuBusyShare === null ? '' : ` · GPU busy ${share(steps.gpuBusyShare)} of a timed step`),
  ];
  if (report.idle) {
    const waits = Object.entries(report.idle).filter(([cause, part]) => cause !== 'busy' && part >= 0.01);
    if (waits.length > 0)
      lines.push(
        `GPU waits: ${waits.map(([cause, part]) => `${WAITS[cause] ?? cause} ${formatShare(part)}`).join(' · ')}`,
      );
  }
  if (overhead.share !== null)
    lines.push(
      `Cost of measuring: ${overhead.share > 0 ? `${share(overhead.share)} of this run` : 'within the noise'} ` +
        `(timed steps ${time(overhead.timedMedianMs)}, untimed ${time(overhead.untimedMedianMs)}) · ` +
        `clock ${formatNs(clock.resolutionNs)} (${clock.source})`,
    );
  if (energy)
    lines.push(
      `Energy ${energy.joules.toPrecision(3)} J a step ± ${energy.errorJoules.toPrecision(2)} ` +
        `(${energy.method}, ${energy.steps} steps)`,
    );
  if (totals.firstRunMs > FIRST_RUNS_SHOWN_MS)
    lines.push(
      `First dispatches of pipelines took ${formatNs(totals.firstRunMs * 1e6)} longer than later ones: the driver compiles then`,
    );
  if (steps.firstLoss !== null)
    lines.push(`Loss ${steps.firstLoss.toFixed(3)} → ${(steps.lastLoss ?? NaN).toFixed(3)}`);
  return lines;
}

const STEP_HINT =
  'An optimizer of Kernelscope, TensorFlow.js or jax-js ends one; in a loop of your own, annotate.step(() => ...) does.';

/** What a run leaves that never dispatched a kernel: tables would be empty. */
function nothingRan(report: Report): string[] {
  if (report.error) return ['It failed before it ran anything on the GPU.'];
  return [
    'The script ran nothing on a GPU, so there is nothing to measure. What is measured: scripts that train with Kernelscope, ' +
      'TensorFlow.js or jax-js, or call navigator.gpu themselves.',
  ];
}

const FIRST_RUNS_SHOWN_MS = 100;

const WAITS: Readonly<Record<string, string>> = {
  readback: 'for a readback',
  compile: 'for compilation',
  upload: 'for an upload',
  data: 'for data',
  launch: 'between launches',
  host: 'for the script',
};

function kernelLines(kernels: readonly ReportKernel[], most: number): string[] {
  const rows = kernels
    .slice(0, most)
    .map((k) => [
      k.name,
      share(k.share),
      k.totalMs === null ? NONE : time(k.totalMs),
      formatCount(k.count),
      k.meanUs === null ? NONE : formatNs(k.meanUs * 1e3),
      k.workgroups.join('×'),
      !k.gflops ? NONE : formatRate(k.gflops * 1e9, 2) + 'FLOP/s',
      !k.gbps ? NONE : `${formatBytes(k.gbps * 1e9, 2)}/s`,
      k.occupancy.achieved === null ? NONE : `≤ ${formatShare(k.occupancy.achieved)}`,
      k.bound === 'unknown' ? NONE : k.bound,
    ]);
  const columns = [
    'kernel',
    'share',
    'total',
    'count',
    'mean',
    'workgroups',
    'rate',
    'traffic',
    'occupancy',
    'bound',
  ];
  return [
    'Kernels',
    ...textTable(
      columns.map((title, c) =>
        c === 0
          ? { title, align: 'left' as const, width: 34 }
          : { title, align: c === columns.length - 1 ? ('left' as const) : ('right' as const) },
      ),
      rows,
    ).map((line) => `  ${line}`),
    ...(kernels.length > most ? [`  and ${kernels.length - most} more`] : []),
  ];
}

function layerLines(layers: readonly ReportLayer[], most: number, options: TextOptions): string[] {
  if (layers.length === 0) return [];
  const rows = layers
    .slice(0, most)
    .map((l) => [
      l.path,
      l.type,
      share(l.share),
      time(l.forwardMs),
      time(l.backwardMs),
      time(l.optimizerMs),
      bytes(l.bytes.parameter + l.bytes.gradient + l.bytes.optimizerState),
      bytes(l.bytes.activation),
      l.source ? `${relative(l.source.file, options.base)}:${l.source.line}` : NONE,
    ]);
  const columns = [
    'layer',
    'type',
    'share',
    'forward',
    'backward',
    'optimizer',
    'weights',
    'activations',
    'line',
  ];
  return [
    'Layers (GPU time a step)',
    ...textTable(
      columns.map((title, c) => ({
        title,
        align: c < 2 || c === columns.length - 1 ? ('left' as const) : ('right' as const),
        ...(c === 0 ? { width: 30 } : {}),
      })),
      rows,
    ).map((line) => `  ${line}`),
    ...(layers.length > most ? [`  and ${layers.length - most} more`] : []),
  ];
}

function memoryLines(report: Report): string[] {
  const { memory } = report;
  if (memory.buffers === 0) return [];
  const parts = Object.entries(memory.byRole)
    .filter(([, value]) => value > 0)
    .sort(([, a], [, b]) => b - a)
    .map(([role, value]) => `${role === 'optimizerState' ? 'optimizer state' : role} ${formatBytes(value)}`);
  return [
    `Memory  peak ${formatBytes(memory.peakBytes)} (${parts.join(' · ')})`,
    `        reserved ${formatBytes(memory.reservedBytes)} in ${formatCount(memory.buffers)} buffers · ` +
      `${formatBytes(memory.liveAtEndBytes)} live at the end`,
  ];
}

function gain(speedup: number): string {
  return `${speedup >= 1 ? '+' : '−'}${formatShare(Math.abs(speedup - 1))}`;
}

/** Nothing where too few trials have none. */
function intervalText({ low, high }: Verdict): string {
  return Number.isFinite(high) ? `${gain(low)}..${gain(high)}, ` : 'no interval yet, ';
}

function lossLine({ lossBefore, lossAfter, lossRows }: Verdict): string[] {
  if (lossBefore === undefined || lossAfter === undefined || lossRows === undefined) return [];
  return [
    `  loss after ${formatCount(lossRows)} rows: ${lossAfter.toPrecision(4)} against ${lossBefore.toPrecision(4)}`,
  ];
}

function editText({ oldText, newText }: { readonly oldText: string; readonly newText: string }): string {
  return oldText === '' ? `insert ${newText.trim()}` : `change ${oldText} → ${newText}`;
}

/** One suggestion with its evidence. */
export function suggestionText(item: ReportSuggestion, options: TextOptions = {}): string {
  return suggestionLines(item, options).join('\n');
}

function suggestionLines(item: ReportSuggestion, options: TextOptions): string[] {
  const lines = [`• ${item.title}`];
  const { verdict, predicted } = item;
  if (verdict)
    lines.push(
      `  ${verdict.kind}: measured ${gain(verdict.speedup)} (${intervalText(verdict)}${verdict.trials} trials)` +
        (verdict.reason ? ` · ${verdict.reason}` : ''),
      ...lossLine(verdict),
    );
  if (
    predicted.speedup !== null &&
    predicted.low !== null &&
    predicted.high !== null &&
    predicted.speedup !== 1
  )
    lines.push(`  predicted ${gain(predicted.speedup)} (${gain(predicted.low)}..${gain(predicted.high)})`);
  for (const evidence of item.evidence) lines.push(`  - ${evidence.text} [${evidence.basis}]`);
  const place = item.at ? `${relative(item.at.file, options.base)}:${item.at.line}` : null;
  if (item.edit) lines.push(`  ${editText(item.edit)} at ${place ?? relative(item.edit.file, options.base)}`);
  else if (place) lines.push(`  at ${place}`);
  if (item.advice) lines.push(...item.advice.split('\n').map((line) => `  ${line}`));
  if (item.caution) lines.push(`  Note: ${item.caution}`);
  return lines;
}

/** The report as text, one string with line ends. */
export function textReport(report: Report, options: TextOptions = {}): string {
  const most = options.most ?? 12;
  const error = report.error
    ? [
        `${/^\w*Error: /.test(report.error.message) ? '' : 'Error: '}${report.error.message}${report.error.file ? ` (${relative(report.error.file, options.base)}:${report.error.line ?? '?'})` : ''}`,
      ]
    : [];
  const isEmptyRun = report.origin === 'run' && report.kernels.length === 0 && report.steps.count === 0;
  const measured = (): string[][] => [
    stepLines(report),
    report.kernels.length > 0 ? kernelLines(report.kernels, most) : ['No kernel was dispatched.'],
  ];
  const sections = [
    [...headline(report, options), ...error],
    ...(isEmptyRun ? [nothingRan(report)] : measured()),
    layerLines(report.layers, Math.max(most, 24), options),
    memoryLines(report),
    report.suggestions.flatMap((item) => suggestionLines(item, options)),
    report.notes.map((note) => `Note: ${note}`),
  ];
  return sections.filter((lines) => lines.length > 0).map((lines) => lines.join('\n')).join('\n\n') + '\n'; // prettier-ignore
}
