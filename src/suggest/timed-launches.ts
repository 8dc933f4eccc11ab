/** The launches of a step as the staircase of batches wants them: named so that another batch has the same names. */
import { allOccupancies } from '../analysis/occupancy.ts';
import { stepLaunches } from '../analysis/step-launches.ts';
import type { Trace } from '../trace/model.ts';
import type { TimedLaunch } from './batch-stairs.ts';

export function timedLaunches(trace: Trace): TimedLaunch[] {
  const occupancies = allOccupancies(trace);
  const { launches } = trace.tables;
  const seen = new Map<string, number>();
  return stepLaunches(trace).map((launch) => {
    const layer = trace.layers[launches.layer[launch.launch] as number]?.path ?? '';
    const name = `${launch.phase} ${trace.strings[launches.op[launch.launch] as number] ?? ''} ${layer}`;
    const before = seen.get(name) ?? 0;
    seen.set(name, before + 1);
    const { waves } = occupancies[launch.launch] ?? { waves: NaN };
    return {
      key: `${name} ${before}`,
      waves: Number.isFinite(waves) ? waves : launch.workgroups,
      ns: launch.medianNs,
      perStep: launch.perStep,
    };
  });
}
