/**
 * Which dispatches are timed. A pair of timestamps costs time itself (some 30 us on a software adapter), so by default blocks
 * of timed and untimed steps alternate: their difference is the instrument's own cost (step-cost.ts). A block of timed steps
 * begins only when all that the run has paid, its warm-up and this block included, stays within a few percent of it: a run
 * that ends early has then paid no more than a long one. Only the first block is timed unasked, so that every run has one.
 */
import type { Overhead } from '../trace/model.ts';
import type { ProbeMode } from '../wire/run-messages.ts';
import { StepCosts } from './step-cost.ts';

const BLOCK = 4;
/** The first step of a block may still share the device with the block before it. */
const SETTLE = 1;
const WARMUP_STEPS = 2;
/** Untimed steps before the first block, to compare it with: scripts still become faster here. */
const LEAD = 2;
/** A run with pipelines made in every step is warming up forever: give up waiting for the end of it. */
const MAX_WARMUP_STEPS = 12;
/** Above this extra share a block of timed steps is short; shorter still, and only steps that settle would be left. */
const DEAR = 0.1;
/** The same before anything is measured: pairs are only a part of what a timed step costs. */
const DEAR_IN_PAIRS = 0.02;
const SHORT_BLOCK = 3;
/** A pair costs less behind other work than alone, where it was measured: what was measured of steps is doubted below half. */
const PAIRS_DOUBT = 2;
/** Extra time that timed steps may come to, as a share of the run's steps. */
const COST_LIMIT = 0.03;
const OUTSIDE_SHARE = 0.03;
/** Outside of steps: enough for a short script to be timed whole. */
const START_BUDGET_NS = 5e6;
/** However dear timing is, some steps of a long run are timed: what a kernel takes changes. */
const MAX_UNTIMED_BLOCK = 400;
/** An estimate of the cost is trusted no sooner than this; a measured one comes a few steps behind. */
const UNMEASURED_BLOCK = 24;

export interface StepKind {
  readonly warmup: boolean;
  /** Its duration says something about the instrument's cost. */
  readonly counts: boolean;
  readonly timed: boolean;
  /** Number of its block: timed and untimed ones take turns. */
  readonly block: number;
}

export class Timing {
  readonly mode: ProbeMode;
  readonly #costs = new StepCosts();
  #pairCostNs = 0;
  #outside = 0;
  /** What the pairs of the last timed step cost. */
  #timedCostNs = 0;
  /** The script's time from the end of the step before to that of the last timed one: known at once, if only roughly. */
  #timedPaceNs = 0;
  #endedNs = NaN;
  #steps = 0;
  #warm = false;
  #block = 0;
  #inBlock = 0;
  #now: boolean;
  #countTimed = 0;
  #warmupTimed = 0;

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
    return spent < START_BUDGET_NS + OUTSIDE_SHARE * atNs;
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
    const timed = this.eachDispatch;
    if (timed) {
      this.#timedCostNs = dispatches * this.#pairCostNs;
      this.#timedPaceNs = Math.max(0, atNs - this.#endedNs) || 0;
    }
    this.#endedNs = atNs;
    if (!this.#warm) {
      if (timed) this.#warmupTimed++;
      this.#warm = this.#steps > WARMUP_STEPS && (!fresh || this.#steps >= MAX_WARMUP_STEPS);
      if (this.#warm && this.mode === 'alternating') this.#turn();
      return { warmup: !this.#warm || fresh, counts: false, timed, block: this.#block };
    }
    if (this.#now) this.#countTimed++;
    const counts = !fresh && this.#inBlock >= SETTLE;
    const kind = { warmup: fresh, counts, timed, block: this.#block };
    this.#inBlock++;
    if (this.mode === 'alternating' && this.#turns()) this.#turn();
    return kind;
  }

  /** How long a step took, known a little after its end. */
  measured({ counts, timed, block }: StepKind, durationNs: number): void {
    if (counts && durationNs > 0) this.#costs.add(block, timed, durationNs);
  }

  /** Null until both kinds of step have been seen. */
  overhead(): Overhead | null {
    const cost = this.#costs.cost();
    if (!cost) return null;
    const { timedMedianNs, untimedMedianNs, extra } = cost;
    // Those of the warm-up cost as much as others.
    const part = (this.#warmupTimed + this.#countTimed) / this.#steps;
    return { timedMedianNs, untimedMedianNs, share: part * extra, mode: this.mode };
  }

  #turn(): void {
    this.#now = !this.#now;
    this.#inBlock = 0;
    this.#block++;
  }

  /** Does another block begin with the next step? */
  #turns(): boolean {
    const extra = this.#extraShare();
    const measured = this.#costs.cost() !== null;
    const block = extra > (measured ? DEAR : DEAR_IN_PAIRS) ? SHORT_BLOCK : BLOCK;
    if (this.#now) return this.#inBlock >= block;
    if (this.#countTimed === 0) return this.#inBlock >= LEAD;
    if (this.#inBlock < BLOCK) return false;
    if (this.#inBlock >= MAX_UNTIMED_BLOCK) return true;
    if (!measured && this.#inBlock < UNMEASURED_BLOCK) return false;
    return (this.#warmupTimed + this.#countTimed + block) * extra <= COST_LIMIT * (this.#steps + block);
  }

  /**
   * Extra time of a timed step, as a share of an untimed one: measured, and no less than its pairs alone come to. A few steps on a busy
   * machine may by chance say that timing costs nothing, and all that follows would pay for it.
   */
  #extraShare(): number {
    const cost = this.#costs.cost();
    if (cost) return Math.max(cost.extra, this.#timedCostNs / cost.timedMedianNs / PAIRS_DOUBT);
    const timedNs = this.#timedPaceNs;
    if (!(timedNs > 0)) return 0;
    return this.#timedCostNs / Math.max(timedNs - this.#timedCostNs, timedNs / 10);
  }
}
