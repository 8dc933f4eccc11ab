/** Expected results of PyTorch's TensorBoard plug-in: lines of JSON as its server answered. */
import { deviceMetrics } from '../../src/analysis/recorded/gpu-metrics.ts';
import { recordedKernels } from '../../src/analysis/recorded/kernels.ts';
import { operatorFacts } from '../../src/analysis/recorded/operators.ts';
import { stepBreakdown } from '../../src/analysis/recorded/steps.ts';
import type { StepBreakdown } from '../../src/analysis/recorded/steps.ts';
import type { Trace } from '../../src/trace/model.ts';
import type { Report } from './report.ts';

type Cell = string | number;
interface Table {
  readonly columns: readonly { readonly name?: string; readonly role?: string }[];
  readonly rows: readonly (readonly Cell[])[];
}

const ROLE: Readonly<Record<string, keyof StepBreakdown['ns']>> = {
  Kernel: 'kernel', Memcpy: 'memcpy', Memset: 'memset', Communication: 'communication', Runtime: 'runtime', DataLoader: 'dataLoader', 'CPU Exec': 'cpu', Other: 'other',
}; // prettier-ignore

const us = (ns: number): number => ns / 1000;
/** The plug-in rounds to whole microseconds, and to two decimals elsewhere. */
const WHOLE = 0.5 + 1e-6;
const CENTI = 0.005 + 1e-9;

/** Splits a file of answers into runs: each begins with an overview. */
export function groupsOf(text: string): Record<string, unknown>[][] {
  const groups: Record<string, unknown>[][] = [];
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const answer = JSON.parse(line) as Record<string, unknown>;
    if ('steps' in answer || groups.length === 0) groups.push([]);
    groups.at(-1)?.push(answer);
  }
  return groups;
}

/** Largest difference of a step's total, µs: tells which run a group belongs to. */
export function distance(group: readonly Record<string, unknown>[], trace: Trace): number {
  const table = group.find((answer) => 'steps' in answer)?.['steps'] as Table | undefined;
  const steps = stepBreakdown(trace);
  if (!table || table.rows.length !== steps.length) return Infinity;
  const totals = table.rows.map((row) =>
    row.slice(1).reduce((sum: number, cell) => sum + (typeof cell === 'number' ? cell : 0), 0),
  );
  return Math.max(
    ...totals.map((total, i) =>
      Math.abs(total - us((steps[i] as StepBreakdown).endNs - (steps[i] as StepBreakdown).startNs)),
    ),
  );
}

export function checkTensorBoard(
  report: Report,
  file: string,
  group: readonly Record<string, unknown>[],
  trace: Trace,
): void {
  report.rounding(
    'TensorBoard plug-in: times equal to the whole microsecond it prints, shares and means to its two decimals.',
  );
  for (const answer of group) {
    if ('steps' in answer) checkOverview(report, file, answer, trace);
    else if ('device_total_time' in answer || 'host_total_time' in answer)
      checkOperatorPie(report, file, answer, trace);
    else if ('total' in answer) checkKernelPie(report, file, answer['total'] as Table, trace);
    else if (Array.isArray(answer['data']))
      checkOperators(report, file, answer['data'] as Record<string, Cell | boolean>[], trace);
    else if (answer['data']) checkKernels(report, file, answer['data'] as Table, trace);
  }
}

function checkOverview(report: Report, file: string, answer: Record<string, unknown>, trace: Trace): void {
  const steps = stepBreakdown(trace);
  const { columns, rows } = answer['steps'] as Table;
  rows.forEach((row, at) => {
    const step = steps[at];
    report.text(file, `step ${at + 1}: name`, String(row[0]), step?.name ?? '(none)');
    columns.forEach(({ name = '', role }, c) => {
      const key = ROLE[name];
      if (!role && key)
        report.number(file, `step ${row[0]}: ${name} µs`, row[c] as number, us(step?.ns[key] ?? NaN), WHOLE);
    });
  });
  const mean = (value: (step: StepBreakdown) => number): number =>
    steps.reduce((sum, step) => sum + value(step), 0) / steps.length;
  const averageStep = mean(({ startNs, endNs }) => endNs - startNs);
  for (const entry of answer['performance'] as {
    name: string;
    value: number;
    children: { name: string; value: number; extra: number }[];
  }[]) {
    report.number(file, `${entry.name} µs`, entry.value, us(averageStep), WHOLE);
    for (const { name, value, extra } of entry.children) {
      const key = ROLE[name];
      if (!key) continue;
      const part = mean(({ ns }) => ns[key]);
      report.number(file, `average ${name} µs`, value, us(part), WHOLE);
      report.number(file, `average ${name} %`, extra, (100 * part) / averageStep, CENTI);
    }
  }
  checkAdvice(
    report,
    file,
    String(answer['recommendations'] ?? ''),
    trace,
    mean(({ ns }) => ns.dataLoader) / averageStep,
  );
  checkDevice(
    report,
    file,
    (answer['gpu_metrics'] as { data?: { title: string; value: string }[] } | undefined)?.data ?? [],
    trace,
  );
}

function checkAdvice(
  report: Report,
  file: string,
  html: string,
  trace: Trace,
  dataLoaderShare: number,
): void {
  const loader = /([\d.]+)% of the step time is in DataLoader/.exec(html)?.[1];
  if (loader) report.number(file, 'advice: DataLoader %', Number(loader), 100 * dataLoaderShare, 0.05 + 1e-9);
  const eligible = /Kernels with (\d+)% time are launched by Tensor Cores/.exec(html)?.[1];
  if (eligible)
    report.number(
      file,
      'advice: tensor-core eligible %',
      Number(eligible),
      100 * operatorFacts(trace).tensorCoreEligibleShare,
      WHOLE,
    );
}

