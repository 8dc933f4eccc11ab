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

/** The optimizers that have made a step since memory went last. */
const stepped = new Set<object>();

/**
 * An optimizer has updated its parameters: the step is over, and memory of the step before it goes. Of several in turn (a generator
 * and its critic) the first to come again begins a new round of the script's loop: what the round made serves all of them.
 */
export function endStep(optimizer: object): void {
  beginStep();
  annotations.listener?.step('end', samples > 0 ? { index: finished, samples } : { index: finished });
  open = false;
  samples = 0;
  finished++;
  if (stepped.size === 0 || stepped.has(optimizer)) {
    stepped.clear();
    endGeneration();
  }
  stepped.add(optimizer);
}
