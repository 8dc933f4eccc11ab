/** Proves a suggestion: the edited script against the script as it is, in alternating trials. */
import { median } from '../base/stats.ts';
import { formatShare } from '../base/format.ts';
import type { LossComparison } from './loss-curves.ts';
import { tellsLosses } from './loss-curves.ts';
import type { LossRuns } from './loss-proof.ts';
import { comparedLosses, lossRuns } from './loss-proof.ts';
import type { Rule } from './rule.ts';
import type { Pair } from './measure-pair.ts';
import { measureInTurns, ownVariance, pairOf } from './measure-pair.ts';
import type { Edit, Suggestion, TrialResult, Trials, Verdict, VerdictKind } from './suggestion.ts';
import { editedFirst } from './trial-order.ts';
import { doubtedGain, isUnsteady, trialSpread, unsteadyText } from './steadiness.ts';
import type { RatioInterval } from './trial-stats.ts';
import { LEAST_PAIRS, MOST_PAIRS, ratioInterval } from './trial-stats.ts';

export interface VerifyOptions {
  /** Most pairs of trials, up to MOST_PAIRS. */
  readonly maxPairs?: number;
  /** A gain below this share is no gain. */
  readonly noiseFloor?: number;
  /** Enough when the interval's half width is below this share. */
  readonly precision?: number;
  /** Asked after each pair; true ends the proof with what is known (a time budget is the caller's, who has a clock). */
  readonly isSpent?: () => boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: VerifyProgress) => void;
  /** Draws the order within pairs; Math.random by default. */
  readonly random?: () => number;
}

export interface VerifyProgress {
  readonly trial: number;
  readonly maxTrials: number;
  /** What is known so far, in words. */
  readonly text: string;
}

/**
 * Runs pairs: in turns, in short windows side by side, where the shell can; else one after the other in an order that neither a drift
 * of the machine nor a program that comes and goes in the rhythm of the trials keeps step with. Ends when the interval is narrow or
 * decided, or the pairs are spent: the intervals are made for such stopping (ratioInterval), and are never narrower than what
 * trials of the same script differ by. A gain that only a disturbed machine shows is inconclusive. Throws when the unedited
 * script fails or the signal aborts; an edited script that fails is a refutation.
 */
export async function verifySuggestion(
  suggestion: Suggestion,
  rule: Rule | undefined,
  trials: Trials,
  options: VerifyOptions = {},
): Promise<Verdict> {
  const { noiseFloor = 0.02, precision = 0.03, isSpent, signal, onProgress, random = Math.random } = options;
  const maxPairs = Math.min(options.maxPairs ?? MOST_PAIRS, MOST_PAIRS);
  const { edit } = suggestion;
  if (!edit) throw new TypeError(`suggestion ${suggestion.id} has no edit to prove`);
  const before: TrialResult[] = [];
  const after: TrialResult[] = [];
  const pairs: Pair[] = [];
  let interval: RatioInterval = { ratio: NaN, low: 0, high: Infinity };
  let losses: LossRuns | null = null;
  const ended = (kind: VerdictKind, reason: string | undefined): Verdict =>
    verdict(kind, interval, before, after, comparedLosses(losses, before, after), reason);
  // Windows side by side meet the same machine, in an order drawn for each: what disturbs it favors neither.
  const sideBySide = (): boolean => pairs.every(({ variance }) => variance !== null);
  const doubt = (): string | null => (sideBySide() ? null : doubtedGain(before, after, noiseFloor));
  if (rule?.keepsResults) {
    onProgress?.({ trial: 1, maxTrials: 2 * maxPairs, text: 'comparing losses' });
    const runs = await orMessage(() => lossRuns(trials, edit, signal), signal);
    if (typeof runs === 'string') return failed(runs, 0);
    losses = runs;
    const change = comparedLosses(losses, [], [])?.change;
    if (change) return ended('refuted', change);
  }
  let inTurns = trials.inTurns?.bind(trials);
  const order = editedFirst(random);
  for (let count = 0; count < maxPairs; count++) {
    signal?.throwIfAborted();
    onProgress?.({
      trial: 2 * pairs.length + 1,
      maxTrials: 2 * maxPairs,
      text: progressText(pairs.length, interval),
    });
    let pair = inTurns && (await orMessage(() => measureInTurns(inTurns!, edit, signal), signal));
    if (typeof pair === 'string') inTurns = pair = undefined;
    if (!pair) {
      const found = await oneAfterTheOther(trials, edit, order.next().value, signal);
      if (typeof found === 'string') return failed(found, 2 * pairs.length + 1);
      pair = found;
    }
    pairs.push(pair);
    before.push(pair.before);
    after.push(pair.after);
    const unreached = rule?.checkTrial?.(pair.before, pair.after, suggestion) ?? null;
    if (unreached !== null) return ended('inconclusive', unreached);
    if (!(pair.ratio > 0)) return ended('inconclusive', 'a trial recorded no steady step');
    interval = ratioInterval(pairs.map(({ ratio }) => ratio), ownVariance(pairs)); // prettier-ignore
    // One run alone does not tell how far two runs of the same script lie apart.
    const changed =
      rule?.keepsResults && pairs.length > 1 ? comparedLosses(losses, before, after)?.change : null;
    if (changed) return ended('refuted', changed);
    if (isSpent?.()) break;
    if (pairs.length < LEAST_PAIRS) continue;
    const narrow = (interval.high - interval.low) / (2 * interval.ratio) <= precision;
    const kind = judge(interval, noiseFloor);
    if (kind === 'confirmed' && doubt() !== null) continue;
    // A large gain need not be known as finely as a small one: within half of itself will do.
    const half = (interval.high - interval.low) / 2;
    if (narrow || kind === 'refuted' || (kind === 'confirmed' && half <= 0.5 * (interval.ratio - 1))) break;
  }
  const judged = judge(interval, noiseFloor);
  const because = judged === 'confirmed' ? doubt() : null;
  const kind = because === null ? judged : 'inconclusive';
  const spread = sideBySide() ? 0 : trialSpread(before, after);
  if (kind !== 'refuted' && !losses && !tellsLosses([...before, ...after].map((trial) => trial.losses))) {
    const runs = await orMessage(() => lossRuns(trials, edit, signal), signal);
    if (typeof runs !== 'string') losses = runs;
  }
  return ended(kind, because ?? reasonFor(kind, interval, noiseFloor, spread));
}

