/**
 * Whether a machine was steady enough to believe a gain. Trials of one script should all take the same; what they differ by is what
 * "no change" looks like on this machine at this hour, and a gain has to stand out from that.
 */
import { mean, quantile, sortedCopy, sum } from '../base/stats.ts';
import type { TrialResult } from './suggestion.ts';
import { ratioInterval, rowsOf, samplesPerSecond } from './trial-stats.ts';

/** Trials of one script that lie further apart than this (standard deviation, share) were disturbed. */
const UNSTEADY = 0.04;
/** So many cores taken by other programs in the mean of a trial disturb one that computes on the processor. */
const DISTURBING_CORES = 0.1;

type Speed = (trial: TrialResult) => number;

/**
 * Variance that the log ratio of two trials has where nothing was changed: from consecutive trials of one side (A against A, B
 * against B), about their mean, since an even drift cancels between pairs in opposite order. 0 of fewer than three pairs.
 */
export function unchangedVariance(
  before: readonly TrialResult[],
  after: readonly TrialResult[],
  speed: Speed = samplesPerSecond,
): number {
  const logs = [before, after].flatMap((side) =>
    side.slice(1).map((trial, i) => Math.log(speed(trial) / speed(side[i] as TrialResult))),
  );
  if (logs.length < 4) return 0;
  const drift = mean(logs);
  return sum(logs.map((log) => (log - drift) ** 2)) / (logs.length - 1);
}

/** Standard deviation of one trial of an unchanged script, as a share of its speed. */
export function trialSpread(before: readonly TrialResult[], after: readonly TrialResult[]): number {
  return Math.sqrt(unchangedVariance(before, after) / 2);
}

/**
 * Why a gain that the wall clock shows is not believed, or null. Other programs only ever add time: on a machine that was disturbed the
 * gain must show in the steps that were disturbed least too, and, where the script computes on the processor, in the
 * processor's time. On a steady machine neither is asked, since a change may well shorten only the slower steps, or only waits.
 */
export function doubtedGain(
  before: readonly TrialResult[],
  after: readonly TrialResult[],
  noiseFloor: number,
): string | null {
  const spread = trialSpread(before, after);
  const others = mean(
    [...before, ...after].flatMap(({ processor }) => (processor ? [processor.otherCores] : [])),
  );
  if (!(spread > UNSTEADY || others > DISTURBING_CORES)) return null;
  const because = others > DISTURBING_CORES ? 'other programs were running' : unsteadyText(spread);
  const shows = (speed: Speed): boolean => {
    const ratios = before.map((trial, i) => speed(after[i] as TrialResult) / speed(trial));
    // A trial that does not tell shows nothing to the contrary.
    if (!ratios.every((ratio) => ratio > 0)) return true;
    return ratioInterval(ratios, unchangedVariance(before, after, speed)).low > 1 + noiseFloor;
  };
  if (!shows(fastestSteps)) return `${because}, and the least disturbed steps show no clear gain`;
  if (!shows(rowsPerProcessorSecond)) return `${because}, and the processor's time shows no clear gain`;
  return null;
}

/** What to say of trials that do not agree with each other. */
export function unsteadyText(spread: number): string {
  return `trials of the same script differed by ${(100 * spread).toFixed(0)} %`;
}

export function isUnsteady(spread: number): boolean {
  return spread > UNSTEADY;
}

/** Rows a second over the faster quarter of the steps: its middle. */
function fastestSteps(trial: TrialResult): number {
  return (rowsOf(trial) / quantile(sortedCopy(trial.stepMs), 0.125)) * 1000;
}

/**
 * Rows a second of processor time, over all steps together: a script that submits ahead spends in one step what the next ones wait
 * for, and the cores in use are a mean over all. NaN where the trial does not tell its processor time.
 */
export function rowsPerProcessorSecond(trial: TrialResult): number {
  const { stepMs, processor } = trial;
  return ((rowsOf(trial) * stepMs.length) / (sum(stepMs) * (processor?.ownCores ?? NaN))) * 1000;
}
