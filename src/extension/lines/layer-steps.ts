/** A layer line step by step: its phases over the last timed steps, and the kernels that make it up. Pure. */
import { hasTime, selectSteps, stepRows } from '../../analysis/selection.ts';
import { median } from '../../base/stats.ts';
import { PHASES } from '../../trace/model.ts';
import type { Trace } from '../../trace/model.ts';

export interface StepPhases {
  /** The script's own step number. */
  readonly step: number;
  readonly forwardNs: number;
  readonly backwardNs: number;
  readonly optimizerNs: number;
}

export interface KernelShare {
  readonly name: string;
  /** Of one step: median, and each of the steps. */
  readonly ns: number;
  readonly stepNs: Float64Array;
  readonly dispatches: number;
  /** Some dispatch of it on this line, to select in a view. */
  readonly dispatch: number;
}

export interface LayerSteps {
  readonly steps: readonly StepPhases[];
  readonly kernels: readonly KernelShare[];
}

const FORWARD = PHASES.indexOf('forward');
const BACKWARD = PHASES.indexOf('backward');
const OPTIMIZER = PHASES.indexOf('optimizer');

/** `layers` with everything below them, over the last `most` timed steady steps. */
export function layerSteps(trace: Trace, layers: readonly number[], most = 12): LayerSteps {
  const within = withChildren(trace, layers);
  const rows = selectSteps(trace).timed.slice(-most);
  const at = stepRows(trace, rows);
  const phases = rows.map(() => new Float64Array(PHASES.length));
  const kernels = new Map<number, { stepNs: Float64Array; dispatches: number; dispatch: number }>();
  const { dispatches, launches } = trace.tables;
  for (let i = 0; i < dispatches.length; i++) {
    const launch = dispatches.launch[i] as number;
    const slot = at.get(dispatches.step[i] as number);
    if (slot === undefined || !within.has(launches.layer[launch] as number) || !hasTime(trace, i)) continue;
    const ns = (dispatches.endNs[i] as number) - (dispatches.startNs[i] as number);
    const sums = phases[slot] as Float64Array;
    const phase = launches.phase[launch] as number;
    sums[phase] = (sums[phase] as number) + ns;
    const kernel = launches.kernel[launch] as number;
    const tally = kernels.get(kernel) ?? {
      stepNs: new Float64Array(rows.length),
      dispatches: 0,
      dispatch: i,
    };
    tally.stepNs[slot] = (tally.stepNs[slot] as number) + ns;
    tally.dispatches++;
    kernels.set(kernel, tally);
  }
  const count = Math.max(1, rows.length);
  return {
    steps: rows.map((row, slot) => ({
      step: trace.tables.steps.index[row] as number,
      forwardNs: phases[slot]?.[FORWARD] ?? 0,
      backwardNs: phases[slot]?.[BACKWARD] ?? 0,
      optimizerNs: phases[slot]?.[OPTIMIZER] ?? 0,
    })),
    kernels: [...kernels]
      .map(([kernel, tally]) => ({
        name: trace.kernels[kernel]?.name ?? '',
        ns: median(tally.stepNs),
        stepNs: tally.stepNs,
        dispatches: tally.dispatches / count,
        dispatch: tally.dispatch,
      }))
      .sort((a, b) => b.ns - a.ns),
  };
}

function withChildren(trace: Trace, layers: readonly number[]): Set<number> {
  const within = new Set(layers);
  // Parents come before their children in the catalog.
  trace.layers.forEach(({ parent }, layer) => {
    if (within.has(parent)) within.add(layer);
  });
  return within;
}
