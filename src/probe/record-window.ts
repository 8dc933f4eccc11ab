/** Which part of a run is recorded: from a step, a moment or the script's own word on, for so long. Everything, by default. */
import type { WindowSpec } from '../wire/run-messages.ts';

export class RecordWindow {
  readonly #spec: WindowSpec;
  #called = false;
  #stopped = false;
  #openedNs = NaN;
  #stepsBefore = 0;
  open = false;

  constructor(spec: WindowSpec | null) {
    this.#spec = spec ?? { fromStep: 0, afterMs: 0, durationMs: null, onCall: false };
    this.update(0, 0);
  }

  /** `steps`: finished so far. True once the time to record for is over. */
  update(steps: number, atNs: number): boolean {
    const { fromStep, afterMs, durationMs, onCall } = this.#spec;
    if (
      Number.isNaN(this.#openedNs) &&
      steps >= fromStep &&
      atNs >= afterMs * 1e6 &&
      (this.#called || !onCall)
    ) {
      this.#openedNs = atNs;
      this.#stepsBefore = steps;
    }
    this.open = !Number.isNaN(this.#openedNs) && !this.#stopped;
    return durationMs !== null && atNs - this.#openedNs >= durationMs * 1e6;
  }

  /** The script says when. */
  call(on: boolean): void {
    this.#called ||= on;
    this.#stopped = !on;
  }

  /** Of `steps` finished, how many since it opened? */
  stepsWithin(steps: number): number {
    return Number.isNaN(this.#openedNs) ? 0 : steps - this.#stepsBefore;
  }

  /** For the reader of a trace that is not the whole run; null when it is. */
  note(): string | null {
    const { onCall } = this.#spec;
    if (Number.isNaN(this.#openedNs))
      return `Nothing was recorded: the run ended before ${onCall ? 'the script called annotate.record' : 'recording was to begin'}`;
    if (this.#openedNs === 0 && !this.#called && !this.#stopped) return null;
    return `Recorded from ${(this.#openedNs / 1e9).toFixed(1)} s on, after ${this.#stepsBefore} steps; memory is that of the whole run`;
  }
}
