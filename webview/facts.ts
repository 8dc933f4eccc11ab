/** Facts of one trace, each computed when a view first asks. The numbers are src/analysis's; nothing is computed here. */
import { busyIntervals } from '../src/analysis/busy.ts';
import { idleSplit } from '../src/analysis/idle.ts';
import { kernelStats } from '../src/analysis/kernels.ts';
import { layerCosts } from '../src/analysis/layers.ts';
import { memoryPeak, memoryTimeline, memoryTimelineByLayer } from '../src/analysis/memory.ts';
import { allOccupancies } from '../src/analysis/occupancy.ts';
import { occupancySummary } from '../src/analysis/occupancy-timeline.ts';
import { selectSteps } from '../src/analysis/selection.ts';
import { stepStats } from '../src/analysis/steps.ts';
import type { Trace } from '../src/trace/model.ts';
import { buildTracks } from './tracks.ts';
import { traceExtent } from './extent.ts';

export type Facts = ReturnType<typeof factsOf>;

export function factsOf(trace: Trace) {
  const tracks = once(() => buildTracks(trace));
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
    memory: once(() => memoryTimeline(trace)),
    memoryByLayer: once(() => memoryTimelineByLayer(trace)),
    peak: once(() => memoryPeak(trace)),
    occupancies: once(() => allOccupancies(trace)),
    occupancy: once(() => occupancySummary(trace)),
  };
}

function once<T>(compute: () => T): () => T {
  let value: { readonly of: T } | null = null;
  return () => (value ??= { of: compute() }).of;
}
