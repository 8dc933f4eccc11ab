/** What the bench and the process of a peer say to each other: one JSON object a line on stdin and stdout. */
import type { StepCounts } from './counters.ts';

export type Request =
  | { readonly do: 'prepare' }
  | { readonly do: 'steps'; readonly count: number }
  | { readonly do: 'count' };

export type Reply =
  | {
      readonly kind: 'prepared';
      readonly firstMs: number;
      readonly firstCpuMs: number;
      readonly losses: readonly number[];
    }
  | {
      readonly kind: 'stepped';
      readonly ms: readonly number[];
      readonly cpuMs: number;
      readonly losses: readonly number[];
    }
  | {
      readonly kind: 'counted';
      readonly counts: StepCounts | null;
      readonly peakBytes: number | null;
      readonly pipelines: number | null;
    }
  | { readonly kind: 'failed'; readonly reason: string };

/** Lines that start with this are replies; a library may print what it likes besides. */
export const MARK = '@reply ';

/** One training program of a peer. A peer's module exports `train(workload, numbers)`, which resolves to this. */
export interface Training {
  /** One whole step: forward, backward, update; a handle of the loss, not read. */
  step(batch: number): unknown;
  /** Reads a loss. */
  read(handle: unknown): Promise<number>;
}
