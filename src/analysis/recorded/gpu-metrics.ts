/**
 * Utilization, estimated SM efficiency and achieved occupancy of each device, as PyTorch's TensorBoard plug-in defined
 * them: over the window of all steps, utilization = merged kernel time / window; SM efficiency = integral of
 * min(sum of blocks per SM, 1) / window; occupancy = mean over kernel time, idle time excluded.
 */
import type { Trace } from '../../trace/model.ts';
import { coveredLength, union } from '../intervals.ts';
import { blocksPerUnit, recordedOccupancies, statedOccupancyPercent } from './occupancy.ts';
import { trackRoles } from './roles.ts';
import { recordedSteps } from './steps.ts';

export interface DeviceMetrics {
  /** `GPU 0` */
  readonly device: string;
  readonly kernels: number;
  /** Shares 0..1; NaN when unknown. */
  readonly utilization: number;
  readonly smEfficiency: number;
  /** From the occupancy the recorder wrote beside each kernel. */
  readonly occupancyAsRecorded: number;
  /** From the occupancy computed here, which also knows kernels above 48 KiB of shared memory. */
  readonly occupancy: number;
  readonly tensorCoreShare: number;
}

interface Work {
  readonly rows: number[];
  readonly starts: Float64Array;
  readonly ends: Float64Array;
}

/** Kernels of each device. */
export function kernelsOfDevices(trace: Trace): Map<string, Work> {
  const { dispatches } = trace.tables;
  const { deviceOfQueue } = trackRoles(trace);
  const rows = new Map<string, number[]>();
  for (let i = 0; i < dispatches.length; i++) {
    const device = deviceOfQueue[dispatches.queue[i] as number] ?? 'GPU';
    const list = rows.get(device);
    if (list) list.push(i);
    else rows.set(device, [i]);
  }
  return new Map(
    [...rows].map(([device, list]) => [
      device,
      {
        rows: list,
        starts: Float64Array.from(list, (i) => dispatches.startNs[i] as number),
        ends: Float64Array.from(list, (i) => dispatches.endNs[i] as number),
      },
    ]),
  );
}

export function deviceMetrics(trace: Trace, steps = recordedSteps(trace)): DeviceMetrics[] {
  const from = steps[0]?.startNs ?? NaN;
  const to = steps.at(-1)?.endNs ?? NaN;
  const window = to - from;
  const blocks = blocksPerUnit(trace);
  const stated = statedOccupancyPercent(trace);
  const computed = Float64Array.from(recordedOccupancies(trace), ({ achieved }) => achieved * 100);
  const { dispatches, launches } = trace.tables;
  const tensorCores = trace.kernels.map(({ name }) => usesTensorCores(name));
  return [...kernelsOfDevices(trace)].map(([device, work]) => {
    const launchOf = (at: number): number => dispatches.launch[work.rows[at] as number] as number;
    const weighted = (value: (at: number) => number): number => {
      let total = 0;
      let time = 0;
      for (let at = 0; at < work.rows.length; at++) {
        const ns = Math.min(work.ends[at] as number, to) - Math.max(work.starts[at] as number, from);
        const figure = value(at);
        if (!(ns > 0) || !(figure >= 0)) continue;
        total += figure * ns;
        time += ns;
      }
      return time > 0 ? total / time : NaN;
    };
    return {
      device,
      kernels: work.rows.length,
      utilization: coveredLength(union(work.starts, work.ends), from, to) / window,
      smEfficiency:
        integral(
          efficiencyCurve(work, (at) => blocks[launchOf(at)] as number),
          from,
          to,
        ) / window,
      occupancyAsRecorded: weighted((at) => stated[launchOf(at)] as number) / 100,
      occupancy: weighted((at) => computed[launchOf(at)] as number) / 100,
      tensorCoreShare: weighted((at) => Number(tensorCores[launches.kernel[launchOf(at)] as number])),
    };
  });
}

/** Steps of a curve: `value` from `startNs` to `endNs`. */
export interface Level {
  readonly startNs: number;
  readonly endNs: number;
  readonly value: number;
}

/** min(sum of blocks per SM of the kernels running, 1), where any runs. */
export function efficiencyCurve(work: Work, blocksPerSm: (at: number) => number): Level[] {
  const points: { ns: number; change: number; end: number }[] = [];
  for (let at = 0; at < work.rows.length; at++) {
    const value = blocksPerSm(at);
    if (!(value > 0)) continue;
    points.push(
      { ns: work.starts[at] as number, change: value, end: 0 },
      { ns: work.ends[at] as number, change: -value, end: 1 },
    );
  }
  points.sort((a, b) => a.ns - b.ns || a.end - b.end);
  const levels: Level[] = [];
  let sum = 0;
  let last = points[0]?.ns ?? 0;
  for (const { ns, change } of points) {
    // Sums of floats do not come back to exactly zero.
    if (ns > last && sum > 1e-9) levels.push({ startNs: last, endNs: ns, value: Math.min(sum, 1) });
    last = ns;
    sum += change;
  }
  return levels;
}

function integral(levels: readonly Level[], from: number, to: number): number {
  return levels.reduce(
    (sum, { startNs, endNs, value }) =>
      sum + Math.max(0, Math.min(endNs, to) - Math.max(startNs, from)) * value,
    0,
  );
}

/** Most buckets of a utilization timeline; buckets are a power of ten of microseconds. */
const MAX_BUCKETS = 100;

/** Utilization of one device in buckets over start..end; the last bucket takes the remainder. */
export function utilizationBuckets(work: Work, startNs: number, endNs: number): Level[] {
  const us = (endNs - startNs) / 1000;
  let size = 1;
  while (us / size > MAX_BUCKETS) size *= 10;
  const count = Math.floor(us / size);
  const busy = union(work.starts, work.ends);
  return Array.from({ length: count }, (_, i) => {
    const from = startNs + i * size * 1000;
    const to = i < count - 1 ? from + size * 1000 : endNs;
    return { startNs: from, endNs: to, value: coveredLength(busy, from, to) / (to - from) };
  });
}

/** Parts of kernel names that mean tensor cores (list of NVIDIA's PyProf, as the plug-in used it). */
const TENSOR_CORE_NAMES = ['h884', 's884', 'h1688', 's1688', 'hmma', 'i8816', '16816', 'dgrad_1x1_stride_2x2', 'first_layer_wgrad_kernel', 'conv1x1', 'conv2d_c1_k1', 'direct_group', 'xmma_implicit_gemm', 'xmma_sparse_conv', 'xmma_warp_specialized_implicit_gemm', 'xmma_gemm', 'xmma_sparse_gemm', 'c1688']; // prettier-ignore

export function usesTensorCores(kernelName: string): boolean {
  return TENSOR_CORE_NAMES.some((part) => kernelName.includes(part));
}
