/** What happened in a stretch of time: GPU time by kernel, layer and phase, and idle time by cause. Pure. */
import { IDLE_CAUSES } from '../src/analysis/idle.ts';
import { PHASES } from '../src/trace/model.ts';
import type { Range } from './axis.ts';
import type { Facts } from './facts.ts';
import { firstAbove } from './marks/lane.ts';

export interface AreaSums {
  readonly spanNs: number;
  /** Clipped to the stretch: a kernel half inside counts half. */
  readonly kernelNs: Float64Array;
  readonly kernelCount: Uint32Array;
  /** By layer; the last entry is "no layer". */
  readonly layerNs: Float64Array;
  readonly phaseNs: Float64Array;
  readonly gpuNs: number;
  /** By IDLE_CAUSES, inside timed steps only: elsewhere nobody knows. */
  readonly idleNs: Float64Array;
}

export function sumArea(facts: Facts, [from, to]: Range): AreaSums {
  const { trace } = facts;
  const { dispatches, launches } = trace.tables;
  const kernelNs = new Float64Array(trace.kernels.length);
  const kernelCount = new Uint32Array(trace.kernels.length);
  const layerNs = new Float64Array(trace.layers.length + 1);
  const phaseNs = new Float64Array(PHASES.length);
  const idleNs = new Float64Array(IDLE_CAUSES.length);
  let gpuNs = 0;
  const add = (sums: Float64Array, at: number, ns: number) => (sums[at] = (sums[at] as number) + ns);
  const tracks = facts.tracks();
  for (const lane of tracks.list.filter(({ kind }) => kind === 'gpu').flatMap((track) => track.lanes))
    for (let i = firstAbove(lane.ends, from); i < lane.length && (lane.starts[i] as number) < to; i++) {
      const ns = Math.min(lane.ends[i] as number, to) - Math.max(lane.starts[i] as number, from);
      const launch = dispatches.launch[lane.rows[i] as number] as number;
      const kernel = launches.kernel[launch] as number;
      const layer = launches.layer[launch] as number;
      add(kernelNs, kernel, ns);
      kernelCount[kernel] = (kernelCount[kernel] as number) + 1;
      add(layerNs, layer < 0 ? trace.layers.length : layer, ns);
      add(phaseNs, launches.phase[launch] as number, ns);
      gpuNs += ns;
    }
  const idle = facts.idleLane();
  for (let i = firstAbove(idle.ends, from); i < idle.length && (idle.starts[i] as number) < to; i++)
    add(
      idleNs,
      idle.colors[i] as number,
      Math.min(idle.ends[i] as number, to) - Math.max(idle.starts[i] as number, from),
    );
  return { spanNs: to - from, kernelNs, kernelCount, layerNs, phaseNs, gpuNs, idleNs };
}
