/**
 * Which dispatches are timed. A pair of timestamps costs time itself (some 30 us on a software adapter), so by default blocks
 * of timed and untimed steps alternate: their difference is the instrument's own cost, and the share of timed steps is
 * chosen so that the whole run pays at most a few percent.
 */
import { median } from '../base/stats.ts';
import type { Overhead } from '../trace/model.ts';
import type { ProbeMode } from '../wire/run-messages.ts';

/** Long enough that a step that still waits for work of the block before it is the exception. */
const BLOCK = 4;
/** The first steps of a block may carry the end of the last one: scripts run a step or two ahead of the GPU. */
const SETTLE = 2;
const WARMUP_STEPS = 2;
/** A run with pipelines made in every step is warming up forever: give up waiting for the end of it. */
const MAX_WARMUP_STEPS = 12;
const COST_GOAL = 0.04;
const MAX_UNTIMED_BLOCK = 400;
const KEEP = 64;

export class Timing {
  readonly mode: ProbeMode;
  readonly #timed: number[] = [];
  readonly #untimed: number[] = [];
  #steps = 0;
  #warm = false;
  #inBlock = 0;
  #blockSize = BLOCK;
  #now: boolean;
  #countTimed = 0;
  #countUntimed = 0;

  constructor(mode: ProbeMode) {
    this.mode = mode;
    this.#now = mode !== 'off';
  }

  /** Does the next dispatch get timestamps of its own? */
  get eachDispatch(): boolean {
    return this.#now && this.mode !== 'light';
  }

  /** Does the next pass get one pair for all its dispatches? */
  get eachPass(): boolean {
    return this.mode === 'light';
  }

  /** A step is over; `fresh` when a pipeline ran for the first time in it. Returns whether it was a warm-up step. */
  stepEnded(durationNs: number, fresh: boolean): boolean {
    this.#steps++;
    if (!this.#warm) {
      this.#warm = this.#steps >= WARMUP_STEPS && (!fresh || this.#steps >= MAX_WARMUP_STEPS);
      return !this.#warm || fresh;
    }
    if (this.#now) this.#countTimed++;
    else this.#countUntimed++;
    this.#inBlock++;
    if (!fresh && this.#inBlock > SETTLE) remember(this.#now ? this.#timed : this.#untimed, durationNs);
    if (this.mode === 'alternating' && this.#inBlock >= this.#blockSize) this.#turn();
    return fresh;
  }

  /** Null until both kinds of step have been seen. */
  overhead(): Overhead | null {
    const timedMedianNs = median(this.#timed);
    const untimedMedianNs = median(this.#untimed);
    if (!(timedMedianNs > 0 && untimedMedianNs > 0)) return null;
    const part = this.#countTimed / (this.#countTimed + this.#countUntimed);
    return {
      timedMedianNs,
      untimedMedianNs,
      share: part * (timedMedianNs / untimedMedianNs - 1),
      mode: this.mode,
    };
  }

  #turn(): void {
    this.#now = !this.#now;
    this.#inBlock = 0;
    this.#blockSize = this.#now ? BLOCK : this.#untimedBlock();
  }

  /** So many untimed steps that a timed block's extra time is `COST_GOAL` of the whole. */
  #untimedBlock(): number {
    const cost = this.overhead();
    if (!cost) return BLOCK;
    const extra = Math.max(0, cost.timedMedianNs / cost.untimedMedianNs - 1);
    return Math.min(MAX_UNTIMED_BLOCK, Math.max(BLOCK, Math.ceil((BLOCK * extra) / COST_GOAL) - BLOCK));
  }
}

function remember(list: number[], value: number): void {
  list.push(value);
  if (list.length > KEEP) list.shift();
}
