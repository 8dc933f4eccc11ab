/** Bind groups that a steady step makes, and makes again. */
import type { Trace } from '../trace/model.ts';
import { selectSteps, stepRows } from './selection.ts';

export interface StepBindGroups {
  /** A step, on average. */
  readonly made: number;
  /** Of those, equal to one made before: the same layout and the same buffers, offsets and sizes. */
  readonly repeated: number;
  /** Time of the script's thread within the calls, ns a step. */
  readonly cpuNs: number;
  /** Where one was made again; -1 unknown. */
  readonly location: number;
}

export function stepBindGroups(trace: Trace): StepBindGroups {
  const { bindGroups } = trace.tables;
  const { steady } = selectSteps(trace);
  const rows = stepRows(trace, steady);
  const steps = Math.max(1, steady.length);
  let [made, repeated, cpuNs, location] = [0, 0, 0, -1];
  for (let i = 0; i < bindGroups.length; i++) {
    if (!rows.has(bindGroups.step[i] as number)) continue;
    made += bindGroups.made[i] as number;
    repeated += bindGroups.repeated[i] as number;
    cpuNs += bindGroups.cpuNs[i] as number;
    if ((bindGroups.repeated[i] as number) > 0) location = bindGroups.location[i] as number;
  }
  return { made: made / steps, repeated: repeated / steps, cpuNs: cpuNs / steps, location };
}
