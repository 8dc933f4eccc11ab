/**
 * What a pipeline's first dispatch costs beyond the work: many drivers compile then, not when the pipeline is made, and a user sees a
 * first step that stalls. Computed once the same launch has been timed again: what the first one took longer. A slice each,
 * on a track of their own.
 */
import { DISPATCH_FLAGS } from '../trace/model.ts';
import type { Launches } from './launches.ts';
import type { Recorder } from './recorder.ts';

/** Less, or not much more than the work itself, is noise. */
const LEAST_NS = 1e6;
const TIMES_THE_WORK = 3;

interface First {
  readonly startNs: number;
  readonly endNs: number;
  readonly step: number;
}

export class FirstRuns {
  readonly #recorder: Recorder;
  readonly #launches: Launches;
  /** By launch; each waits to be timed again. */
  readonly #waiting = new Map<number, First>();
  #track = -1;

  constructor(recorder: Recorder, launches: Launches) {
    this.#recorder = recorder;
    this.#launches = launches;
  }

  /** A dispatch with times of its own. */
  timed(launch: number, step: number, flags: number, startNs: number, endNs: number): void {
    if (flags & DISPATCH_FLAGS.shared) return;
    if (flags & DISPATCH_FLAGS.warmup) {
      this.#waiting.set(launch, { startNs, endNs, step });
      return;
    }
    if (this.#waiting.size === 0) return;
    const first = this.#waiting.get(launch);
    if (!first) return;
    this.#waiting.delete(launch);
    const lasted = first.endNs - first.startNs;
    const work = endNs - startNs;
    if (lasted - work < LEAST_NS || lasted < TIMES_THE_WORK * work) return;
    if (this.#track < 0)
      this.#track = this.#recorder.add('tracks', {
        name: 'First runs',
        kind: 'other',
        group: 'device',
        content: 'first-runs',
      });
    const { kernel, location } = this.#launches.about(launch);
    this.#recorder.row('slices', {
      track: this.#track,
      name: this.#recorder.string(`first run of ${kernel}`),
      startNs: first.startNs,
      endNs: first.endNs - work,
      depth: 0,
      step: first.step,
      layer: -1,
      location,
    });
  }
}
