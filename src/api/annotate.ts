/**
 * Names that a script gives to its own work, as NVTX does for CUDA: they appear in the timeline beside what was measured. Without
 * the profiler they cost next to nothing.
 *
 * ```ts
 * import { annotate } from 'kernelscope';
 *
 * const batch = annotate.range('augment', () => augment(images));
 * annotate.mark('learning rate halved');
 * ```
 */
import { annotations } from '../probe/annotate.ts';

/**
 * Runs `body` as a named span. Spans nest, and may overlap: an asynchronous body's span lasts until its promise settles.
 *
 * @returns what `body` returns; an error of its passes through and ends the span.
 */
export function range<T>(name: string, body: () => T): T {
  const { listener } = annotations;
  listener?.range('begin', name);
  const end = (): void => listener?.range('end', name);
  let result: T;
  try {
    result = body();
  } catch (error) {
    end();
    throw error;
  }
  if (result instanceof Promise) result.then(end, end);
  else end();
  return result;
}

/** An instant with a name. */
export function mark(name: string): void {
  annotations.listener?.mark(name);
}

/** A number to be drawn as a curve over the run: a learning rate, a norm, an accuracy. */
export function value(name: string, number: number): void {
  annotations.listener?.value(name, number);
}

/**
 * Starts recording, or with `false` stops it: for a long run of which a part is wanted (`kernelscope profile --on-call`). Without
 * that option everything is recorded until the first `record(false)`.
 */
export function record(on = true): void {
  annotations.listener?.record(on);
}

export interface StepOptions {
  /** Samples that the step trains on, for throughput. */
  readonly samples?: number;
}

let steps = 0;

/**
 * Runs `body` as one training step, where no optimizer of this library or of another one known to Kernelscope marks it (a
 * loop of one's own on raw WebGPU), or where they mark it otherwise than the script means it. Once steps are told, none are inferred,
 * and those of optimizers are left out.
 *
 * @returns what `body` returns.
 */
export function step<T>(body: () => T, { samples }: StepOptions = {}): T {
  const { listener } = annotations;
  const index = steps++;
  listener?.step('begin', { index, byScript: true });
  const end = (): void =>
    listener?.step('end', { index, byScript: true, ...(samples === undefined ? {} : { samples }) });
  const result = body();
  if (result instanceof Promise) result.then(end, () => undefined);
  else end();
  return result;
}
