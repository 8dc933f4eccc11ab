/** Training steps as the profiler sees them: from the first work after one round of `optimizer.step()` to the end of the next. */
import { annotations } from '../probe/annotate.ts';
import { endGeneration, startGenerations } from './lifetime.ts';
import { Rounds } from './rounds.ts';

const rounds = new Rounds();
let open = false;
let samples = 0;
let finished = 0;
let updated = 0;

/** Steps finished so far. */
export const finishedSteps = (): number => finished;

/** Updates of all optimizers so far: several may make one step. */
export const updatesMade = (): number => updated;

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

/** An optimizer is made. */
export const expectSteps = (optimizer: object): void => rounds.add(optimizer);

/**
 * An optimizer has updated its parameters. Where the next update begins a new round of the script's loop, the step is over. Memory of
 * the round before goes once a round begins: what a round made serves all of its optimizers.
 */
export function endStep(optimizer: object): void {
  beginStep();
  updated++;
  const { begins, ends } = rounds.stepped(optimizer);
  if (ends) {
    annotations.listener?.step('end', samples > 0 ? { index: finished, samples } : { index: finished });
    open = false;
    samples = 0;
    finished++;
  }
  if (begins) endGeneration();
}
