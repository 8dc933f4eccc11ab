/** Where time and memory went, by layer of the model. */
import { median } from '../base/stats.ts';
import { PHASES } from '../trace/model.ts';
import type { SourceLocation, Trace } from '../trace/model.ts';
import { layerBytes } from './layer-bytes.ts';
import type { RoleBytes } from './layer-bytes.ts';
import { allOccupancies } from './occupancy.ts';
import { hasTime, isSteady, selectSteps, stepRows } from './selection.ts';

export interface PhaseTimes {
  readonly forwardNs: number;
  readonly backwardNs: number;
  readonly optimizerNs: number;
  /** The three together, and phases that are none of them. */
  readonly totalNs: number;
}

export interface LayerCost {
  readonly layer: number;
  readonly path: string;
  readonly type: string;
  readonly detail: string | null;
  readonly parent: number;
  readonly source: SourceLocation | null;
  /** GPU time a step of the layer's own dispatches: median over the timed steady steps. */
  readonly own: PhaseTimes;
  /** The same with all layers below it. */
  readonly total: PhaseTimes;
  /** Share of the GPU time of a step, children included, 0..1. */
  readonly share: number;
  /** Most bytes the layer held at once, by role; `total` with all layers below it. */
  readonly ownBytes: RoleBytes;
  readonly totalBytes: RoleBytes;
  /** Achieved occupancy (estimate), weighted by time, children included; NaN unknown. */
  readonly occupancy: number;
}

export interface LayerCosts {
  readonly layers: readonly LayerCost[];
  /** GPU time a step that belongs to no layer. */
  readonly unattributed: PhaseTimes;
  /** GPU time a step, all of it. */
  readonly stepNs: number;
  /** `step`: times are medians over steps. `trace`: the trace has no timed steps; times are sums over all of it. */
  readonly per: 'step' | 'trace';
}

const PHASE_COUNT = PHASES.length;
const FORWARD = PHASES.indexOf('forward');
const BACKWARD = PHASES.indexOf('backward');
const OPTIMIZER = PHASES.indexOf('optimizer');

/** ns by [layer + 1][phase] for each step (one slot for the whole trace without timed steps); slot 0 is "no layer". */
interface Sums {
  readonly slots: readonly Float64Array[];
  readonly per: 'step' | 'trace';
}

function sumBySteps(trace: Trace): Sums {
  const { dispatches, launches } = trace.tables;
  const { timed } = selectSteps(trace);
  const per = timed.length > 0 ? 'step' : 'trace';
  const rows = stepRows(trace, timed);
  const width = (trace.layers.length + 1) * PHASE_COUNT;
  const slots = Array.from({ length: per === 'step' ? timed.length : 1 }, () => new Float64Array(width));
  const anySteady = per === 'trace' && someSteady(trace);
  for (let i = 0; i < dispatches.length; i++) {
    const slot = per === 'step' ? rows.get(dispatches.step[i] as number) : 0;
    if (slot === undefined || !hasTime(trace, i) || (anySteady && !isSteady(trace, i))) continue;
    const launch = dispatches.launch[i] as number;
    const at = ((launches.layer[launch] as number) + 1) * PHASE_COUNT + (launches.phase[launch] as number);
    const sums = slots[slot] as Float64Array;
    sums[at] = (sums[at] as number) + (dispatches.endNs[i] as number) - (dispatches.startNs[i] as number);
  }
  return { slots, per };
}

function someSteady(trace: Trace): boolean {
  for (let i = 0; i < trace.tables.dispatches.length; i++) if (isSteady(trace, i)) return true;
  return false;
}

/** Adds each layer's sums to its parents'. Parents come before their children in the catalog. */
function includeChildren(trace: Trace, own: Float64Array): Float64Array {
  const total = own.slice();
  for (let layer = trace.layers.length - 1; layer >= 0; layer--) {
    const parent = trace.layers[layer]?.parent ?? -1;
    if (parent < 0) continue;
    for (let phase = 0; phase < PHASE_COUNT; phase++) {
      const to = (parent + 1) * PHASE_COUNT + phase;
      total[to] = (total[to] as number) + (total[(layer + 1) * PHASE_COUNT + phase] as number);
    }
  }
  return total;
}

function phaseTimes(slots: readonly Float64Array[], layer: number): PhaseTimes {
  const base = (layer + 1) * PHASE_COUNT;
  const of = (phase: number): number => median(slots.map((sums) => sums[base + phase] as number));
  const all = slots.map((sums) => sums.subarray(base, base + PHASE_COUNT).reduce((a, b) => a + b, 0));
  return {
    forwardNs: of(FORWARD),
    backwardNs: of(BACKWARD),
    optimizerNs: of(OPTIMIZER),
    totalNs: median(all),
  };
}

/** Occupancy of each layer's dispatches, children included, weighted by time. */
function layerOccupancies(trace: Trace): Float64Array {
  const occupancies = allOccupancies(trace);
  const { dispatches, launches } = trace.tables;
  const weighted = new Float64Array(trace.layers.length);
  const weights = new Float64Array(trace.layers.length);
  for (let i = 0; i < dispatches.length; i++) {
    if (!hasTime(trace, i)) continue;
    const launch = dispatches.launch[i] as number;
    const achieved = occupancies[launch]?.achieved ?? NaN;
    if (!Number.isFinite(achieved)) continue;
    const ns = (dispatches.endNs[i] as number) - (dispatches.startNs[i] as number);
    for (
      let layer = launches.layer[launch] as number;
      layer >= 0;
      layer = trace.layers[layer]?.parent ?? -1
    ) {
      weighted[layer] = (weighted[layer] as number) + achieved * ns;
      weights[layer] = (weights[layer] as number) + ns;
    }
  }
  return weighted.map((sum, layer) => sum / (weights[layer] as number));
}

export function layerCosts(trace: Trace): LayerCosts {
  const { slots, per } = sumBySteps(trace);
  const totals = slots.map((own) => includeChildren(trace, own));
  const stepNs = median(slots.map((sums) => sums.reduce((a, b) => a + b, 0)));
  const bytes = layerBytes(trace);
  const occupancy = layerOccupancies(trace);
  const layers = trace.layers.map((info, layer): LayerCost => {
    const total = phaseTimes(totals, layer);
    return {
      layer,
      path: info.path,
      type: info.type,
      detail: info.detail ?? null,
      parent: info.parent,
      source: trace.locations[info.location] ?? null,
      own: phaseTimes(slots, layer),
      total,
      share: total.totalNs / stepNs,
      ownBytes: bytes.own[layer] as RoleBytes,
      totalBytes: bytes.total[layer] as RoleBytes,
      occupancy: occupancy[layer] as number,
    };
  });
  return { layers, unattributed: phaseTimes(slots, -1), stepNs, per };
}
