/** Two traces side by side: the same layer, or the same kernel, before and after. */
import type { Trace } from '../trace/model.ts';
import { kernelStats } from './kernels.ts';
import { layerCosts } from './layers.ts';
import { memoryPeak } from './memory.ts';
import type { MedianRatio } from './median-ratio.ts';
import { medianRatio } from './median-ratio.ts';
import { selectSteps } from './selection.ts';
import { stepDurations, stepStats } from './steps.ts';

/** `before` or `after` null: only the other trace has it. */
export interface Change {
  readonly name: string;
  readonly before: number | null;
  readonly after: number | null;
}

export interface Comparison {
  /** Median step, ns, and the ratio of the two with its interval (of these two runs: other runs may differ more). */
  readonly step: { readonly before: number; readonly after: number; readonly ratio: MedianRatio };
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

export function compareTraces(before: Trace, after: Trace): Comparison {
  const layers = (trace: Trace) => new Map(layerCosts(trace).layers.map((l) => [l.path, l.total.totalNs]));
  const kernels = (trace: Trace) => new Map(kernelStats(trace).map((k) => [k.name, k.meanNs]));
  const weight = (change: Change): number => Math.abs((change.after ?? 0) - (change.before ?? 0));
  const [a, b] = [stepStats(before), stepStats(after)];
  return {
    step: {
      before: a.durationNs.median,
      after: b.durationNs.median,
      ratio: medianRatio(steadySteps(before), steadySteps(after)),
    },
    rows: { before: a.samplesPerStep, after: b.samplesPerStep },
    peakBytes: { before: memoryPeak(before).bytes, after: memoryPeak(after).bytes },
    layers: joined(layers(before), layers(after)),
    kernels: joined(kernels(before), kernels(after)).sort((a, b) => weight(b) - weight(a)),
  };
}
