/**
 * Training steps, as a library tells them. A script runs ahead of the GPU, so the moment at which it says "step done" is not
 * when the step was done: a time stamp is put behind the step's last work, and steps are the intervals between those.
 */
import { STEP_FLAGS } from '../trace/model.ts';
import type { Phase } from '../trace/model.ts';
import type { StepNote } from './annotate.ts';
import { nowNs } from './clock.ts';
import { StepInference } from './inferred-steps.ts';
import type { Recorder } from './recorder.ts';
import type { StepKind, Timing } from './timing.ts';

/** A step that the script has finished and whose row has not been written. */
export interface EndedStep {
  readonly index: number;
  /** NaN: where the step before it ended. */
  readonly beganNs: number;
  /** When the script said so. */
  readonly saidNs: number;
  /** When the GPU had done it; NaN until known. */
  doneNs: number;
  /** Nothing more will be learned of its end. */
  settled: boolean;
  readonly kind: StepKind;
  readonly fullyTimed: boolean;
  readonly inferred: boolean;
  /** It began within what is recorded. */
  readonly recorded: boolean;
  loss: number;
  readonly samples: number;
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
  /** Puts the time stamp; false when no device can. */
  readonly #mark: (step: EndedStep) => boolean;
  #open: { readonly index: number; readonly beganNs: number; readonly recorded: boolean } | null = null;
  #openLoss = NaN;
  #held: EndedStep[] = [];
  #count = 0;
  #previousEndNs = NaN;
  #lastSaidNs = NaN;
  #lastLoss: number | null = null;
  #dispatches = 0;
  #untimed = 0;
  #outside = 0;
  #fresh = false;
  /** Null once a library says where steps are. */
  #inference: StepInference | null = new StepInference();
  /** The script itself says where they are. */
  #byScript = false;

  constructor(
    recorder: Recorder,
    timing: Timing,
    onStep: (progress: StepProgress) => void,
    mark: (step: EndedStep) => boolean,
  ) {
    this.#recorder = recorder;
    this.#timing = timing;
    this.#onStep = onStep;
    this.#mark = mark;
  }

  /** Index of the open step, -1 between steps. */
  get current(): number {
    return this.#open?.index ?? -1;
  }

  /** Index of the step that work of a phase belongs to: data made ready between two steps is for the next one. */
  stepOf(phase: Phase): number {
    if (this.#open) return this.#open.index;
    return phase === 'data' && this.#outside === 0 ? this.#count : -1;
  }

  /** Does the next dispatch get timestamps of its own? */
  timesDispatch(atNs: number): boolean {
    if (!this.#recorder.recording) return false;
    return this.#open ? this.#timing.eachDispatch : this.#timing.outsideSteps(atNs);
  }

  /** Does the next pass get one pair for all its dispatches? */
  get timesPasses(): boolean {
    return this.#timing.eachPass && this.#recorder.recording;
  }

  /** Steps finished. */
  get count(): number {
    return this.#count;
  }

  /** A library or the script says that a step begins. */
  begin(note: StepNote): void {
    if (this.#heeds(note)) this.#begin();
  }

  /** A library or the script says that a step has ended. */
  end(note: StepNote): void {
    if (!this.#heeds(note)) return;
    this.#begin();
    this.#end(note, false);
  }

  /** The next dispatch of the script: without a library's word, repetition tells where steps begin. */
  observe(signature: number, cpuNs: number): void {
    if (!this.#inference?.next(signature, cpuNs)) return;
    if (this.#open) this.#end({ index: this.#open.index }, true);
    this.#begin();
  }

  /** A library speaks: whatever was inferred is dropped; the script itself: what libraries said of the open step, too. */
  #heeds({ byScript = false }: StepNote): boolean {
    if (this.#byScript && !byScript) return false;
    if (this.#inference || byScript !== this.#byScript) this.#open = null;
    this.#inference = null;
    this.#byScript = byScript;
    return true;
  }

  #begin(): void {
    if (this.#open || !this.#recorder.claimSteps(this)) return;
    // Waiting for data or for the device between two updates is part of a step; other work (an evaluation) is not.
    const follows = this.#count > 0 && this.#outside === 0;
    const { recording } = this.#recorder;
    this.#open = { index: this.#count, beganNs: follows ? NaN : nowNs(), recorded: recording };
    this.#openLoss = NaN;
    this.#dispatches = this.#untimed = 0;
    this.#fresh = false;
  }

  #end(note: StepNote, inferred: boolean): void {
    if (!this.#open) return;
    const { index, beganNs, recorded } = this.#open;
    const saidNs = nowNs();
    const step: EndedStep = {
      index,
      beganNs,
      saidNs,
      doneNs: NaN,
      settled: false,
      kind: this.#timing.stepEnded(this.#fresh, this.#dispatches, saidNs),
      fullyTimed: this.#dispatches > 0 && this.#untimed === 0,
      inferred,
      recorded,
      loss: this.#openLoss,
      samples: note.samples ?? NaN,
    };
    this.#open = null;
    this.#outside = 0;
    this.#count++;
    this.#held.push(step);
    if (!this.#mark(step)) step.settled = true;
    this.settle(false);
    const stepMs = (saidNs - this.#lastSaidNs) / 1e6;
    this.#lastSaidNs = saidNs;
    this.#onStep({
      step: this.#count,
      loss: this.#lastLoss,
      stepMs: Number.isFinite(stepMs) ? stepMs : null,
    });
  }

  dispatched(step: number, timed: boolean, fresh: boolean): void {
    if (!this.#open) {
      if (timed) this.#timing.spentOutside();
      if (step < 0) this.#outside++;
      return;
    }
    this.#dispatches++;
    if (!timed) this.#untimed++;
    this.#fresh ||= fresh;
  }

  /** The script has read a loss: of step `index` where the library says so, else of the open or last one. */
  loss(value: number, index?: number): void {
    this.#lastLoss = value;
    // A library counts its own steps, which are not the script's.
    const of = (this.#byScript ? undefined : index) ?? this.#open?.index ?? this.#count - 1;
    if (of === this.#open?.index) this.#openLoss = value;
    const step = this.#held.find((held) => held.index === of);
    if (step) step.loss = value;
  }

  /** Writes the rows of steps that have waited long enough; `all` at the end of the run. A step whose work was never sent has no row. */
  settle(all: boolean): void {
    const now = nowNs();
    for (let step = this.#held[0]; step; step = this.#held[0]) {
      const due = this.#held.length > HOLD_STEPS || now - step.saidNs > HOLD_NS;
      if (!all && !(due && step.settled)) break;
      this.#held.shift();
      if (step.settled) this.#row(step);
    }
  }

  #row({
    index,
    beganNs,
    saidNs,
    doneNs,
    kind,
    fullyTimed,
    inferred,
    recorded,
    loss,
    samples,
  }: EndedStep): void {
    const previous = this.#previousEndNs;
    const startNs = Number.isNaN(beganNs)
      ? previous
      : Number.isNaN(previous)
        ? beganNs
        : Math.max(beganNs, previous);
    const endNs = Math.max(startNs, Number.isNaN(doneNs) ? saidNs : doneNs);
    this.#previousEndNs = endNs;
    if (!recorded) return;
    this.#timing.measured(kind, endNs - startNs);
    const flags =
      (fullyTimed ? STEP_FLAGS.timed : 0) |
      (kind.warmup ? STEP_FLAGS.warmup : 0) |
      (inferred ? STEP_FLAGS.inferred : 0);
    this.#recorder.row('steps', { index, startNs, endNs, flags, loss, samples });
  }
}
