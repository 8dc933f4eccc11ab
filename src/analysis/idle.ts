/** Why the GPU was idle: the gaps of the timed steps, split by what the script was doing. */
import { PHASES, TRANSFER_KINDS } from '../trace/model.ts';
import type { Trace } from '../trace/model.ts';
import { busyIntervals } from './busy.ts';
import type { Intervals } from './intervals.ts';
import { gapsWithin, totalLength, union, without } from './intervals.ts';
import { selectSteps } from './selection.ts';
import { usualSteps } from './steps.ts';

export const IDLE_CAUSES = ['readback', 'compile', 'upload', 'data', 'launch', 'host'] as const;
export type IdleCause = (typeof IDLE_CAUSES)[number];

export interface Gap {
  readonly startNs: number;
  readonly endNs: number;
  readonly cause: IdleCause;
  /** Row of `steps`. */
  readonly step: number;
}

export interface IdleSplit {
  /** So many timed steps that nothing held up: the sums are of these. */
  readonly steps: number;
  /** Ns over all of them. */
  readonly windowNs: number;
  readonly busyNs: number;
  readonly byCause: Readonly<Record<IdleCause, number>>;
  /** Of all timed steps. */
  readonly gaps: readonly Gap[];
}

/** A gap between two kernels shorter than this is the cost of launching, not the script doing something else. */
const LAUNCH_GAP_NS = 100_000;

function transfersOf(trace: Trace, kind: (typeof TRANSFER_KINDS)[number]): Intervals {
  const { transfers } = trace.tables;
  const code = TRANSFER_KINDS.indexOf(kind);
  const starts: number[] = [];
  const ends: number[] = [];
  for (let i = 0; i < transfers.length; i++)
    if (transfers.kind[i] === code) {
      starts.push(transfers.startNs[i] as number);
      ends.push(transfers.endNs[i] as number);
    }
  return union(starts, ends);
}

function dataPhases(trace: Trace): Intervals {
  const { phases } = trace.tables;
  const code = PHASES.indexOf('data');
  const starts: number[] = [];
  const ends: number[] = [];
  for (let i = 0; i < phases.length; i++)
    if (phases.phase[i] === code) {
      starts.push(phases.startNs[i] as number);
      ends.push(phases.endNs[i] as number);
    }
  return union(starts, ends);
}

export function noIdle(): Record<IdleCause, number> {
  return Object.fromEntries(IDLE_CAUSES.map((cause) => [cause, 0])) as Record<IdleCause, number>;
}

/** What the script does that explains why the GPU is idle, in the order in which causes count. */
export function idleCovers(trace: Trace): readonly (readonly [IdleCause, Intervals])[] {
  const { compiles } = trace.tables;
  return [
    ['readback', transfersOf(trace, 'readback')],
    ['compile', union(compiles.startNs, compiles.endNs)],
    ['upload', transfersOf(trace, 'upload')],
    ['data', dataPhases(trace)],
  ];
}

/** Gives the parts of idle time to the first cause that covers them; returns what none does. */
export function takeCovered(
  idle: Intervals,
  covers: ReturnType<typeof idleCovers>,
  take: (part: Intervals, cause: IdleCause) => void,
): Intervals {
  let rest = idle;
  for (const [cause, intervals] of covers) {
    if (intervals.starts.length === 0) continue;
    const left = without(rest, intervals);
    take(without(rest, left), cause);
    rest = left;
  }
  return rest;
}

/**
 * Takes each gap of each timed step and gives its parts to the first cause that covers them, in the order of IDLE_CAUSES;
 * what nothing covers is `launch` in short gaps between kernels and `host` in long ones.
 */
export function idleSplit(trace: Trace): IdleSplit {
  const { timed } = selectSteps(trace);
  const usual = new Set(usualSteps(trace, timed));
  const { steps } = trace.tables;
  const busy = busyIntervals(trace);
  const covers = idleCovers(trace);
  const byCause = noIdle();
  const gaps: Gap[] = [];
  let windowNs = 0;
  let idleNs = 0;
  const take = (part: Intervals, cause: IdleCause, step: number): void => {
    for (let i = 0; i < part.starts.length; i++)
      gaps.push({ startNs: part.starts[i] as number, endNs: part.ends[i] as number, cause, step });
    if (usual.has(step)) byCause[cause] += totalLength(part);
  };
  for (const step of timed) {
    const start = steps.startNs[step] as number;
    const end = steps.endNs[step] as number;
    const idle = gapsWithin(busy, start, end);
    if (usual.has(step)) {
      windowNs += end - start;
      idleNs += totalLength(idle);
    }
    const rest = takeCovered(idle, covers, (part, cause) => take(part, cause, step));
    let gap = 0;
    for (let i = 0; i < rest.starts.length; i++) {
      const startNs = rest.starts[i] as number;
      const endNs = rest.ends[i] as number;
      while ((idle.ends[gap] as number) < endNs) gap++;
      const [from, to] = [idle.starts[gap] as number, idle.ends[gap] as number];
      const betweenKernels = from !== start && to !== end;
      const cause: IdleCause = betweenKernels && to - from < LAUNCH_GAP_NS ? 'launch' : 'host';
      gaps.push({ startNs, endNs, cause, step });
      if (usual.has(step)) byCause[cause] += endNs - startNs;
    }
  }
  return { steps: usual.size, windowNs, busyNs: windowNs - idleNs, byCause, gaps };
}
