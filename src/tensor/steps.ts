/** Training steps as the profiler sees them: from the first work after one `optimizer.step()` to the end of the next. */
import { annotations } from '../probe/annotate.ts';
import { endGeneration, startGenerations } from './lifetime.ts';

let open = false;
let samples = 0;
let finished = 0;

/** Steps finished so far. */
export const finishedSteps = (): number => finished;

/** Opens the next step unless one is open: called by what can only be part of training. */
export function beginStep(): void {
  if (open) return;
  open = true;
  startGenerations();
  annotations.stepIndex = finished;
  annotations.listener?.step('begin', { index: finished });
}

/** Rows of a batch that the open step, or the next one, trains on. */
export function countSamples(rows: number): void {
  if (!open) samples = 0;
  samples += rows;
}

/** The optimizer has updated the parameters: the step is over, and memory of the step before it goes. */
export function endStep(): void {
  beginStep();
  annotations.listener?.step('end', samples > 0 ? { index: finished, samples } : { index: finished });
  open = false;
  samples = 0;
  finished++;
  endGeneration();
}
