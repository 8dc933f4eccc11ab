/** What an imported training trace tells in the terms of the tools that recorded it, as text. Empty where it tells nothing. */
import { formatBytes, formatCount, formatNs, formatShare } from '../base/format.ts';
import { recordedAdvice } from '../analysis/recorded/advice.ts';
import { deviceTime } from '../analysis/recorded/device-time.ts';
import { deviceMetrics } from '../analysis/recorded/gpu-metrics.ts';
import { categoryPeak } from '../analysis/recorded/memory.ts';
import { operatorFacts } from '../analysis/recorded/operators.ts';
import { queueFacts } from '../analysis/recorded/queue.ts';
import type { RoleOfTime } from '../analysis/recorded/roles.ts';
import { ROLES_OF_TIME } from '../analysis/recorded/roles.ts';
import { stepBreakdown } from '../analysis/recorded/steps.ts';
import type { Trace } from '../trace/model.ts';
import { textTable } from './text-table.ts';

const ROLE_NAMES: Readonly<Record<RoleOfTime | 'other', string>> = {
  kernel: 'kernel', memcpy: 'memcpy', memset: 'memset', communication: 'communication', runtime: 'runtime', dataLoader: 'data loader', cpu: 'CPU', other: 'other',
}; // prettier-ignore

export function recordedText(trace: Trace, most = 12): string {
  const isTraining = trace.tracks.some(({ content }) => content !== undefined);
  const sections = [
    memoryLines(trace),
    ...(isTraining
      ? [
          stepLines(trace),
          deviceLines(trace),
          queueLines(trace),
          operatorLines(trace, most),
          adviceLines(trace),
        ]
      : []),
  ];
  const text = sections.filter((lines) => lines.length > 0).map((lines) => lines.join('\n'));
  return text.length > 0 ? `${text.join('\n\n')}\n` : '';
}

function memoryLines(trace: Trace): string[] {
  const peak = categoryPeak(trace);
  if (!peak) return [];
  const columns = [
    { title: 'category', align: 'left' as const },
    ...['bytes', 'share'].map((title) => ({ title, align: 'right' as const })),
  ];
  const rows = peak.categories.map(({ name, bytes }) => [
    name,
    formatBytes(bytes),
    formatShare(bytes / peak.totalBytes),
  ]);
  return [
    `Memory by category at its peak of ${formatBytes(peak.totalBytes)}, ${formatNs(peak.atNs, 3)} after the start`,
    ...textTable(columns, rows).map((line) => `  ${line}`),
  ];
}

function stepLines(trace: Trace): string[] {
  const steps = stepBreakdown(trace);
  if (steps.length === 0) return [];
  const roles = [...ROLES_OF_TIME, 'other' as const].filter((role) => steps.some(({ ns }) => ns[role] > 0));
  const total = steps.reduce((sum, { startNs, endNs }) => sum + endNs - startNs, 0);
  const cells = (name: string, ns: number, part: (role: RoleOfTime | 'other') => number): string[] => [
    name,
    formatNs(ns, 3),
    ...roles.map((role) => formatShare(part(role) / ns)),
  ];
  const rows = steps
    .slice(0, 20)
    .map((step) => cells(step.name, step.endNs - step.startNs, (role) => step.ns[role]));
  rows.push(cells('all', total, (role) => steps.reduce((sum, { ns }) => sum + ns[role], 0)));
  const columns = ['step', 'time', ...roles.map((role) => ROLE_NAMES[role])].map((title, i) => ({
    title,
    align: i === 0 ? ('left' as const) : ('right' as const),
  }));
  return [
    'Steps until their last GPU work ends; each moment counts once, for the first role that has it',
    ...textTable(columns, rows).map((line) => `  ${line}`),
  ];
}

function deviceLines(trace: Trace): string[] {
  const lines = deviceMetrics(trace).map(
    ({ device, utilization, smEfficiency, occupancy, tensorCoreShare }) =>
      `${device}: utilization ${formatShare(utilization)} · est. SM efficiency ${formatShare(smEfficiency)} · est. achieved occupancy ${formatShare(occupancy)} · tensor cores ${formatShare(tensorCoreShare)} of kernel time`,
  );
  const time = deviceTime(trace);
  if (time)
    lines.push(
      `Launched GPU work: ${formatNs(time.totalNs, 3)} from first to last, busy ${formatShare(time.busyNs / time.totalNs)}, idle ${formatShare(time.idleNs / time.totalNs)}; ` +
        `exposed communication ${formatShare(time.exposedCommunicationNs / time.totalNs)}, exposed copies ${formatShare(time.exposedCopyNs / time.totalNs)}`,
    );
  return lines;
}

function queueLines(trace: Trace): string[] {
  return queueFacts(trace).map(
    ({ queue, launches, delayMedianNs, delayP95Ns, lengthMean, lengthMax }) =>
      `${queue}: ${formatCount(launches)} launches, delay ${formatNs(delayMedianNs)} (95 %: ${formatNs(delayP95Ns)}), queued ${lengthMean.toFixed(1)} on average, ${formatCount(lengthMax)} at most`,
  );
}

function operatorLines(trace: Trace, most: number): string[] {
  const { operators } = operatorFacts(trace);
  if (operators.length === 0) return [];
  const device = operators.reduce((sum, { deviceSelfNs }) => sum + deviceSelfNs, 0);
  const time = (ns: number): string => (ns > 0 ? formatNs(ns, 3) : '–');
  const columns = [
    { title: 'operator', align: 'left' as const, width: 48 },
    ...['share', 'GPU self', 'GPU total', 'CPU self', 'CPU total', 'calls'].map((title) => ({
      title,
      align: 'right' as const,
    })),
  ];
  const rows = operators
    .slice(0, most)
    .map((row) => [
      row.name,
      device > 0 ? formatShare(row.deviceSelfNs / device) : '–',
      time(row.deviceSelfNs),
      time(row.deviceTotalNs),
      time(row.hostSelfNs),
      time(row.hostTotalNs),
      formatCount(row.calls),
    ]);
  const rest = operators.length - rows.length;
  return [
    'Operators',
    ...textTable(columns, rows).map((line) => `  ${line}`),
    ...(rest > 0 ? [`  and ${rest} more`] : []),
  ];
}

function adviceLines(trace: Trace): string[] {
  const advice = recordedAdvice(trace);
  return advice.length === 0
    ? []
    : [
        'Advice (rules of PyTorch’s TensorBoard plug-in)',
        ...advice.map((item) => `  ${item.evidence}. ${item.advice}`),
      ];
}
