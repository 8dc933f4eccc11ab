/** The launches of a step as the model of batches wants them: named so that another batch has the same names. */
import { allOccupancies } from '../analysis/occupancy.ts';
import { selectSteps } from '../analysis/selection.ts';
import { stepLaunches } from '../analysis/step-launches.ts';
import { fullSteps } from '../analysis/steps.ts';
import type { Trace } from '../trace/model.ts';
import type { TimedLaunch } from './kernel-work.ts';

/** Launches that fewer steps have are no part of each step: a loss that is read now and then. */
const USUAL = 0.5;

/** `rows`: the steps to go by; the timed steady ones of the usual number of rows by default. */
export function timedLaunches(
  trace: Trace,
  rows: readonly number[] = fullSteps(trace, selectSteps(trace).timed),
): TimedLaunch[] {
  const occupancies = allOccupancies(trace);
  const { launches } = trace.tables;
  const seen = new Map<string, number>();
  const usual = stepLaunches(trace, rows).filter(({ perStep }) => perStep >= USUAL);
  return usual.map((launch) => {
    const layer = trace.layers[launches.layer[launch.launch] as number]?.path ?? '';
    const name = `${launch.phase} ${trace.strings[launches.op[launch.launch] as number] ?? ''} ${layer}`;
    const before = seen.get(name) ?? 0;
    seen.set(name, before + 1);
    const { waves } = occupancies[launch.launch] ?? { waves: NaN };
    return {
      key: `${name} ${before}`,
      kernel: trace.kernels[launch.kernel]?.name ?? '',
      waves: Number.isFinite(waves) ? waves : launch.workgroups,
      ns: launch.undisturbedNs,
      perStep: launch.perStep,
    };
  });
}
