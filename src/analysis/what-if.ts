/**
 * What a step would take on another GPU. Each kernel's measured time is carried over: how far it is from the roofline on the
 * device it ran on (with sustained rates, not peaks) says how far it will be on the other, and the other's units decide
 * how full its last wave is. Time in which the GPU waited is the script's and the host's: it stays.
 */
import { sum } from '../base/stats.ts';
import type { Trace } from '../trace/model.ts';
import { deviceModel } from './gpu.ts';
import type { GpuFacts } from './gpu-table.ts';
import { GPUS } from './gpu-table.ts';
import type { GpuPrice } from './gpu-prices.ts';
import { priceOf } from './gpu-prices.ts';
import { memoryPeak } from './memory.ts';
import { observedCeilings } from './roofline.ts';
import type { StepLaunch } from './step-launches.ts';
import { stepLaunches } from './step-launches.ts';
import { stepStats } from './steps.ts';
import { sustainedShare } from './sustained-rates.ts';

/** What is needed of a device to carry a kernel to or from it. */
export interface DeviceRates {
  /** Sustained operations and bytes a second. */
  readonly flops: number;
  readonly bytes: number;
  readonly units: number | null;
  /** Ns a kernel takes at least: launch and start-up. */
  readonly startNs: number;
}

export interface KernelWork {
  readonly flops: number;
  readonly bytesMoved: number;
  readonly workgroups: number;
}

/** Typical of discrete GPUs (arXiv 2604.02344 measures 24 to 71 us a WebGPU dispatch of host time, of which a queue hides most). */
const GPU_START_NS = 5_000;

/**
 * Part of a kernel's distance from the roofline that is the kernel's own and goes with it; the rest stays with the device.
 * On public measurements (products and element-wise kernels between eight GPUs) the error is flat between 0.5 and 0.7.
 */
export const OWN_PART = { low: 0.5, middle: 0.6, high: 1 } as const;

/** Median errors on public measurements: 7 to 15 % where a GPU's sustained rates were measured, 20 % where they are typical ones. */
const MEASURED_DOUBT = 1.1;
const TYPICAL_DOUBT = 1.25;

/** Compute and memory time overlap only in part near the ridge: the 2-norm of the two, not the larger. */
function roofNs(work: KernelWork, rates: DeviceRates): number {
  const compute = ((work.flops || 0) / rates.flops) * 1e9;
  const memory = ((work.bytesMoved || 0) / rates.bytes) * 1e9;
  return rates.startNs + Math.hypot(compute, memory);
}

/** Average fullness of the rounds of workgroups; 1 where the units are unknown. */
function fullness(work: KernelWork, rates: DeviceRates): number {
  if (!rates.units || work.workgroups <= 0) return 1;
  const rounds = work.workgroups / rates.units;
  return rounds / Math.ceil(rounds);
}

/** Ns of a kernel on `to` that took `ns` on `from`. */
export function carriedNs(
  work: KernelWork,
  ns: number,
  from: DeviceRates,
  to: DeviceRates,
  ownPart: number = OWN_PART.middle,
): number {
  const distance = (ns * fullness(work, from)) / roofNs(work, from);
  return (roofNs(work, to) * distance ** ownPart) / fullness(work, to);
}

export function gpuRates(gpu: GpuFacts): DeviceRates | null {
  const { fp32 } = gpu.tflops;
  if (!fp32 || !gpu.bandwidthGbs) return null;
  const share = sustainedShare(gpu.name);
  return {
    flops: fp32 * 1e12 * share.compute,
    bytes: gpu.bandwidthGbs * 1e9 * share.bandwidth,
    units: gpu.units,
    startNs: GPU_START_NS,
  };
}

/** Rates of the device the trace ran on: of its data sheet, else the best that kernels of the trace reach. */
function sourceRates(trace: Trace, launches: readonly StepLaunch[]): DeviceRates | null {
  const device = deviceModel(trace.meta.adapter);
  const sheet = device.facts && gpuRates(device.facts);
  if (sheet) return sheet;
  const observed = observedCeilings(
    launches.map((l) => ({ flops: l.flops, bytesMoved: l.bytesMoved, durationNs: l.medianNs })),
  );
  if (observed.basis === 'unknown') return null;
  return {
    flops: observed.flops,
    bytes: observed.bytes,
    units: device.units,
    startNs: Math.min(...launches.map((l) => l.medianNs)),
  };
}

