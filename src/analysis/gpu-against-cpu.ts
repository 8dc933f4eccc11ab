/** One script on a GPU and on the processor: whether the GPU pays. Only ever from two measured runs. */
import type { Trace } from '../trace/model.ts';
import { medianRatio } from './median-ratio.ts';
import type { MedianRatio } from './median-ratio.ts';
import { selectSteps } from './selection.ts';
import { stepDurations, stepStats } from './steps.ts';

export interface GpuAgainstCpu {
  readonly gpuNs: number;
  readonly cpuNs: number;
  /** Time on the processor over time on the GPU, for the same rows: above 1 the GPU pays. */
  readonly ratio: MedianRatio;
}

/** Null unless exactly one of the two ran on a software adapter and both are runs of one script. */
export function gpuAgainstCpu(one: Trace, other: Trace): GpuAgainstCpu | null {
  const [software, hardware] = one.meta.adapter?.software ? [one, other] : [other, one];
  if (!software.meta.adapter?.software || hardware.meta.adapter?.software !== false) return null;
  if (software.meta.script === '' || software.meta.script !== hardware.meta.script) return null;
  const [cpu, gpu] = [stepStats(software), stepStats(hardware)];
  if (!(cpu.durationNs.median > 0) || !(gpu.durationNs.median > 0)) return null;
  const rows = cpu.samplesPerStep / gpu.samplesPerStep;
  if (Number.isFinite(rows) && rows !== 1) return null;
  const durations = (trace: Trace): Float64Array => {
    const { untimed, steady } = selectSteps(trace);
    return stepDurations(trace, untimed.length > 0 ? untimed : steady);
  };
  return {
    gpuNs: gpu.durationNs.median,
    cpuNs: cpu.durationNs.median,
    ratio: medianRatio(durations(hardware), durations(software)),
  };
}