function checkDevice(
  report: Report,
  file: string,
  data: readonly { title: string; value: string }[],
  trace: Trace,
): void {
  const device = deviceMetrics(trace)[0];
  const ours: Record<string, number | undefined> = {
    'GPU Utilization': device?.utilization,
    'Est. SM Efficiency': device?.smEfficiency,
    'Est. Achieved Occupancy': device?.occupancyAsRecorded,
    'Kernel Time using Tensor Cores': device?.tensorCoreShare,
  };
  for (const { title, value } of data) {
    if (title in ours)
      report.number(file, `${title} %`, parseFloat(value), 100 * (ours[title] ?? NaN), CENTI);
    if (title === 'Name') report.text(file, 'GPU name', value, trace.meta.adapter?.name ?? '');
    if (title === 'Memory')
      report.number(
        file,
        'GPU memory GiB',
        parseFloat(value),
        (trace.meta.adapter?.memoryBytes ?? NaN) / 2 ** 30,
        CENTI,
      );
    if (title === 'Compute Capability')
      report.text(
        file,
        title,
        value,
        `${trace.meta.adapter?.limits['computeMajor']}.${trace.meta.adapter?.limits['computeMinor']}`,
      );
  }
}

function checkOperatorPie(report: Report, file: string, answer: Record<string, unknown>, trace: Trace): void {
  const { operators } = operatorFacts(trace);
  const of = new Map(operators.map((row) => [row.name, row]));
  const fields = {
    device_total_time: 'deviceTotalNs',
    device_self_time: 'deviceSelfNs',
    host_total_time: 'hostTotalNs',
    host_self_time: 'hostSelfNs',
  } as const;
  for (const [name, field] of Object.entries(fields)) {
    const table = answer[name] as Table | null | undefined;
    if (!table) continue;
    for (const [operator, value] of table.rows)
      report.number(
        file,
        `operator pie, ${name}: ${operator} µs`,
        value as number,
        us(of.get(String(operator))?.[field] ?? NaN),
        WHOLE,
      );
    report.number(
      file,
      `operator pie, ${name}: entries`,
      table.rows.length,
      operators.filter((row) => row[field] > 0).length,
      0,
    );
  }
}

function checkOperators(
  report: Report,
  file: string,
  rows: readonly Record<string, Cell | boolean>[],
  trace: Trace,
): void {
  const { operators } = operatorFacts(trace);
  const of = new Map(operators.map((row) => [row.name, row]));
  report.number(file, 'operator table: rows', rows.length, operators.length, 0);
  for (const row of rows) {
    const ours = of.get(String(row['name']));
    const number = (column: string, value: number | undefined, tolerance: number): void => {
      if (column in row)
        report.number(
          file,
          `operator ${row['name']}: ${column}`,
          row[column] as number,
          value ?? NaN,
          tolerance,
        );
    };
    number('calls', ours?.calls, 0);
    number('device_self_duration', us(ours?.deviceSelfNs ?? NaN), WHOLE);
    number('device_total_duration', us(ours?.deviceTotalNs ?? NaN), WHOLE);
    number('host_self_duration', us(ours?.hostSelfNs ?? NaN), WHOLE);
    number('host_total_duration', us(ours?.hostTotalNs ?? NaN), WHOLE);
    number('tc_self_ratio', 100 * (ours?.tensorCoreSelfShare ?? NaN), CENTI);
    number('tc_total_ratio', 100 * (ours?.tensorCoreTotalShare ?? NaN), CENTI);
    if ('tc_eligible' in row)
      report.text(
        file,
        `operator ${row['name']}: tc_eligible`,
        String(row['tc_eligible']),
        ours?.tensorCoreEligible ? 'Yes' : 'No',
      );
  }
}

function checkKernels(report: Report, file: string, { columns, rows }: Table, trace: Trace): void {
  const kernels = recordedKernels(trace);
  const of = new Map(kernels.map((row) => [row.name, row]));
  report.number(file, 'kernel table: rows', rows.length, kernels.length, 0);
  for (const row of rows) {
    const ours = of.get(String(row[0]));
    const figures: Record<string, readonly [number | undefined, number]> = {
      Calls: [ours?.calls, 0],
      'Total Duration (us)': [us(ours?.totalNs ?? NaN), WHOLE],
      'Mean Duration (us)': [us(ours?.meanNs ?? NaN), WHOLE],
      'Max Duration (us)': [us(ours?.maxNs ?? NaN), WHOLE],
      'Min Duration (us)': [us(ours?.minNs ?? NaN), WHOLE],
      'Mean Blocks Per SM': [ours?.blocksPerSm, CENTI],
      'Mean Est. Achieved Occupancy (%)': [ours?.occupancyPercentAsRecorded, CENTI],
    };
    columns.forEach(({ name = '' }, c) => {
      const figure = figures[name];
      if (figure)
        report.number(
          file,
          `kernel ${String(row[0]).slice(0, 60)}: ${name}`,
          row[c] as number,
          figure[0] ?? NaN,
          figure[1],
        );
      else if (name === 'Tensor Cores Used')
        report.text(
          file,
          `kernel ${String(row[0]).slice(0, 60)}: ${name}`,
          String(row[c]),
          ours?.tensorCores ? 'Yes' : 'No',
        );
    });
  }
}

function checkKernelPie(report: Report, file: string, { rows }: Table, trace: Trace): void {
  const of = new Map(recordedKernels(trace).map((row) => [row.name, row]));
  for (const [name, value] of rows)
    report.number(
      file,
      `kernel pie: ${String(name).slice(0, 60)} µs`,
      value as number,
      us(of.get(String(name))?.totalNs ?? NaN),
      WHOLE,
    );
}
