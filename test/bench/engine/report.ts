/** The bench's table: every figure measured in this run, and each peer as a ratio to ours. */
import type { StepCounts } from './counters.ts';
import type { WorkloadName } from './workloads.ts';

export interface Row {
  readonly workload: WorkloadName;
  readonly engine: string;
  /** Median milliseconds of a step, the loss read each time. */
  readonly stepMs?: number;
  /** Processor time of the whole process per step: both cores count, so up to twice the wall time on two. */
  readonly cpuMs?: number;
  readonly firstMs?: number;
  readonly firstCpuMs?: number;
  /** First step of a second process, whose shaders are compiled; ours only. */
  readonly againMs?: number | null;
  readonly peakBytes?: number | null;
  readonly counts?: StepCounts | null;
  readonly pipelines?: number | null;
  readonly losses?: readonly number[];
  readonly missing?: string;
}

export interface Ratios {
  readonly step: number | null;
  /** By processor time: what counts on a software adapter, where other programs stretch the wall time. */
  readonly stepCpu: number | null;
  readonly first: number | null;
  readonly firstCpu: number | null;
  readonly peak: number | null;
  /** Largest relative difference of the loss from PyTorch's. */
  readonly lossApart: number | null;
}

const over = (theirs: number | null | undefined, ours: number | null | undefined): number | null =>
  theirs && ours ? theirs / ours : null;

/** A peer's figures as multiples of ours: 8 in `step` means we take an eighth of its time. */
export function ratiosOf(row: Row, all: readonly Row[]): Ratios {
  const ours = all.find(({ workload, engine }) => workload === row.workload && engine === 'kernelscope');
  const torch = all.find(({ workload, engine }) => workload === row.workload && engine.startsWith('torch'));
  return {
    step: over(row.stepMs, ours?.stepMs),
    stepCpu: over(row.cpuMs, ours?.cpuMs),
    first: over(row.firstMs, ours?.firstMs),
    firstCpu: over(row.firstCpuMs, ours?.firstCpuMs),
    peak: over(row.peakBytes, ours?.peakBytes),
    lossApart: row.losses && torch?.losses && row !== torch ? apart(row.losses, torch.losses) : null,
  };
}

function apart(losses: readonly number[], expected: readonly number[]): number {
  const together = Math.min(losses.length, expected.length);
  let most = 0;
  for (let i = 0; i < together; i++)
    most = Math.max(most, Math.abs((losses[i] as number) / (expected[i] as number) - 1));
  return most;
}

const HEAD = [
  'workload', 'engine', 'ms/step', 'x ours', 'cpu ms', 'x ours', '1st ms', 'x ours', '1st cpu', 'x ours', 'peak MB', 'x ours',
  'disp', 'passes', 'submits', 'new buf', 'new bind', 'writes', 'loss apart',
]; // prettier-ignore

export function tableOf(rows: readonly Row[]): string {
  const lines = rows.map((row) => {
    if (row.missing) return [row.workload, row.engine, row.missing];
    const { step, stepCpu, first, firstCpu, peak, lossApart } = ratiosOf(row, rows);
    const counts = row.counts;
    return [
      row.workload,
      row.engine,
      number(row.stepMs),
      number(step, 2),
      number(row.cpuMs),
      number(stepCpu, 2),
      number(row.firstMs, 0),
      number(first, 2),
      number(row.firstCpuMs, 0),
      number(firstCpu, 2),
      number(row.peakBytes ? row.peakBytes / 1e6 : null),
      number(peak, 2),
      ...(counts
        ? [
            counts.dispatches,
            counts.passes,
            counts.submits,
            counts.buffers,
            counts.bindGroups,
            counts.writes,
          ].map(String)
        : Array<string>(6).fill('-')),
      lossApart === null ? '-' : lossApart.toExponential(1),
    ];
  });
  const all = [HEAD, ...lines];
  const widths = HEAD.map((_, i) =>
    Math.max(...all.map((line) => (line.length === 3 && i === 2 ? 0 : (line[i]?.length ?? 0)))),
  );
  return all
    .map((line) =>
      line.map((text, i) => (i < 2 ? text.padEnd(widths[i] ?? 0) : text.padStart(widths[i] ?? 0))).join('  '),
    )
    .join('\n');
}

function number(value: number | null | undefined, digits = 1): string {
  return value === null || value === undefined ? '-' : value.toFixed(digits);
}
