/** Dispatches on their way from encoding to a row: each waits for its times, and rows leave in the order of their queue. */
import { DISPATCH_FLAGS } from '../trace/model.ts';
import type { ClockAlignment } from './clock.ts';
import { RESET_NS } from './clock.ts';
import type { FirstRuns } from './first-runs.ts';
import type { Recorder } from './recorder.ts';
import type { Timed } from './timestamps.ts';

export class Dispatch implements Timed {
  readonly step: number;
  readonly cpuNs: number;
  /** -1 until the device has taken it. */
  launch = -1;
  flags: number;
  submitted = false;
  start = 0n;
  end = 0n;
  /** Has its times, or will never have any. */
  settled: boolean;

  constructor(step: number, cpuNs: number, flags: number) {
    this.step = step;
    this.cpuNs = cpuNs;
    this.flags = flags;
    this.settled = (flags & DISPATCH_FLAGS.timed) === 0;
  }

  resolved(start: bigint, end: bigint): void {
    // Its queries were read before it ran.
    if (!this.submitted) return this.lost();
    this.start = start;
    this.end = end;
    this.settled = true;
  }

  lost(): void {
    this.flags &= ~DISPATCH_FLAGS.timed;
    this.settled = true;
  }
}

export class DispatchQueue {
  readonly #recorder: Recorder;
  readonly #clock: ClockAlignment;
  readonly #queue: number;
  readonly #firstRuns: FirstRuns;
  #waiting: Dispatch[] = [];
  #head = 0;
  #previousEnd = 0n;
  /** Dispatches whose times were zero or ran backwards. */
  dropped = 0;

  constructor(recorder: Recorder, clock: ClockAlignment, queue: number, firstRuns: FirstRuns) {
    this.#recorder = recorder;
    this.#clock = clock;
    this.#queue = queue;
    this.#firstRuns = firstRuns;
  }

  submitted(dispatches: readonly Dispatch[]): void {
    for (const dispatch of dispatches) {
      dispatch.submitted = true;
      this.#waiting.push(dispatch);
    }
    this.settle();
  }

  /** Makes rows of what is complete at the head; `all` gives up waiting. */
  settle(all = false): void {
    while (this.#head < this.#waiting.length) {
      const dispatch = this.#waiting[this.#head] as Dispatch;
      if (!dispatch.settled) {
        if (!all) break;
        dispatch.lost();
      }
      this.#row(dispatch);
      this.#head++;
    }
    if (this.#head === this.#waiting.length) this.#waiting = [];
    else if (this.#head > 1024) this.#waiting = this.#waiting.slice(this.#head);
    else return;
    this.#head = 0;
  }

  #row({ launch, step, cpuNs, flags, start, end }: Dispatch): void {
    let startNs = NaN;
    let endNs = NaN;
    if (flags & DISPATCH_FLAGS.timed) {
      if (start <= 0n || end <= start) {
        this.dropped++;
        flags = (flags & ~DISPATCH_FLAGS.timed) | DISPATCH_FLAGS.dropped;
      } else {
        // Some devices stamp the start before the dispatch has waited for the one before it: that wait is not its time.
        if (start < this.#previousEnd && this.#previousEnd - start < BACKWARDS_NS) {
          start = this.#previousEnd < end ? this.#previousEnd : end;
          flags |= DISPATCH_FLAGS.waited;
        }
        this.#previousEnd = end;
        startNs = this.#clock.toHost(start);
        endNs = this.#clock.toHost(end);
        this.#firstRuns.timed(launch, step, flags, startNs, endNs);
      }
    }
    this.#recorder.dispatch(launch, step, this.#queue, flags, cpuNs, startNs, endNs);
  }
}

/** A start earlier than this before the last end is of a counter that started anew, not an overlap. */
const BACKWARDS_NS = BigInt(RESET_NS);
