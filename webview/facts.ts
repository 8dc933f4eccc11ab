/** Facts of one trace, each computed when a view first asks. The numbers are src/analysis's; nothing is computed here. */
import { busyIntervals } from '../src/analysis/busy.ts';
import { idleSplit } from '../src/analysis/idle.ts';
import { kernelStats } from '../src/analysis/kernels.ts';
import { layerCosts } from '../src/analysis/layers.ts';
import { memoryPeak, memoryTimeline, memoryTimelineByLayer } from '../src/analysis/memory.ts';
import { allOccupancies } from '../src/analysis/occupancy.ts';
import { occupancySummary } from '../src/analysis/occupancy-timeline.ts';
import { occupancyWaterfall } from '../src/analysis/occupancy-waterfall.ts';
import { selectSteps } from '../src/analysis/selection.ts';
import { stepStats } from '../src/analysis/steps.ts';
import type { Trace } from '../src/trace/model.ts';
import { memoryCurve, occupancyCurves } from './curves.ts';
import { buildTracks } from './tracks.ts';
import { traceExtent } from './extent.ts';

export type Facts = ReturnType<typeof factsOf>;

export function factsOf(trace: Trace) {
  const tracks = once(() => buildTracks(trace));
  const memory = once(() => memoryTimeline(trace));
  const memoryByLayer = once(() => memoryTimelineByLayer(trace));
  const peak = once(() => memoryPeak(trace));
  const occupancies = once(() => allOccupancies(trace));
  return {
    trace,
    extent: once(() => traceExtent(trace)),
    tracks,
    steps: once(() => stepStats(trace)),
    stepSelection: once(() => selectSteps(trace)),
    busy: once(() => busyIntervals(trace)),
    idle: once(() => idleSplit(trace)),
    kernels: once(() => kernelStats(trace)),
    layers: once(() => layerCosts(trace)),
    memory,
    memoryByLayer,
    peak,
    occupancies,
    curves: once(() => ({
      ...occupancyCurves(trace, tracks().list, occupancies()),
      memory: memoryCurve(memory(), 'role', peak().bytes),
    })),
    layerCurve: once(() => memoryCurve(memoryByLayer(), 'layer', peak().bytes)),
    occupancy: once(() => occupancySummary(trace)),
    waterfall: once(() => occupancyWaterfall(trace)),
  };
}

function once<T>(compute: () => T): () => T {
  let value: { readonly of: T } | null = null;
  return () => (value ??= { of: compute() }).of;
}
