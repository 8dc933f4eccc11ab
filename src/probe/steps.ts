/** Training steps: from the end of one update to the end of the next, as a library tells them. */
import { STEP_FLAGS } from '../trace/model.ts';
import type { StepNote } from './annotate.ts';
import { nowNs } from './clock.ts';
import type { Recorder } from './recorder.ts';
import type { Timing } from './timing.ts';

interface Step {
  readonly index: number;
  readonly startNs: number;
  endNs: number;
  flags: number;
  loss: number;
  samples: number;
}

/** A loss may be read a few steps after its own; until then the row is held back. */
const HOLD_STEPS = 4;
const HOLD_NS = 1e9;

export interface StepProgress {
  readonly step: number;
  readonly loss: number | null;
  readonly stepMs: number | null;
}

export class Steps {
  readonly #recorder: Recorder;
  readonly #timing: Timing;
  readonly #onStep: (progress: StepProgress) => void;
  #open: Step | null = null;
  #held: Step[] = [];
  #count = 0;
  #lastEndNs = NaN;
  #dispatches = 0;
  #untimed = 0;
  #outside = 0;
  #fresh = false;

  constructor(recorder: Recorder, timing: Timing, onStep: (progress: StepProgress) => void) {
    this.#recorder = recorder;
    this.#timing = timing;
    this.#onStep = onStep;
  }

  /** Index of the open step, -1 between steps. */
  get current(): number {
    return this.#open?.index ?? -1;
  }

  /** Steps finished. */
  get count(): number {
    return this.#count;
  }

  begin(): void {
    if (this.#open) return;
    // Waiting for data or for the device between two updates is part of a step; other work (an evaluation) is not.
    const startNs = this.#outside === 0 && this.#count > 0 ? this.#lastEndNs : nowNs();
    this.#open = { index: this.#count, startNs, endNs: NaN, flags: 0, loss: NaN, samples: NaN };
    this.#dispatches = this.#untimed = 0;
    this.#fresh = false;
  }

  end(note: StepNote): void {
    this.begin();
    const step = this.#open as Step;
    step.endNs = this.#lastEndNs = nowNs();
    step.samples = note.samples ?? NaN;
    if (this.#dispatches > 0 && this.#untimed === 0) step.flags |= STEP_FLAGS.timed;
    const durationNs = step.endNs - step.startNs;
    if (this.#timing.stepEnded(durationNs, this.#fresh)) step.flags |= STEP_FLAGS.warmup;
    this.#open = null;
    this.#outside = 0;
    this.#count++;
    this.#held.push(step);
    while (this.#held.length > HOLD_STEPS) this.#release(this.#held.shift() as Step);
    this.#onStep({
      step: this.#count,
      loss: Number.isFinite(step.loss) ? step.loss : this.#lastLoss(),
      stepMs: durationNs / 1e6,
    });
  }

  dispatched(timed: boolean, fresh: boolean): void {
    if (!this.#open) {
      this.#outside++;
      return;
    }
    this.#dispatches++;
    if (!timed) this.#untimed++;
    this.#fresh ||= fresh;
  }

  /** The script read a loss: it belongs to the open step, or to the oldest finished one without. */
  loss(value: number): void {
    const step = this.#held.find((held) => Number.isNaN(held.loss)) ?? this.#open;
    if (step) step.loss = value;
  }

  /** Rows of steps that have waited long enough; `all` at the end of the run. */
  settle(all: boolean): void {
    const now = nowNs();
    while (this.#held.length > 0 && (all || now - (this.#held[0] as Step).endNs > HOLD_NS))
      this.#release(this.#held.shift() as Step);
  }

  #lastLoss(): number | null {
    const known = this.#held.findLast((step) => Number.isFinite(step.loss));
    return known ? known.loss : null;
  }

  #release(step: Step): void {
    const { index, startNs, endNs, flags, loss, samples } = step;
    this.#recorder.row('steps', { index, startNs, endNs, flags, loss, samples });
  }
}
