/** What each source line cost: the layers created on it, or the training step. Pure: from traces to numbers. */
import { layerCosts } from '../../analysis/layers.ts';
import type { LayerCost } from '../../analysis/layers.ts';
import { memoryPeak } from '../../analysis/memory.ts';
import { stepStats } from '../../analysis/steps.ts';
import type { StepStats } from '../../analysis/steps.ts';
import type { Role, Trace } from '../../trace/model.ts';
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
  /** Time now over time in the baseline; null without a baseline, or where the baseline has not these layers. */
  readonly ratio: number | null;
}

/** The line that runs the step: the optimizer's update, or the backward pass where there is none. */
export interface StepLine {
  readonly kind: 'step';
  readonly file: string;
  readonly line: number;
  readonly stats: StepStats;
  readonly peakBytes: number;
  readonly dispatchesPerStep: number;
  readonly ratio: number | null;
}

export type LineFact = LayerLine | StepLine;

/** Facts of every line of every file, layers in the order of the model, the step last. */
export function lineFacts(trace: Trace, baseline: Trace | null): LineFact[] {
  const before = baseline ? layerTimes(baseline) : null;
  const facts: LineFact[] = [...byLine(layerCosts(trace).layers).values()].map((layers) =>
    layerLine(layers, before),
  );
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

function layerLine(layers: readonly LayerCost[], before: ReadonlyMap<string, number> | null): LayerLine {
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
  const was = before ? layers.map((layer) => before.get(layer.path)) : [];
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
    ratio: before && was.every((ns) => ns !== undefined) ? totalNs / was.reduce((a, b) => a! + b!, 0)! : null,
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
    ratio: baseline ? stats.durationNs.median / stepStats(baseline).durationNs.median : null,
  };
}

function layerTimes(trace: Trace): Map<string, number> {
  return new Map(layerCosts(trace).layers.map((layer) => [layer.path, layer.total.totalNs]));
}
