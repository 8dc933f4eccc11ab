/** Two traces side by side: the same layer, or the same kernel, before and after. */
import { median } from '../base/stats.ts';
import type { Trace } from '../trace/model.ts';
import { kernelStats } from './kernels.ts';
import { layerCosts } from './layers.ts';
import { memoryPeak } from './memory.ts';
import type { MedianRatio } from './median-ratio.ts';
import { medianRatio, runsRatio } from './median-ratio.ts';
import { selectSteps } from './selection.ts';
import { stepDurations, stepStats } from './steps.ts';

/** `before` or `after` null: only the other trace has it. */
export interface Change {
  readonly name: string;
  readonly before: number | null;
  readonly after: number | null;
}

export interface Comparison {
  /**
   * Median step, ns, and the ratio of the two with its interval: from the steps of one run of each (other runs may differ more), or
   * from the medians of several.
   */
  readonly step: { readonly before: number; readonly after: number; readonly ratio: MedianRatio };
  /** Runs of each that the ratio rests on. */
  readonly runs: { readonly before: number; readonly after: number };
  /** Rows a step. Where they differ the ratio of steps is not the ratio of speeds. */
  readonly rows: { readonly before: number; readonly after: number };
  readonly peakBytes: { readonly before: number; readonly after: number };
  /** GPU ns a step (children included), by layer path, in the order of the model; layers of one trace only come last. */
  readonly layers: readonly Change[];
  /** Mean ns of a dispatch, by kernel name, largest change in total time first. */
  readonly kernels: readonly Change[];
}

function joined(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): Change[] {
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names].map((name) => ({
    name,
    before: before.get(name) ?? null,
    after: after.get(name) ?? null,
  }));
}

/** Durations of steady steps: of the untimed ones where there are any. */
function steadySteps(trace: Trace): Float64Array {
  const { untimed, steady } = selectSteps(trace);
  return stepDurations(trace, untimed.length > 0 ? untimed : steady);
}

/** What the step of `after` is beside that of `before`, when a limit is set. `uncertain`: the interval holds the limit. */
export type LimitVerdict = 'above' | 'within' | 'uncertain';

/** Whether a row of the batch takes longer by more than `limit` (0.05 = 5 %); null where there are no steps to compare. */
export function limitVerdict({ step, rows }: Comparison, limit: number): LimitVerdict | null {
  const { ratio, low, high } = step.ratio;
  if (!Number.isFinite(ratio)) return null;
  // Steps of other batches are compared by the time of a row.
  const perRow = rows.before > 0 && rows.after > 0 ? rows.before / rows.after : 1;
  if (low * perRow > 1 + limit) return 'above';
  if (high * perRow < 1 + limit) return 'within';
  return 'uncertain';
}

/** `others`: more runs of the same two scripts, for an interval between runs. Layers and kernels are of the first of each. */
export function compareTraces(
  before: Trace,
  after: Trace,
  others: { readonly before: readonly Trace[]; readonly after: readonly Trace[] } = { before: [], after: [] },
): Comparison {
  const runs = { before: [before, ...others.before], after: [after, ...others.after] };
  const medians = (traces: readonly Trace[]): number[] => traces.map((trace) => median(steadySteps(trace)));
  const layers = (trace: Trace) => new Map(layerCosts(trace).layers.map((l) => [l.path, l.total.totalNs]));
  const kernels = (trace: Trace) => new Map(kernelStats(trace).map((k) => [k.name, k.meanNs]));
  const weight = (change: Change): number => Math.abs((change.after ?? 0) - (change.before ?? 0));
  const [a, b] = [stepStats(before), stepStats(after)];
  return {
    step: {
      before: a.durationNs.median,
      after: b.durationNs.median,
      ratio:
        runs.before.length > 1 && runs.after.length > 1
          ? runsRatio(medians(runs.before), medians(runs.after))
          : medianRatio(steadySteps(before), steadySteps(after)),
    },
    runs: { before: runs.before.length, after: runs.after.length },
    rows: { before: a.samplesPerStep, after: b.samplesPerStep },
    peakBytes: { before: memoryPeak(before).bytes, after: memoryPeak(after).bytes },
    layers: joined(layers(before), layers(after)),
    kernels: joined(kernels(before), kernels(after)).sort((a, b) => weight(b) - weight(a)),
  };
}