/** A pair of trials that each have the machine for themselves; what went wrong, where the edit is to blame. Throws where the script is. */
async function oneAfterTheOther(
  trials: Trials,
  edit: Edit,
  editedComesFirst: boolean,
  signal: AbortSignal | undefined,
): Promise<Pair | string> {
  let before: TrialResult | null = editedComesFirst ? null : await trials.run(null, signal);
  signal?.throwIfAborted();
  const after = await orMessage(() => trials.run(edit, signal), signal);
  signal?.throwIfAborted();
  // The edit is to blame only if the script runs without it.
  before ??= await trials.run(null, signal);
  return typeof after === 'string' ? after : pairOf(before, after);
}

/** What went wrong instead of an exception, unless it was stopped. */
async function orMessage<T>(work: () => Promise<T>, signal: AbortSignal | undefined): Promise<T | string> {
  try {
    return await work();
  } catch (error) {
    if (signal?.aborted) throw error;
    return error instanceof Error ? error.message : String(error);
  }
}

export function judge(interval: RatioInterval, noiseFloor: number): VerdictKind {
  if (interval.low > 1 + noiseFloor) return 'confirmed';
  if (interval.high < 1 + noiseFloor) return 'refuted';
  return 'inconclusive';
}

function reasonFor(
  kind: VerdictKind,
  interval: RatioInterval,
  noiseFloor: number,
  spread: number,
): string | undefined {
  if (kind === 'refuted')
    return interval.high < 1
      ? 'the edited script is slower'
      : `the gain is under the noise floor of ${formatShare(noiseFloor)}`;
  if (kind !== 'inconclusive') return undefined;
  const open = 'the interval still includes no gain';
  return isUnsteady(spread) ? `${open}: ${unsteadyText(spread)}` : open;
}

function verdict(
  kind: VerdictKind,
  interval: RatioInterval,
  before: readonly TrialResult[],
  after: readonly TrialResult[],
  losses: LossComparison | null,
  reason: string | undefined,
): Verdict {
  // What building the model took is the same before and after, and would hide what the change does.
  const peak = (t: TrialResult): number => t.steadyPeakBytes ?? t.peakBytes;
  const memory = median(after.map(peak)) / median(before.map(peak));
  return {
    kind,
    speedup: interval.ratio,
    low: interval.low,
    high: interval.high,
    trials: before.length + after.length,
    ...(Number.isFinite(memory) ? { memory } : {}),
    ...(losses
      ? {
          lossBefore: losses.before,
          lossAfter: losses.after,
          lossRows: losses.rows,
          lossCurves: losses.curves,
        }
      : {}),
    ...(reason === undefined ? {} : { reason }),
  };
}

function failed(message: string, trials: number): Verdict {
  return {
    kind: 'refuted',
    speedup: 0,
    low: 0,
    high: 0,
    trials,
    reason: `the edited script failed: ${message}`,
  };
}

function progressText(pairs: number, interval: RatioInterval): string {
  if (pairs === 0) return 'first pair';
  const times = (x: number): string => `${x.toFixed(2)}x`;
  return pairs < LEAST_PAIRS
    ? `${times(interval.ratio)} so far`
    : `${times(interval.ratio)} (${times(interval.low)}..${times(interval.high)}) so far`;
}
