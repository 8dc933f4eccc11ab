/**
 * Which dispatches are timed. A pair of timestamps costs time itself (some 30 us on a software adapter), so by default blocks
 * of timed and untimed steps alternate: their difference is the instrument's own cost, and the share of timed steps is
 * chosen so that the whole run pays at most a few percent.
 */
import { median } from '../base/stats.ts';
import type { Overhead } from '../trace/model.ts';
import type { ProbeMode } from '../wire/run-messages.ts';

const BLOCK = 4;
/** The first step of a block may still share the device with the block before it. */
const SETTLE = 1;
const WARMUP_STEPS = 2;
/** A run with pipelines made in every step is warming up forever: give up waiting for the end of it. */
const MAX_WARMUP_STEPS = 12;
/** Above this extra share even a block of timed steps is short. */
const DEAR = 0.2;
const SHORT_BLOCK = 2;
const COST_GOAL = 0.03;
/** Outside of steps: enough for a short script to be timed whole. */
const START_BUDGET_NS = 5e6;
const MAX_UNTIMED_BLOCK = 400;
/** The same while the cost is an estimate: a few untimed steps must be seen soon, to measure it. */
const FIRST_UNTIMED_BLOCK = 24;
const KEEP = 64;

export interface StepKind {
  readonly warmup: boolean;
  /** Its duration says something about the instrument's cost. */
  readonly counts: boolean;
  readonly timed: boolean;
}

export class Timing {
  readonly mode: ProbeMode;
  readonly #timed: number[] = [];
  readonly #untimed: number[] = [];
  #pairCostNs = 0;
  #outside = 0;
  /** What timing the last step cost, or would have. */
  #stepCostNs = 0;
  /** The script's time from the end of the step before to that of the last one: known at once, if only roughly. */
  #paceNs = 0;
  #endedNs = NaN;
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

  /** Does a dispatch of a step get timestamps of its own? */
  get eachDispatch(): boolean {
    return this.#now && this.mode !== 'light';
  }

  /**
   * Does a dispatch outside of steps? Nothing alternates there, so a budget holds the cost down: some for a start, then a
   * share of the time that has passed.
   */
  outsideSteps(atNs: number): boolean {
    if (this.mode !== 'alternating') return this.eachDispatch;
    const spent = this.#outside * this.#pairCostNs;
    return spent < START_BUDGET_NS + COST_GOAL * atNs;
  }

  /** A dispatch outside of steps was timed. */
  spentOutside(): void {
    this.#outside++;
  }

  /** What a pair of timestamps costs on the device, as measured. */
  set pairCostNs(cost: number) {
    this.#pairCostNs = cost;
  }

  /** Does the next pass get one pair for all its dispatches? */
  get eachPass(): boolean {
    return this.mode === 'light';
  }

  /** A step is over, says the script at `atNs`; `fresh` when a pipeline ran for the first time in it. */
  stepEnded(fresh: boolean, dispatches: number, atNs: number): StepKind {
    this.#steps++;
    this.#stepCostNs = dispatches * this.#pairCostNs;
    this.#paceNs = Math.max(0, atNs - this.#endedNs) || 0;
    this.#endedNs = atNs;
    const timed = this.eachDispatch;
    if (!this.#warm) {
      this.#warm = this.#steps > WARMUP_STEPS && (!fresh || this.#steps >= MAX_WARMUP_STEPS);
      this.#blockSize = this.#timedBlock();
      return { warmup: !this.#warm || fresh, counts: false, timed };
    }
    if (this.#now) this.#countTimed++;
    else this.#countUntimed++;
    const counts = !fresh && this.#inBlock >= SETTLE;
    this.#inBlock++;
    if (this.mode === 'alternating' && this.#inBlock >= this.#blockSize) this.#turn();
    return { warmup: fresh, counts, timed };
  }

  /** How long a step took, known a little after its end. */
  measured({ counts, timed }: StepKind, durationNs: number): void {
    if (!counts || !(durationNs > 0)) return;
    const list = timed ? this.#timed : this.#untimed;
    list.push(durationNs);
    if (list.length > KEEP) list.shift();
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
    const extra = this.#extraShare();
    const block = this.#timedBlock();
    // So many untimed steps that a timed block's extra time is `COST_GOAL` of the whole.
    const untimed = Math.ceil((block * extra) / COST_GOAL) - block;
    const longest = this.overhead() ? MAX_UNTIMED_BLOCK : FIRST_UNTIMED_BLOCK;
    this.#blockSize = this.#now ? block : Math.min(longest, Math.max(BLOCK, untimed));
  }

  #timedBlock(): number {
    return this.#extraShare() > DEAR ? SHORT_BLOCK : BLOCK;
  }

  /** Extra time of a timed step, as a share of an untimed one: measured, or until then from the cost of a pair. */
  #extraShare(): number {
    const cost = this.overhead();
    if (cost) return Math.max(0, cost.timedMedianNs / cost.untimedMedianNs - 1);
    const known = median(this.#timed);
    const timedNs = known > 0 ? known : this.#paceNs;
    if (!(timedNs > 0)) return 0;
    return this.#stepCostNs / Math.max(timedNs - this.#stepCostNs, timedNs / 10);
  }
}
