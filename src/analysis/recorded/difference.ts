/** Two imported traces by what they run: operators and kernels added, removed, called more or less often, slower or faster. */
import type { Trace } from '../../trace/model.ts';
import { recordedKernels } from './kernels.ts';
import { trackRoles } from './roles.ts';

export type ChangeKind = 'added' | 'removed' | 'more calls' | 'fewer calls' | 'same calls';

export interface WorkChange {
  readonly name: string;
  readonly kind: ChangeKind;
  readonly callsBefore: number;
  readonly callsAfter: number;
  readonly nsBefore: number;
  readonly nsAfter: number;
}

export interface Difference {
  /** Largest change of time first. */
  readonly operators: WorkChange[];
  readonly kernels: WorkChange[];
}

interface Sum {
  calls: number;
  ns: number;
}

export function recordedDifference(before: Trace, after: Trace): Difference {
  return {
    operators: changes(operatorSums(before), operatorSums(after)),
    kernels: changes(kernelSums(before), kernelSums(after)),
  };
}

/** Operator calls by name, each with its own span: nested ones count too. */
export function operatorSums({ tables: { slices }, tracks, strings }: Trace): Map<string, Sum> {
  const sums = new Map<string, Sum>();
  for (let i = 0; i < slices.length; i++) {
    if (tracks[slices.track[i] as number]?.content !== 'operators') continue;
    const name = strings[slices.name[i] as number] as string;
    let sum = sums.get(name);
    if (!sum) sums.set(name, (sum = { calls: 0, ns: 0 }));
    sum.calls++;
    sum.ns += (slices.endNs[i] as number) - (slices.startNs[i] as number);
  }
  return sums;
}

/** Kernels, and the copies and fills of the queues, by name. */
export function kernelSums(trace: Trace): Map<string, Sum> {
  const sums = new Map(
    recordedKernels(trace).map(({ name, calls, totalNs }) => [name, { calls, ns: totalNs }]),
  );
  const { queues } = trackRoles(trace);
  const { slices } = trace.tables;
  for (let i = 0; i < slices.length; i++) {
    if (!queues.has(slices.track[i] as number)) continue;
    const name = trace.strings[slices.name[i] as number] as string;
    let sum = sums.get(name);
    if (!sum) sums.set(name, (sum = { calls: 0, ns: 0 }));
    sum.calls++;
    sum.ns += (slices.endNs[i] as number) - (slices.startNs[i] as number);
  }
  return sums;
}

function changes(before: ReadonlyMap<string, Sum>, after: ReadonlyMap<string, Sum>): WorkChange[] {
  const none: Sum = { calls: 0, ns: 0 };
  return [...new Set([...before.keys(), ...after.keys()])]
    .map((name) => {
      const a = before.get(name) ?? none;
      const b = after.get(name) ?? none;
      return {
        name,
        kind: kindOf(a.calls, b.calls),
        callsBefore: a.calls,
        callsAfter: b.calls,
        nsBefore: a.ns,
        nsAfter: b.ns,
      };
    })
    .sort((a, b) => Math.abs(b.nsAfter - b.nsBefore) - Math.abs(a.nsAfter - a.nsBefore));
}

function kindOf(before: number, after: number): ChangeKind {
  if (before === 0) return 'added';
  if (after === 0) return 'removed';
  return after > before ? 'more calls' : after < before ? 'fewer calls' : 'same calls';
}
