/** The kernel table of an imported trace, with the figures its recorder states, weighted by time. */
import type { Trace } from '../../trace/model.ts';
import { blocksPerUnit, recordedOccupancies, statedOccupancyPercent } from './occupancy.ts';
import { usesTensorCores } from './gpu-metrics.ts';

export interface RecordedKernelStats {
  readonly name: string;
  /** Operator that launched it; empty when unknown. With `byOperator` false the first one met. */
  readonly operator: string;
  /** Name of its queue's track; with `byOperator` false the first one met. */
  readonly queue: string;
  readonly calls: number;
  readonly totalNs: number;
  readonly meanNs: number;
  readonly minNs: number;
  readonly maxNs: number;
  readonly tensorCores: boolean;
  /** Means weighted by time; a call whose figure is unknown counts as 0, as in PyTorch's table. */
  readonly blocksPerSm: number;
  readonly occupancyPercentAsRecorded: number;
  readonly occupancyPercent: number;
}

export interface KernelTableOptions {
  /**
   * One row for each operator and queue a kernel is launched by and runs on, instead of one a kernel. Annotations of the
   * script are no operators: a kernel with nothing else around its launch has none.
   */
  readonly byOperator?: boolean;
  /** Only kernels whose launching call is in the trace. */
  readonly launchedOnly?: boolean;
}

/** Largest total time first. */
export function recordedKernels(
  trace: Trace,
  { byOperator = false, launchedOnly = false }: KernelTableOptions = {},
): RecordedKernelStats[] {
  const { dispatches, launches } = trace.tables;
  const blocks = blocksPerUnit(trace);
  const stated = statedOccupancyPercent(trace);
  const computed = recordedOccupancies(trace);
  const operators = byOperator ? operatorNames(trace) : null;
  const queues = trace.tracks.flatMap((track) => (track.kind === 'gpu-queue' ? [track.name] : []));
  const rows = new Map<
    string,
    {
      name: string;
      operator: string;
      queue: string;
      calls: number;
      total: number;
      min: number;
      max: number;
      blocks: number;
      stated: number;
      computed: number;
    }
  >();
  for (let i = 0; i < dispatches.length; i++) {
    if (launchedOnly && Number.isNaN(dispatches.cpuNs[i] as number)) continue;
    const launch = dispatches.launch[i] as number;
    const name = trace.kernels[launches.kernel[launch] as number]?.name ?? '';
    const op = launches.op[launch] as number;
    const operator = operators && !operators.has(op) ? '' : (trace.strings[op] ?? '');
    const queue = queues[dispatches.queue[i] as number] ?? '';
    const key = byOperator ? `${name}\u0000${operator}\u0000${queue}` : name;
    let row = rows.get(key);
    if (!row)
      rows.set(
        key,
        (row = {
          name,
          operator,
          queue,
          calls: 0,
          total: 0,
          min: Infinity,
          max: 0,
          blocks: 0,
          stated: 0,
          computed: 0,
        }),
      );
    const ns = (dispatches.endNs[i] as number) - (dispatches.startNs[i] as number);
    row.calls++;
    row.total += ns;
    row.min = Math.min(row.min, ns);
    row.max = Math.max(row.max, ns);
    row.blocks += ns * ((blocks[launch] as number) || 0);
    row.stated += ns * ((stated[launch] as number) || 0);
    row.computed += ns * 100 * (computed[launch]?.achieved || 0);
  }
  return [...rows.values()]
    .map((row) => ({
      name: row.name,
      operator: row.operator,
      queue: row.queue,
      calls: row.calls,
      totalNs: row.total,
      meanNs: row.total / row.calls,
      minNs: row.min,
      maxNs: row.max,
      tensorCores: usesTensorCores(row.name),
      blocksPerSm: row.total > 0 ? row.blocks / row.total : 0,
      occupancyPercentAsRecorded: row.total > 0 ? row.stated / row.total : 0,
      occupancyPercent: row.total > 0 ? row.computed / row.total : 0,
    }))
    .sort((a, b) => b.totalNs - a.totalNs);
}

/** Names that operators have, as string ids; null where the trace does not tell operators from annotations. */
function operatorNames({ tables: { slices }, tracks }: Trace): ReadonlySet<number> | null {
  const names = new Set<number>();
  for (let i = 0; i < slices.length; i++)
    if (tracks[slices.track[i] as number]?.content === 'operators') names.add(slices.name[i] as number);
  return names.size > 0 ? names : null;
}
