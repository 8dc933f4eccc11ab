/** Facts of one trace, each computed when a view first asks. The numbers are src/analysis's; nothing is computed here. */
import { idleSplit } from '../src/analysis/idle.ts';
import { kernelStats } from '../src/analysis/kernels.ts';
import { layerCosts } from '../src/analysis/layers.ts';
import { memoryPeak, memoryTimeline, memoryTimelineByLayer } from '../src/analysis/memory.ts';
import { allOccupancies } from '../src/analysis/occupancy.ts';
import { occupancySummary } from '../src/analysis/occupancy-timeline.ts';
import { occupancyWaterfall } from '../src/analysis/occupancy-waterfall.ts';
import { ceilings } from '../src/analysis/roofline.ts';
import { stepStats } from '../src/analysis/steps.ts';
import type { Trace } from '../src/trace/model.ts';
import { memoryCurve, occupancyCurves } from './curves.ts';
import { launchCalls, sliceFlows } from './launch-calls.ts';
import { seriesOf } from './series.ts';
import { buildTracks, idleLane } from './tracks.ts';
import { traceExtent } from './extent.ts';

export type Facts = ReturnType<typeof factsOf>;

/** A fact: computed at the first call. `known` says whether asking is free. */
export interface Fact<T> {
  (): T;
  readonly known: boolean;
}

export function factsOf(trace: Trace) {
  const tracks = once(() => buildTracks(trace));
  const idle = once(() => idleSplit(trace));
  const peak = once(() => memoryPeak(trace));
  const occupancies = once(() => allOccupancies(trace));
  const kernels = once(() => kernelStats(trace));
  return {
    trace,
    extent: once(() => traceExtent(trace)),
    tracks,
    occupancies,
    occupancyCurves: once(() => occupancyCurves(trace, tracks().list, occupancies())),
    peak,
    memoryCurve: once(() => memoryCurve(memoryTimeline(trace), 'role', peak().bytes)),
    layerCurve: once(() => memoryCurve(memoryTimelineByLayer(trace), 'layer', peak().bytes)),
    idle,
    idleLane: once(() => idleLane(idle())),
    steps: once(() => stepStats(trace)),
    kernels,
    ceilings: once(() =>
      ceilings(
        trace,
        kernels().map(({ flops, bytesMoved, meanNs }) => ({ flops, bytesMoved, durationNs: meanNs })),
      ),
    ),
    layers: once(() => layerCosts(trace)),
    occupancy: once(() => occupancySummary(trace)),
    /** For each dispatch, the slice of the call that launched it, where the trace has arrows. */
    launchCalls: once(() => launchCalls(trace)),
    /** For each slice, the slices that arrows join it with. */
    sliceFlows: once(() => sliceFlows(trace)),
    series: once(() => seriesOf(trace)),
    waterfall: once(() => occupancyWaterfall(trace)),
  };
}

/** More dispatches than this are summed up after the first picture, not before it. */
const LARGE = 100_000;

/**
 * Computes what the first picture does not need. At once for a trace of ordinary size; else fact by fact, each in a task
 * of its own, so that the page stays alive. Returns false when `wanted` says that nobody waits any more.
 */
export async function settle(facts: Facts, wanted: () => boolean): Promise<boolean> {
  const order = [
    facts.steps,
    facts.idleLane,
    facts.peak,
    facts.memoryCurve,
    facts.kernels,
    facts.layers,
    facts.occupancy,
    facts.waterfall,
  ];
  const large = facts.trace.tables.dispatches.length > LARGE;
  for (const fact of order) {
    if (large) await painted();
    if (!wanted()) return false;
    fact();
  }
  return true;
}

/** Until the frame that is asked for now has been drawn: the page asks in one frame, its drawings come with the next. */
function painted(): Promise<void> {
  return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))));
}

export function isLarge(trace: Trace): boolean {
  return trace.tables.dispatches.length > LARGE;
}

function once<T>(compute: () => T): Fact<T> {
  let value: { readonly of: T } | null = null;
  const fact = () => (value ??= { of: compute() }).of;
  return Object.defineProperty(fact, 'known', { get: () => value !== null }) as Fact<T>;
}
