/** Expected results of AMD's TraceLens: device time, kernel and operator summaries as CSV. */
import { deviceTime } from '../../src/analysis/recorded/device-time.ts';
import { recordedKernels } from '../../src/analysis/recorded/kernels.ts';
import { operatorCategory } from '../../src/analysis/recorded/operator-category.ts';
import { operatorFacts } from '../../src/analysis/recorded/operators.ts';
import type { Trace } from '../../src/trace/model.ts';
import type { Report } from './report.ts';

/** TraceLens adds float64 microseconds since boot: each edge is off by up to 2^-12 µs. */
const EDGE_US = 0.001;
const tolerance = (value: number): number => EDGE_US + Math.abs(value) * 1e-6;
const PERCENT = 0.001;

/** Records of a CSV with quoted fields. */
export function parseCsv(text: string): Record<string, string>[] {
  const rows: string[][] = [[]];
  let field = '';
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i] as string;
    if (quoted) {
      if (c === '"' && text[i + 1] === '"') field += text[++i];
      else if (c === '"') quoted = false;
      else field += c;
    } else if (c === '"') quoted = true;
    else if (c === ',' || c === '\n') {
      rows.at(-1)?.push(field.replace(/\r$/, ''));
      field = '';
      if (c === '\n') rows.push([]);
    } else field += c;
  }
  rows.at(-1)?.push(field);
  const [header = [], ...records] = rows.filter((row) => row.some((cell) => cell !== ''));
  return records.map((row) => Object.fromEntries(header.map((name, i) => [name, row[i] ?? ''])));
}

export function checkDeviceTime(report: Report, file: string, text: string, trace: Trace): void {
  report.rounding(
    'TraceLens: equal to 0.001 µs (+1e-6 relative): its own timestamps are float64 microseconds since boot; percentages to 0.001.',
  );
  const time = deviceTime(trace);
  const ours: Record<string, number | undefined> = {
    computation_time: time?.computationNs,
    exposed_comm_time: time?.exposedCommunicationNs,
    exposed_memcpy_time: time?.exposedCopyNs,
    busy_time: time?.busyNs,
    idle_time: time?.idleNs,
    total_time: time?.totalNs,
    total_comm_time: time?.communicationNs,
    total_memcpy_time: time?.copyNs,
  };
  for (const row of parseCsv(text)) {
    const { type = '', percent } = row;
    const ms = Number(row['time ms']);
    const ns = ours[type] ?? NaN;
    report.number(file, `${type} ms`, ms, ns / 1e6, tolerance(ms * 1000) / 1000);
    if (percent)
      report.number(file, `${type} %`, Number(percent), (100 * ns) / (time?.totalNs ?? NaN), PERCENT);
  }
}

export function checkKernelSummary(report: Report, file: string, text: string, trace: Trace): void {
  const kernels = recordedKernels(trace, { byOperator: true, launchedOnly: true });
  const key = (operator: string, name: string, stream: string): string =>
    `${operator}\u0000${name}\u0000${stream}`;
  const of = new Map(
    kernels.map((row) => [key(row.operator, row.name, row.queue.replace(/^stream /, '')), row]),
  );
  const all = kernels.reduce((sum, { totalNs }) => sum + totalNs, 0);
  const window = deviceTime(trace)?.totalNs ?? NaN;
  const rows = parseCsv(text);
  report.number(file, 'kernel summary: rows', rows.length, kernels.length, 0);
  for (const row of rows) {
    const operator = row['Parent cpu_op'] ?? '';
    const name = row['Kernel name'] ?? '';
    const ours = of.get(key(operator, name, row['Kernel stream'] ?? ''));
    const figure = (
      column: string,
      value: number | undefined,
      within: (expected: number) => number,
    ): void => {
      if (row[column])
        report.number(
          file,
          `${operator} / ${name.slice(0, 50)}: ${column}`,
          Number(row[column]),
          value ?? NaN,
          within(Number(row[column])),
        );
    };
    figure('Kernel duration (µs)_count', ours?.calls, () => 0);
    figure('Kernel duration (µs)_sum', (ours?.totalNs ?? NaN) / 1000, tolerance);
    figure('Kernel duration (µs)_mean', (ours?.meanNs ?? NaN) / 1000, tolerance);
    figure('Kernel duration (µs)_min', (ours?.minNs ?? NaN) / 1000, tolerance);
    figure('Kernel duration (µs)_max', (ours?.maxNs ?? NaN) / 1000, tolerance);
    figure('Percent of kernels time (%)', (100 * (ours?.totalNs ?? NaN)) / all, () => PERCENT);
    figure('Percent of total time (%)', (100 * (ours?.totalNs ?? NaN)) / window, () => PERCENT);
    if (row['Parent op category'])
      report.text(
        file,
        `${operator} / ${name.slice(0, 50)}: category`,
        row['Parent op category'],
        operatorCategory(operator, name),
      );
  }
}

export function checkOperatorSummary(report: Report, file: string, text: string, trace: Trace): void {
  const operators = operatorFacts(trace).operators.filter(({ launchedNs }) => launchedNs > 0);
  const of = new Map(operators.map((row) => [row.name, row]));
  const all = operators.reduce((sum, { launchedNs }) => sum + launchedNs, 0);
  const rows = parseCsv(text);
  report.number(file, 'operator summary: rows', rows.length, operators.length, 0);
  for (const row of rows) {
    const { name = '' } = row;
    const ours = of.get(name);
    const direct = Number(row['total_direct_kernel_time_sum']);
    report.number(
      file,
      `${name}: total_direct_kernel_time_sum µs`,
      direct,
      (ours?.launchedNs ?? NaN) / 1000,
      tolerance(direct),
    );
    const subtree = Number(row['total_subtree_kernel_time_sum']);
    report.number(
      file,
      `${name}: total_subtree_kernel_time_sum µs`,
      subtree,
      (ours?.deviceTotalNs ?? NaN) / 1000,
      tolerance(subtree),
    );
    report.number(
      file,
      `${name}: Percentage (%)`,
      Number(row['Percentage (%)']),
      (100 * (ours?.launchedNs ?? NaN)) / all,
      PERCENT,
    );
    report.number(file, `${name}: Count`, Number(row['Count']), ours?.launchingCalls ?? NaN, 0);
  }
}
