/** Where a step went, as parts of one bar: kernels by family, then the causes of idle time. Pure. */
import type { IdleCause, IdleSplit } from '../../src/analysis/idle.ts';
import { IDLE_CAUSES } from '../../src/analysis/idle.ts';
import type { KernelStats } from '../../src/analysis/kernels.ts';
import { FAMILIES } from '../../src/trace/model.ts';
import type { Family } from '../../src/trace/model.ts';

export type PartOf =
  | { readonly kind: 'family'; readonly family: Family }
  | { readonly kind: 'idle'; readonly cause: IdleCause };

export interface StepPart {
  readonly of: PartOf;
  readonly share: number;
}

/** Parts of less than this are left out of the bar, not out of the sums: the rest of the bar stays empty. */
const MIN_SHARE = 0.002;

/**
 * Kernel time is spread over families by their share of all kernel time, so that busy and idle time together are the
 * whole step.
 */
export function stepParts(kernels: readonly KernelStats[], idle: IdleSplit): StepPart[] {
  if (!(idle.windowNs > 0)) return [];
  const busy = idle.busyNs / idle.windowNs;
  const byFamily = new Map<Family, number>();
  for (const { family, share } of kernels)
    if (share > 0) byFamily.set(family, (byFamily.get(family) ?? 0) + share);
  const families = FAMILIES.map((family): StepPart => ({
    of: { kind: 'family', family },
    share: (byFamily.get(family) ?? 0) * busy,
  }));
  const causes = IDLE_CAUSES.map((cause): StepPart => ({
    of: { kind: 'idle', cause },
    share: idle.byCause[cause] / idle.windowNs,
  }));
  const larger = (a: StepPart, b: StepPart) => b.share - a.share;
  return [...families.sort(larger), ...causes.sort(larger)].filter(({ share }) => share >= MIN_SHARE); // prettier-ignore
}