export interface WhatIf {
  readonly gpu: GpuFacts;
  /** Step time, ns: likely, and the range of the model's own uncertainty. */
  readonly stepNs: { readonly low: number; readonly middle: number; readonly high: number };
  readonly samplesPerSecond: number;
  /** GPU-busy share of the predicted step. */
  readonly busyShare: number;
  /** Peak of this trace over the GPU's memory; null where the memory is unknown. */
  readonly memoryShare: number | null;
  /** Samples a joule at board power, at most; null unknown. */
  readonly samplesPerJoule: number | null;
  /** As the user gave it, and the samples that 1 of its currency pays for; null where no price was given. */
  readonly price: GpuPrice | null;
  readonly samplesPerMoney: number | null;
}

export interface WhatIfAnswer {
  readonly gpus: readonly WhatIf[];
  /** Median step on the device of the trace, ns. */
  readonly ownStepNs: number;
  /** Why the figures are rougher than usual, in a sentence each. */
  readonly cautions: readonly string[];
}

/** Every GPU of the table with known rates, fastest first, with the prices that were given; an error says why nothing can be said. */
export function whatIf(trace: Trace, prices: readonly GpuPrice[] = []): WhatIfAnswer | string {
  const launches = stepLaunches(trace).filter((l) => l.flops > 0 || l.bytesMoved > 0);
  const steps = stepStats(trace);
  if (launches.length === 0 || !(steps.durationNs.median > 0))
    return 'the trace has no timed steps whose kernels state their cost';
  const from = sourceRates(trace, launches);
  if (!from) return 'nothing in the trace says how fast the device is that it ran on';
  const waitNs = Math.max(0, steps.durationNs.median * (1 - steps.gpuBusyShare));
  const peak = memoryPeak(trace).bytes;
  const stepOn = (to: DeviceRates, ownPart: number): number =>
    sum(launches.map((l) => l.perStep * carriedNs(l, l.medianNs, from, to, ownPart)));
  const answers = GPUS.flatMap((gpu): WhatIf[] => {
    const rates = gpuRates(gpu);
    if (!rates) return [];
    // A grid cut for a processor's few workers says nothing about how a GPU's units would fill.
    const to = trace.meta.adapter?.software ? { ...rates, units: null } : rates;
    const [a, middle, b] = [stepOn(to, OWN_PART.low), stepOn(to, OWN_PART.middle), stepOn(to, OWN_PART.high)];
    const doubt = sustainedShare(gpu.name).measured ? MEASURED_DOUBT : TYPICAL_DOUBT;
    const stepNs = middle + waitNs;
    const samplesPerSecond = (steps.samplesPerStep / stepNs) * 1e9;
    const price = priceOf(gpu, prices);
    return [
      {
        gpu,
        stepNs: {
          low: Math.min(a, middle, b) / doubt + waitNs,
          middle: stepNs,
          high: Math.max(a, middle, b) * doubt + waitNs,
        },
        samplesPerSecond,
        busyShare: middle / stepNs,
        memoryShare: gpu.memoryGb ? peak / (gpu.memoryGb * 1e9) : null,
        samplesPerJoule: gpu.boardWatts ? samplesPerSecond / gpu.boardWatts : null,
        price,
        samplesPerMoney: price ? (samplesPerSecond * 3600) / price.hourly : null,
      },
    ];
  });
  return {
    gpus: answers.sort((x, y) => x.stepNs.middle - y.stepNs.middle),
    ownStepNs: steps.durationNs.median,
    cautions: cautionsFor(trace),
  };
}

function cautionsFor(trace: Trace): string[] {
  const cautions = [
    'f32 on the vector units: what WebGPU reaches. Published errors of this method are in docs/what-if.md.',
  ];
  if (trace.meta.adapter?.software)
    cautions.unshift(
      'The trace ran on the processor: kernels tuned for it are not those a GPU would run, so take the order of magnitude only.',
    );
  return cautions;
}
