/** The memory of a batch by what it holds, from measured batches, and the largest batch that each limit allows. */
import { formatBytes, formatCount } from '../base/format.ts';
import type { Role } from '../trace/model.ts';
import { ROLES } from '../trace/model.ts';
import type { Evidence, TrialMemory } from './suggestion.ts';

export interface MeasuredMemory {
  readonly batch: number;
  readonly memory: TrialMemory;
}

/** Room is left for what the device and its driver take themselves. */
const USABLE = 0.9;

interface Growth {
  readonly fixed: number;
  readonly perRow: number;
}

function growth(points: readonly MeasuredMemory[], of: (memory: TrialMemory) => number): Growth {
  const [first, last] = [points[0] as MeasuredMemory, points.at(-1) as MeasuredMemory];
  const perRow = Math.max(0, (of(last.memory) - of(first.memory)) / (last.batch - first.batch));
  return { perRow, fixed: of(last.memory) - perRow * last.batch };
}

function largestWithin({ fixed, perRow }: Growth, bytes: number | null): number {
  if (bytes === null || perRow === 0) return Infinity;
  return Math.max(0, Math.floor((bytes - fixed) / perRow));
}

export interface BatchMemory {
  /** Bytes at the peak of a step that stay, and that come with each row, by role. */
  readonly byRole: readonly { readonly role: Role; readonly fixed: number; readonly perRow: number }[];
  /** Largest batch, and which limit it would be the first to pass. */
  readonly largest: { readonly batch: number; readonly by: 'memory' | 'binding' } | null;
  readonly limits: Pick<TrialMemory, 'limitBytes' | 'bindingLimitBytes'>;
}

/** Null with fewer than two batches. The points lie in the order of their batches. */
export function batchMemory(points: readonly MeasuredMemory[]): BatchMemory | null {
  const [first] = points;
  if (!first || points.length < 2) return null;
  const { limitBytes, bindingLimitBytes } = first.memory;
  const byRole = ROLES.map((role) => ({ role, ...growth(points, ({ byRole }) => byRole[role]) })).filter(
    ({ fixed, perRow }) => fixed > 0 || perRow > 0,
  );
  const whole = growth(points, ({ byRole }) => Object.values(byRole).reduce((a, b) => a + b, 0));
  const byMemory = largestWithin(whole, limitBytes === null ? null : USABLE * limitBytes);
  const byBinding = largestWithin(
    growth(points, ({ largestBytes }) => largestBytes),
    bindingLimitBytes,
  );
  const batch = Math.min(byMemory, byBinding);
  return {
    byRole,
    largest: Number.isFinite(batch) ? { batch, by: byBinding < byMemory ? 'binding' : 'memory' } : null,
    limits: { limitBytes, bindingLimitBytes },
  };
}

const NAMES: Partial<Record<Role, string>> = { 'optimizer-state': 'optimizer state' };

export function memoryEvidence({ byRole, largest, limits }: BatchMemory): Evidence[] {
  const parts = byRole
    .map(({ role, fixed, perRow }) =>
      perRow > 0
        ? `${NAMES[role] ?? role} ${fixed >= 1 ? `${formatBytes(fixed)} + ` : ''}${formatBytes(Math.round(perRow))} x batch`
        : `${NAMES[role] ?? role} ${formatBytes(fixed)}`,
    )
    .join(', ');
  const evidence: Evidence[] = [{ text: `Peak of a step: ${parts}`, basis: 'computed' }];
  if (!largest) return evidence;
  const by =
    largest.by === 'memory'
      ? `90 % of the memory of ${formatBytes(limits.limitBytes ?? NaN)}`
      : `the largest buffer that can be bound, ${formatBytes(limits.bindingLimitBytes ?? NaN)}`;
  evidence.push({
    text: `The largest batch is about ${formatCount(largest.batch)}, by ${by}`,
    basis: 'estimated',
    value: largest.batch,
    unit: 'rows',
  });
  return evidence;
}
