/**
 * The seven rules of PyTorch's deleted TensorBoard plug-in, with its thresholds, over an imported trace. Each is silent
 * where the trace lacks what it needs.
 */
import type { Trace } from '../../trace/model.ts';
import { formatShare } from '../../base/format.ts';
import { deviceMetrics } from './gpu-metrics.ts';
import { operatorFacts } from './operators.ts';
import type { RoleOfTime } from './roles.ts';
import { stepBreakdown } from './steps.ts';

export interface RecordedAdvice {
  readonly rule:
    | 'data-loader'
    | 'communication'
    | 'low-utilization'
    | 'tensor-cores'
    | 'memory-limit'
    | 'data-parallel'
    | 'backend';
  /** The figure that made the rule speak. */
  readonly evidence: string;
  readonly advice: string;
}

const DATA_LOADER_SHARE = 0.05;
const COMMUNICATION_SHARE = 0.1;
const LOW_UTILIZATION = 0.5;
const MEMORY_SHARE = 0.9;
/** Compute capability from which tensor cores exist, and from which NCCL runs. */
const TENSOR_CORES_FROM = 7;
const NCCL_FROM = 3.5;

export function recordedAdvice(trace: Trace): RecordedAdvice[] {
  const steps = stepBreakdown(trace);
  const total = steps.reduce((sum, { startNs, endNs }) => sum + endNs - startNs, 0);
  const share = (role: RoleOfTime): number =>
    total > 0 ? steps.reduce((sum, { ns }) => sum + ns[role], 0) / total : 0;
  const devices = deviceMetrics(trace);
  const found: RecordedAdvice[] = [];
  const add = (rule: RecordedAdvice['rule'], evidence: string, advice: string): void =>
    void found.push({ rule, evidence, advice });

  if (share('dataLoader') > DATA_LOADER_SHARE)
    add(
      'data-loader',
      `${formatShare(share('dataLoader'))} of the step time is in the data loader`,
      'Load in other processes: set num_workers (and pin_memory) of the DataLoader.',
    );
  if (share('communication') > COMMUNICATION_SHARE)
    add(
      'communication',
      `${formatShare(share('communication'))} of the step time is communication`,
      'Compress gradients, or accumulate them over several batches so that they are exchanged less often.',
    );
  for (const { device, utilization } of devices)
    if (utilization < LOW_UTILIZATION)
      add(
        'low-utilization',
        `${device} is busy ${formatShare(utilization)} of the step time`,
        'Raise the batch size if memory allows; it may change how the model converges.',
      );
  tensorCores(
    trace,
    devices.every(({ tensorCoreShare }) => !(tensorCoreShare > 0)),
    add,
  );
  memoryLimit(trace, add);
  distributed(trace, devices.length, add);
  return found;
}

type Add = (rule: RecordedAdvice['rule'], evidence: string, advice: string) => void;

function capability(trace: Trace): number {
  const { computeMajor = NaN, computeMinor = 0 } = trace.meta.adapter?.limits ?? {};
  return trace.meta.adapter?.vendor === 'nvidia' ? computeMajor + computeMinor / 10 : NaN;
}

function tensorCores(trace: Trace, unused: boolean, add: Add): void {
  if (!unused || !(capability(trace) >= TENSOR_CORES_FROM) || trace.tables.dispatches.length === 0) return;
  const { tensorCoreEligibleShare } = operatorFacts(trace);
  if (tensorCoreEligibleShare > 0)
    add(
      'tensor-cores',
      `no kernel uses tensor cores; ${formatShare(tensorCoreEligibleShare)} of the kernel time comes from operators that could`,
      'Turn on automatic mixed precision (torch.autocast).',
    );
}

function memoryLimit(trace: Trace, add: Add): void {
  const memory = trace.meta.adapter?.memoryBytes;
  if (!memory) return;
  const { samples } = trace.tables;
  const peaks = new Map<string, number>();
  for (let i = 0; i < samples.length; i++) {
    const name = trace.series[samples.series[i] as number]?.name ?? '';
    if (/^GPU \d+ allocated$/.test(name))
      peaks.set(name, Math.max(peaks.get(name) ?? 0, samples.value[i] as number));
  }
  for (const [name, peak] of peaks)
    if (peak > memory * MEMORY_SHARE)
      add(
        'memory-limit',
        `${name.replace(' allocated', '')} peaks at ${formatShare(peak / memory)} of its memory`,
        'Checkpoint activations or use mixed precision before raising the batch size.',
      );
}

function distributed(trace: Trace, devices: number, add: Add): void {
  const names = new Set(trace.strings);
  if (names.has('DataParallel.forward') && devices > 1)
    add(
      'data-parallel',
      `DataParallel runs on ${devices} GPUs from one process`,
      'Use DistributedDataParallel.',
    );
  const usesNccl =
    trace.strings.some((name) => name.startsWith('nccl:')) ||
    trace.kernels.some(({ name }) => /nccl/i.test(name));
  if (names.has('DistributedDataParallel.forward') && !usesNccl && capability(trace) >= NCCL_FROM)
    add(
      'backend',
      'DistributedDataParallel runs without NCCL',
      'Use the NCCL backend: it is the fastest on these GPUs.',
    );
}
