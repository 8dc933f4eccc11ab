/** What each source line cost: the layers created on it, or the training step. Pure: from traces to numbers. */
import { layerCosts } from '../../analysis/layers.ts';
import type { LayerCost } from '../../analysis/layers.ts';
import { memoryPeak } from '../../analysis/memory.ts';
import { stepStats } from '../../analysis/steps.ts';
import type { StepStats } from '../../analysis/steps.ts';
import type { Interval } from '../../base/stats.ts';
import { medianInterval } from '../../base/stats.ts';
import type { Role, Trace } from '../../trace/model.ts';
import { layerSteps } from './layer-steps.ts';
import { stepLocation } from './step-line.ts';

/** Layers made by one line: several where a line makes more than one (a loop, a helper). Times are of one step. */
export interface LayerLine {
  readonly kind: 'layers';
  readonly file: string;
  /** 1-based, as it was when measured. */
  readonly line: number;
  readonly layers: readonly LayerCost[];
  readonly forwardNs: number;
  readonly backwardNs: number;
  readonly optimizerNs: number;
  readonly totalNs: number;
  /** Of the GPU time of a step, 0..1. */
  readonly share: number;
  readonly bytes: number;
  readonly bytesByRole: readonly (readonly [Role, number])[];
  /** Time-weighted, at the upper end of what is possible; NaN unknown. */
  readonly occupancy: number;
  readonly change: Change | null;
}

/** Against the baseline; null where there is none, or where it has not these layers. */
export interface Change {
  /** Time now over time then, of medians. */
  readonly ratio: number;
  /** The 95 % intervals of the two medians do not touch: the difference is outside the noise of both runs. */
  readonly certain: boolean;
}

/** The line that runs the step: the optimizer's update, or the backward pass where there is none. */
export interface StepLine {
  readonly kind: 'step';
  readonly file: string;
  readonly line: number;
  readonly stats: StepStats;
  readonly peakBytes: number;
  readonly dispatchesPerStep: number;
  readonly change: Change | null;
}

export type LineFact = LayerLine | StepLine;

/** Facts of every line of every file, layers in the order of the model, the step last. */
export function lineFacts(trace: Trace, baseline: Trace | null): LineFact[] {
  const lines = [...byLine(layerCosts(trace).layers).values()];
  const facts: LineFact[] = lines.map((layers) => ({
    ...layerLine(layers),
    change: baseline && layerChange(trace, baseline, layers),
  }));
  const step = stepLine(trace, baseline);
  if (step) facts.push(step);
  return facts;
}

/** Layers by the line that made them. A layer inside another one of the same line is already in that one's total. */
function byLine(layers: readonly LayerCost[]): Map<string, LayerCost[]> {
  const lineOf = (layer: LayerCost): string | null =>
    layer.source ? `${layer.source.file}:${layer.source.line}` : null;
  const lines = new Map<string, LayerCost[]>();
  for (const layer of layers) {
    const line = lineOf(layer);
    if (line === null || !(layer.total.totalNs > 0)) continue;
    let parent = layers[layer.parent];
    while (parent && lineOf(parent) !== line) parent = layers[parent.parent];
    if (!parent) lines.set(line, [...(lines.get(line) ?? []), layer]);
  }
  return lines;
}

function layerLine(layers: readonly LayerCost[]): Omit<LayerLine, 'change'> {
  const source = layers[0]!.source!;
  const add = (of: (layer: LayerCost) => number): number =>
    layers.reduce((total, layer) => total + of(layer), 0);
  const totalNs = add((layer) => layer.total.totalNs);
  const roles = Object.keys(layers[0]!.totalBytes) as Role[];
  const bytesByRole = roles
    .map((role) => [role, add((layer) => layer.totalBytes[role])] as const)
    .filter(([, bytes]) => bytes > 0);
  const known = layers.filter((layer) => Number.isFinite(layer.occupancy));
  const weight = known.reduce((total, layer) => total + layer.total.totalNs, 0);
  return {
    kind: 'layers',
    file: source.file,
    line: source.line,
    layers,
    forwardNs: add((layer) => layer.total.forwardNs),
    backwardNs: add((layer) => layer.total.backwardNs),
    optimizerNs: add((layer) => layer.total.optimizerNs),
    totalNs,
    share: add((layer) => layer.share),
    bytes: bytesByRole.reduce((total, [, bytes]) => total + bytes, 0),
    bytesByRole: bytesByRole.sort((a, b) => b[1] - a[1]),
    occupancy: known.reduce((total, layer) => total + layer.occupancy * layer.total.totalNs, 0) / weight,
  };
}

function stepLine(trace: Trace, baseline: Trace | null): StepLine | null {
  const at = stepLocation(trace);
  const stats = stepStats(trace);
  if (!at || !(stats.durationNs.median > 0)) return null;
  return {
    kind: 'step',
    file: at.file,
    line: at.line,
    stats,
    peakBytes: memoryPeak(trace).bytes,
    dispatchesPerStep: Math.round(trace.tables.dispatches.length / Math.max(1, stats.count)),
    change: baseline && changeOf(stepStats(baseline).durationNs, stats.durationNs),
  };
}

/** The same layers, by their paths, step by step in both traces. */
function layerChange(trace: Trace, baseline: Trace, layers: readonly LayerCost[]): Change | null {
  const then = layers.map(({ path }) => baseline.layers.findIndex((layer) => layer.path === path));
  if (then.includes(-1)) return null;
  return changeOf(stepInterval(baseline, then), stepInterval(trace, layers.map(({ layer }) => layer))); // prettier-ignore
}

function stepInterval(trace: Trace, layers: readonly number[]): Interval {
  const { steps } = layerSteps(trace, layers, Infinity);
  return medianInterval(
    steps.map(({ forwardNs, backwardNs, optimizerNs }) => forwardNs + backwardNs + optimizerNs),
  );
}

function changeOf(before: Interval, after: Interval): Change | null {
  const ratio = after.median / before.median;
  return Number.isFinite(ratio)
    ? { ratio, certain: after.low > before.high || after.high < before.low }
    : null;
}
