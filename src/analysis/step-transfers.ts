/** What a steady step moves between host and device, by kind. */
import { TRANSFER_KINDS } from '../trace/model.ts';
import type { Trace, TransferKind } from '../trace/model.ts';
import { selectSteps, stepRows } from './selection.ts';

export interface StepTransfers {
  readonly kind: TransferKind;
  /** Transfers, bytes and ns a steady step, on average. */
  readonly count: number;
  readonly bytes: number;
  readonly ns: number;
  /** Location (row of the catalog) that causes most of the time; -1 unknown. */
  readonly location: number;
}

/** One entry a kind; `most` limits to transfers of at most so many bytes each. */
export function stepTransfers(trace: Trace, kind: TransferKind, most = Infinity): StepTransfers {
  const { transfers } = trace.tables;
  const { steady } = selectSteps(trace);
  const isSteady = steadyTransfers(trace, steady);
  const code = TRANSFER_KINDS.indexOf(kind);
  const byLocation = new Map<number, number>();
  let count = 0;
  let bytes = 0;
  let ns = 0;
  for (let i = 0; i < transfers.length; i++) {
    if (transfers.kind[i] !== code || !isSteady(i) || (transfers.sizeBytes[i] as number) > most) continue;
    const duration = Math.max(0, (transfers.endNs[i] as number) - (transfers.startNs[i] as number)) || 0;
    const location = transfers.location[i] as number;
    count++;
    bytes += transfers.sizeBytes[i] as number;
    ns += duration;
    byLocation.set(location, (byLocation.get(location) ?? 0) + duration);
  }
  const [top] = [...byLocation].sort(([, a], [, b]) => b - a);
  const n = Math.max(1, steady.length);
  return { kind, count: count / n, bytes: bytes / n, ns: ns / n, location: top?.[0] ?? -1 };
}

/**
 * Whether a transfer is of a steady step. One between two steps is of the one before: `optimizer.step()` ends the step, and what
 * the loop does after it (reading the loss, mostly) comes once a step all the same.
 */
function steadyTransfers(trace: Trace, steady: readonly number[]): (transfer: number) => boolean {
  const { transfers, steps } = trace.tables;
  const rows = stepRows(trace, steady);
  const isSteady = new Set(steady);
  // Both come in the order of time.
  let next = 0;
  return (transfer) => {
    const step = transfers.step[transfer] as number;
    if (step >= 0) return rows.has(step);
    const atNs = transfers.startNs[transfer] as number;
    if (next > 0 && atNs < (steps.startNs[next - 1] as number)) next = 0;
    while (next < steps.length && (steps.startNs[next] as number) <= atNs) next++;
    return next < steps.length && isSteady.has(next - 1);
  };
}
