/** What rules about single kernels share: one suggestion a kernel that takes enough of the step. */
import type { KernelStats } from '../analysis/kernels.ts';
import { formatNs, formatShare } from '../base/format.ts';
import { sum } from '../base/stats.ts';
import type { Facts } from './facts.ts';
import { rooflineNs } from '../analysis/roofline.ts';
import type { Saving } from './saving.ts';
import { advise, predictSaving, startNsOf, stepNsOf } from './saving.ts';
import type { Evidence, Suggestion } from './suggestion.ts';

export interface KernelFault {
  readonly rule: string;
  /** Shares of the kernel's time that mending would save: likely, least, most; null when the kernel is not at fault. */
  saving(kernel: KernelStats): { readonly share: number; readonly low: number; readonly high: number } | null;
  readonly title: (kernel: KernelStats) => string;
  readonly text: (kernel: KernelStats) => string;
  readonly advice: string | ((kernel: KernelStats) => string);
  readonly formula: string;
  /** More facts that support it. */
  readonly evidence?: (kernel: KernelStats) => readonly Evidence[];
}

/** Ns of a step that the kernel takes. */
export function kernelStepNs(facts: Facts, kernel: number): number {
  return sum(facts.stepLaunches.filter((l) => l.kernel === kernel).map((l) => l.medianNs * l.perStep));
}

/** Kernels under this share of the step are left alone. */
const WORTH = 0.02;

export function kernelAdvice(facts: Facts, fault: KernelFault): Suggestion[] {
  const stepNs = stepNsOf(facts);
  return facts.kernels.flatMap((kernel) => {
    const ns = kernelStepNs(facts, kernel.kernel);
    const saving = ns / stepNs >= WORTH ? fault.saving(kernel) : null;
    if (!saving) return [];
    const location = facts.trace.tables.launches.location[kernel.launch] as number;
    return advise({
      rule: fault.rule,
      key: kernel.name,
      title: fault.title(kernel),
      at: facts.trace.locations[location] ?? null,
      evidence: [
        { text: fault.text(kernel), basis: 'computed' },
        {
          text: `${kernel.name} takes ${formatNs(ns)} a step, ${formatShare(ns / stepNs)} of it`,
          basis: 'measured',
          value: ns / stepNs,
          unit: 'share',
        },
        ...(fault.evidence?.(kernel) ?? []),
      ],
      advice: typeof fault.advice === 'string' ? fault.advice : fault.advice(kernel),
      predicted: predictSaving(
        stepNs,
        withinRoofline(facts, kernel, ns, {
          ns: saving.share * ns,
          low: saving.low * ns,
          high: saving.high * ns,
        }),
        fault.formula,
      ),
    });
  });
}

/** Cut so that the kernel takes no less than the ceilings allow (where they are known), nor less than starting it. */
function withinRoofline(facts: Facts, kernel: KernelStats, stepKernelNs: number, saving: Saving): Saving {
  const dispatches = stepKernelNs / kernel.medianNs;
  const startNs = startNsOf(facts);
  const least = facts.ceilings ? rooflineNs(kernel.flops, kernel.bytesMoved, facts.ceilings) : 0;
  const most = Math.max(0, stepKernelNs - dispatches * Math.max(startNs, least));
  return {
    ns: Math.min(saving.ns, most),
    low: Math.min(saving.low, most),
    high: Math.min(saving.high, most),
  };
}

/**
 * True for a kernel that the script itself wrote: a library tells the operation that a launch is for, under another name than the
 * kernel's. Advice on how a kernel is written is for who can write it.
 */
export function isOwnKernel(facts: Facts, kernel: KernelStats): boolean {
  const op = facts.trace.tables.launches.op[kernel.launch] as number;
  return facts.trace.strings[op] === kernel.name;
}

/** Lanes that run together on the device of the trace; null when that is not known. */
export function waveSize(facts: Facts): number | null {
  const { adapter } = facts.trace.meta;
  if (!adapter) return null;
  return adapter.subgroupMinSize ?? (facts.device.architecture?.startsWith('nvidia') ? 32 : null);
}

export function threadsOf(kernel: KernelStats): number {
  const [x, y, z] = kernel.workgroupSize;
  return x * y * z;
}
