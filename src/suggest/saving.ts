/** Gain of taking away a part of the step: Amdahl on the step, never below what the rest takes. */
import type { Result } from '../base/result.ts';
import type { IdleCause } from '../analysis/idle.ts';
import { mean, sum } from '../base/stats.ts';
import type { Facts } from './facts.ts';
import { NOT_AT_HAND } from './source-finder.ts';
import type { Edit, Evidence, Prediction, Suggestion } from './suggestion.ts';

/** Nanoseconds of a step that a change takes away: likely, at least, at most. */
export interface Saving {
  readonly ns: number;
  readonly low: number;
  readonly high: number;
}

/** A gain under this share of the step is not worth a word (TraceLens drops findings under 0.5 %). */
const WORTH = 0.01;

export function predictSaving(stepNs: number, saving: Saving, formula?: string): Prediction {
  const speedup = (ns: number): number => stepNs / Math.max(stepNs - Math.max(0, ns), 0.02 * stepNs);
  return {
    speedup: speedup(saving.ns),
    low: speedup(Math.min(saving.low, saving.ns)),
    high: speedup(Math.max(saving.high, saving.ns)),
    ...(formula === undefined ? {} : { formula }),
  };
}

/** For advice about correctness or validity, which promises no speed. */
export const NO_GAIN: Prediction = { speedup: 1, low: 1, high: 1 };

export interface Advice {
  readonly rule: string;
  /** Tells several suggestions of one rule apart. */
  readonly key?: string;
  readonly title: string;
  readonly at?: Suggestion['at'];
  readonly evidence: readonly Evidence[];
  readonly advice: string;
  readonly caution?: string;
  readonly predicted: Prediction;
  /** The edit that carries it out, or why no single edit does. */
  readonly edit?: Result<Edit, string>;
}

/** A suggestion; none when its likely gain is not worth a word. */
export function advise(advice: Advice): Suggestion[] {
  const { key, at, caution, edit, ...rest } = advice;
  const refused = edit && !edit.ok && edit.error !== NOT_AT_HAND.error ? ` By hand: ${edit.error}.` : '';
  if (advice.predicted !== NO_GAIN && !(advice.predicted.speedup >= 1 + WORTH)) return [];
  return [
    {
      ...rest,
      advice: rest.advice + refused,
      id: key === undefined ? advice.rule : `${advice.rule}:${key}`,
      at: at ?? null,
      edit: edit?.ok ? edit.value : null,
      verdict: null,
      ...(caution === undefined ? {} : { caution }),
    },
  ];
}

/** Median step, ns; NaN without steps. Rules that reckon with a step are silent then. */
export function stepNsOf(facts: Facts): number {
  return facts.steps.durationNs.median;
}

/** A kernel that is over sooner does little but start; one that takes longer works. */
const LONGEST_START_NS = 20_000;

/** Ns to start a kernel: what the shortest one of a step takes, as far as it does no work worth the name. */
export function startNsOf(facts: Facts): number {
  return Math.min(LONGEST_START_NS, ...facts.stepLaunches.map((launch) => launch.medianNs));
}

/**
 * Ns of a step that the GPU waits for this cause: what timed steps tell of it, or what it is seen to wait for it before it has any work
 * of a usual step, where that is more. Kernels of timed steps may come out longer than a whole usual step, and then leave no wait.
 */
export function idleNsOf(facts: Facts, cause: IdleCause): number {
  const durationNs = sum(facts.unfed.map((step) => step.durationNs));
  const unfedNs = sum(facts.unfed.map(({ byCause }) => byCause[cause]));
  return Math.max(idleWhenTimed(facts, cause), durationNs > 0 ? (unfedNs / durationNs) * stepNsOf(facts) : 0);
}

/**
 * Timed steps wait longer than others because they are timed: what they wait beyond the usual step less its kernels is taken off each
 * cause alike. So no advice can promise more than the kernels leave.
 */
function idleWhenTimed(facts: Facts, cause: IdleCause): number {
  const { steps, windowNs, busyNs, byCause } = facts.idle;
  const idleNs = windowNs - busyNs;
  if (steps === 0 || idleNs <= 0) return 0;
  const usualNs = Math.min(Math.max(0, stepNsOf(facts) - busyNs / steps), idleNs / steps);
  return (byCause[cause] / idleNs) * usualNs;
}

/** Ns of a step that calls of the script, `callsNs` a step, hold the GPU up: no more than it waits for the script at all. */
export function exposedNsOf(facts: Facts, callsNs: number): number {
  const heldUp = (waitsNs: number): number => Math.min(callsNs, waitsNs);
  // Step by step: a step of which nothing is seen (the script ran ahead, the stamp behind the step before came late) stays nothing.
  const unfed = facts.unfed.map(({ restNs }) => heldUp(restNs));
  return Math.max(
    heldUp(idleWhenTimed(facts, 'launch') + idleWhenTimed(facts, 'host')),
    unfed.length > 0 ? mean(unfed) : 0,
  );
}

/** Share of the timed steps that the GPU waited for this cause, 0..1. */
export function idleShareOf(facts: Facts, cause: IdleCause): number {
  return facts.idle.windowNs > 0 ? facts.idle.byCause[cause] / facts.idle.windowNs : 0;
}
