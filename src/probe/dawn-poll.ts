/**
 * Dawn for Node polls its device from setImmediate for as long as any promise is pending, which burns a whole core and, on
 * a software adapter, takes it from the very kernels being measured. It looks the function up on globalThis at every tick,
 * so its polls can be told apart, slowed down while nothing is due, and called by hand where waiting must be synchronous.
 */

/** Polls at full speed for this long after a submission: short work is best caught at once. */
const SPIN_MS = 0.05;
/** While dispatches are shorter than this, waking an idle core costs more than spinning. */
const SMALL_DISPATCH_US = 100;
const SPIN_SMALL_MS = 500;
/** From here on the event loop's own timer is fine enough. */
const TIMER_AFTER_MS = 20;
const SLEEP_SHARE = 0.1;
const MIN_SLEEP_MS = 0.02;
const MAX_SLEEP_MS = 0.3;

type Poll = () => void;

export class DawnPoll {
  readonly #schedule = globalThis.setImmediate;
  readonly #sleepCell = new Int32Array(new SharedArrayBuffer(4));
  #poll: Poll | null = null;
  #inPoll = false;
  #since = 0;
  #pendingDispatches = 0;
  #submittedAt = 0;
  #dispatchUs = 0;
  /** Off lets Dawn poll as it does by itself; kept for the test that shows the difference. */
  calm: boolean;

  constructor(calm = true) {
    this.calm = calm;
    const patched = (callback: Poll, ...args: unknown[]): NodeJS.Immediate => {
      if (args.length !== 0 || !isDawns(callback)) return this.#schedule(callback, ...(args as []));
      this.#poll = callback;
      return this.calm ? this.#later(callback) : this.#schedule(callback);
    };
    globalThis.setImmediate = Object.assign(patched, this.#schedule) as unknown as typeof setImmediate;
  }

  /** Lets Dawn settle what is ready now. Promises settle in the next microtask, `mapState` at once. */
  now(): void {
    this.#poll?.();
  }

  /** Polls until `done`, at most `limitMs`; false when the time ran out. Blocks the thread: for exits only. */
  until(done: () => boolean, limitMs: number): boolean {
    const start = performance.now();
    while (!done()) {
      if (!this.#poll || performance.now() - start > limitMs) return false;
      this.#poll();
      if (!done()) Atomics.wait(this.#sleepCell, 0, 0, MIN_SLEEP_MS);
    }
    return true;
  }

  submitted(dispatches: number): void {
    this.#since = performance.now();
    if (this.#pendingDispatches === 0) this.#submittedAt = this.#since;
    this.#pendingDispatches += dispatches;
  }

  /** A result of the GPU is in hand: how long did a dispatch take, roughly? */
  settled(): void {
    if (this.#pendingDispatches === 0) return;
    const us = ((performance.now() - this.#submittedAt) * 1e3) / this.#pendingDispatches;
    this.#dispatchUs = this.#dispatchUs === 0 ? us : (this.#dispatchUs + us) / 2;
    this.#pendingDispatches = 0;
  }

  restore(): void {
    globalThis.setImmediate = this.#schedule;
  }

  #later(poll: Poll): NodeJS.Immediate {
    const now = performance.now();
    // A poll that was not armed by a poll is a new wait.
    if (!this.#inPoll) this.#since = Math.max(this.#since, now - 1e-3);
    const waited = now - this.#since;
    const run = (): void => {
      this.#inPoll = true;
      try {
        poll();
      } finally {
        this.#inPoll = false;
      }
    };
    const small = this.#dispatchUs > 0 && this.#dispatchUs < SMALL_DISPATCH_US && waited < SPIN_SMALL_MS;
    if (waited < SPIN_MS || small) return this.#schedule(run);
    if (waited > TIMER_AFTER_MS) return setTimeout(run, 1) as unknown as NodeJS.Immediate;
    return this.#schedule(() => {
      Atomics.wait(
        this.#sleepCell,
        0,
        0,
        Math.min(MAX_SLEEP_MS, Math.max(MIN_SLEEP_MS, waited * SLEEP_SHARE)),
      );
      run();
    });
  }
}

/** Dawn's callback is an unnamed native function; a script's own is neither. */
function isDawns(callback: unknown): boolean {
  return (
    typeof callback === 'function' &&
    callback.name === '' &&
    Function.prototype.toString.call(callback).endsWith('{ [native code] }')
  );
}
