/** Two traces side by side: the same layer, or the same kernel, before and after. */
import type { Trace } from '../trace/model.ts';
import { kernelStats } from './kernels.ts';
import { layerCosts } from './layers.ts';
import { memoryPeak } from './memory.ts';
import { stepStats } from './steps.ts';

/** `before` or `after` null: only the other trace has it. */
export interface Change {
  readonly name: string;
  readonly before: number | null;
  readonly after: number | null;
}

export interface Comparison {
  /** Median step, ns, with the interval of each. */
  readonly step: { readonly before: number; readonly after: number };
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

export function compareTraces(before: Trace, after: Trace): Comparison {
  const layers = (trace: Trace) => new Map(layerCosts(trace).layers.map((l) => [l.path, l.total.totalNs]));
  const kernels = (trace: Trace) => new Map(kernelStats(trace).map((k) => [k.name, k.meanNs]));
  const weight = (change: Change): number => Math.abs((change.after ?? 0) - (change.before ?? 0));
  return {
    step: { before: stepStats(before).durationNs.median, after: stepStats(after).durationNs.median },
    peakBytes: { before: memoryPeak(before).bytes, after: memoryPeak(after).bytes },
    layers: joined(layers(before), layers(after)),
    kernels: joined(kernels(before), kernels(after)).sort((a, b) => weight(b) - weight(a)),
  };
}
