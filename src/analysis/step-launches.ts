/** What one step launches: each launch with how often a step dispatches it and how long it takes. */
import { quantile, sortedCopy } from '../base/stats.ts';
import { PHASES } from '../trace/model.ts';
import type { Phase, Trace } from '../trace/model.ts';
import { hasTime, selectSteps, stepRows } from './selection.ts';

export interface StepLaunch {
  readonly launch: number;
  readonly kernel: number;
  readonly phase: Phase;
  /** Dispatches of it in a step, on average over the timed steady steps. */
  readonly perStep: number;
  /** Median time of a dispatch, ns. */
  readonly medianNs: number;
  /** What the tenth part that was disturbed least takes at most, ns. */
  readonly undisturbedNs: number;
  readonly workgroups: number;
  readonly flops: number;
  readonly bytesMoved: number;
}

/** Launches of the timed steps (rows of `steps`; all timed steady ones by default), in the order a step first dispatches them. */
export function stepLaunches(
  trace: Trace,
  timed: readonly number[] = selectSteps(trace).timed,
): StepLaunch[] {
  const { dispatches, launches } = trace.tables;
  const rows = stepRows(trace, timed);
  const times = new Map<number, number[]>();
  for (let i = 0; i < dispatches.length; i++) {
    if (!rows.has(dispatches.step[i] as number) || !hasTime(trace, i)) continue;
    const launch = dispatches.launch[i] as number;
    const list = times.get(launch) ?? [];
    if (list.length === 0) times.set(launch, list);
    list.push((dispatches.endNs[i] as number) - (dispatches.startNs[i] as number));
  }
  return [...times].map(([launch, list]) => {
    const sorted = sortedCopy(list);
    return {
      launch,
      kernel: launches.kernel[launch] as number,
      phase: PHASES[launches.phase[launch] as number] ?? 'other',
      perStep: list.length / rows.size,
      medianNs: quantile(sorted, 0.5),
      undisturbedNs: quantile(sorted, 0.1),
      workgroups:
        (launches.workgroupsX[launch] as number) *
        (launches.workgroupsY[launch] as number) *
        (launches.workgroupsZ[launch] as number),
      flops: launches.flops[launch] as number,
      bytesMoved: launches.bytesMoved[launch] as number,
    };
  });
}
