/** GPU time by layer: neighboring kernels of one layer and phase become one span, once a level of the model. */
import { PHASES } from '../src/trace/model.ts';
import type { Trace } from '../src/trace/model.ts';
import { laneOfRows, rowsBy } from './marks/lane.ts';
import type { SliceSource } from './marks/lane.ts';
import type { Track } from './tracks.ts';
import { t } from './translate.ts';

export interface LayerSpans {
  readonly length: number;
  readonly layer: Readonly<Uint32Array>;
  readonly phase: Readonly<Uint8Array>;
  readonly depth: Readonly<Uint8Array>;
  readonly startNs: Readonly<Float64Array>;
  readonly endNs: Readonly<Float64Array>;
  /** Kernels in the span. */
  readonly dispatches: Readonly<Uint32Array>;
}

const MAX_DEPTH = 6;

/** Spans in order of start at each depth. Depths at which the whole model is one layer are left out: they say nothing. */
export function layerSpans(trace: Trace): LayerSpans {
  const { dispatches, launches } = trace.tables;
  const chains = trace.layers.map((_, layer) => chainOf(trace, layer));
  const skip = commonDepth(trace, chains);
  // Plain lists: a span of a million kernels is appended often, and its end is moved with each of its kernels.
  const rows = { layer: [] as number[], phase: [] as number[], depth: [] as number[], startNs: [] as number[], endNs: [] as number[] }; // prettier-ignore
  const layerOf = new Int32Array(MAX_DEPTH).fill(-1);
  const phaseOf = new Int32Array(MAX_DEPTH);
  const counts: number[] = [];
  const open = new Int32Array(MAX_DEPTH).fill(-1);
  let before = -Infinity;
  let step = NaN;
  for (let i = 0; i < dispatches.length; i++) {
    const start = dispatches.startNs[i] as number;
    const end = dispatches.endNs[i] as number;
    if (!(end >= start)) continue;
    const launch = dispatches.launch[i] as number;
    const layer = launches.layer[launch] as number;
    const phase = launches.phase[launch] as number;
    const chain = layer >= 0 ? (chains[layer] as number[]) : [];
    // A kernel that starts before its forerunner ended runs on another queue; another step is another span.
    if (start < before || dispatches.step[i] !== step) open.fill(-1);
    before = end;
    step = dispatches.step[i] as number;
    for (let depth = 0; depth < MAX_DEPTH; depth++) {
      const here = chain[depth + skip] ?? -1;
      const at = open[depth] as number;
      if (here >= 0 && at >= 0 && layerOf[depth] === here && phaseOf[depth] === phase) {
        rows.endNs[at] = end;
        counts[at] = (counts[at] as number) + 1;
        continue;
      }
      open[depth] = -1;
      if (here < 0) continue;
      open[depth] = counts.push(1) - 1;
      rows.layer.push(here);
      rows.phase.push(phase);
      rows.depth.push(depth);
      rows.startNs.push(start);
      rows.endNs.push(end);
      layerOf[depth] = here;
      phaseOf[depth] = phase;
    }
  }
  return {
    length: counts.length,
    layer: Uint32Array.from(rows.layer),
    phase: Uint8Array.from(rows.phase),
    depth: Uint8Array.from(rows.depth),
    startNs: Float64Array.from(rows.startNs),
    endNs: Float64Array.from(rows.endNs),
    dispatches: Uint32Array.from(counts),
  };
}

/** The layer and its ancestors, outermost first. */
function chainOf(trace: Trace, layer: number): number[] {
  const chain: number[] = [];
  for (let at = layer; at >= 0 && chain.length < 64; at = trace.layers[at]?.parent ?? -1) chain.unshift(at);
  return chain;
}

/** How many levels from the top all layers share. */
function commonDepth(trace: Trace, chains: readonly (readonly number[])[]): number {
  const parents = new Set(trace.layers.map(({ parent }) => parent));
  const leaves = chains.filter((_, layer) => !parents.has(layer));
  let depth = 0;
  while (
    leaves.length > 1 &&
    leaves.every((chain) => chain.length > depth + 1 && chain[depth] === leaves[0]?.[depth])
  )
    depth++;
  return depth;
}

/** One track for all depths. */
export function spanLanes(spans: LayerSpans, trace: Trace): Track[] {
  if (trace.layers.length === 0) return [];
  const depths = spans.depth.reduce((most, depth) => Math.max(most, depth + 1), 0);
  const source: SliceSource = {
    startNs: spans.startNs,
    endNs: spans.endNs,
    colorCount: PHASES.length,
    color: (row) => spans.phase[row] as number,
  };
  const lanes = rowsBy(spans.depth, depths).map((rows) =>
    laneOfRows(
      source,
      rows.sort((a, b) => (spans.startNs[a] as number) - (spans.startNs[b] as number)),
    ),
  );
  return [
    {
      id: 'layers',
      kind: 'layers',
      title: t('Layers'),
      about: t('GPU time by layer of the model, forward and backward'),
      lanes,
    },
  ];
}
