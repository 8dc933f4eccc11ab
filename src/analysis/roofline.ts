/** Which resource bounds a kernel, and how near it comes to the ceiling of that resource. */
import type { Trace } from '../trace/model.ts';
import { deviceModel } from './gpu.ts';

export type Bound = 'compute' | 'memory' | 'latency' | 'unknown';

export interface Ceilings {
  /** Floating-point operations and bytes a second. */
  readonly flops: number;
  readonly bytes: number;
  /** `measured`: by a micro-benchmark on the device; `observed`: the best kernel of this trace, a lower bound; `data sheet`. */
  readonly basis: 'measured' | 'observed' | 'data sheet' | 'unknown';
}

export interface Rate {
  readonly flops: number;
  readonly bytesMoved: number;
  readonly durationNs: number;
}

/** Shorter than this a kernel says little about rates: its start-up dominates. */
const MIN_RATE_NS = 20_000;

/** Series in which a run may store measured ceilings (one sample each). */
export const CEILING_SERIES = { flops: 'ceiling flops', bytes: 'ceiling bytes' } as const;

function measuredCeiling(trace: Trace, name: string): number {
  const series = trace.series.findIndex((s) => s.name === name);
  if (series < 0) return NaN;
  const { samples } = trace.tables;
  for (let i = 0; i < samples.length; i++)
    if (samples.series[i] === series) return samples.value[i] as number;
  return NaN;
}

/** The device's ceilings: measured where the trace has them, else the data sheet, else the best rates seen in this trace. */
export function ceilings(trace: Trace, rates: readonly Rate[]): Ceilings {
  const flops = measuredCeiling(trace, CEILING_SERIES.flops);
  const bytes = measuredCeiling(trace, CEILING_SERIES.bytes);
  if (flops > 0 && bytes > 0) return { flops, bytes, basis: 'measured' };
  const facts = deviceModel(trace.meta.adapter).facts;
  if (facts?.tflops.fp32 && facts.bandwidthGbs)
    return { flops: facts.tflops.fp32 * 1e12, bytes: facts.bandwidthGbs * 1e9, basis: 'data sheet' };
  return observedCeilings(rates);
}

/** The best rates among kernels that run long enough to say something: lower bounds of what the device can do. */
export function observedCeilings(rates: readonly Rate[]): Ceilings {
  let bestFlops = 0;
  let bestBytes = 0;
  for (const rate of rates) {
    if (rate.durationNs < MIN_RATE_NS) continue;
    if (rate.flops > 0) bestFlops = Math.max(bestFlops, (rate.flops / rate.durationNs) * 1e9);
    if (rate.bytesMoved > 0) bestBytes = Math.max(bestBytes, (rate.bytesMoved / rate.durationNs) * 1e9);
  }
  if (bestFlops === 0 || bestBytes === 0) return { flops: NaN, bytes: NaN, basis: 'unknown' };
  return { flops: bestFlops, bytes: bestBytes, basis: 'observed' };
}

export interface RooflinePoint {
  readonly bound: Bound;
  /** Operations a byte. */
  readonly intensity: number;
  /** Share of the higher of the two ceilings that is reached, 0..1; NaN unknown. */
  readonly efficiency: number;
}

/**
 * Bound by the ceiling it is nearer to. A kernel under 60 % of both whose grid leaves units without work is latency-bound
 * (the thresholds are Nsight Compute's speed-of-light rule).
 */
export function rooflinePoint(rate: Rate, limits: Ceilings, waves: number): RooflinePoint {
  const flopsShare = (rate.flops / rate.durationNs) * (1e9 / limits.flops);
  const bytesShare = (rate.bytesMoved / rate.durationNs) * (1e9 / limits.bytes);
  const intensity = rate.bytesMoved > 0 ? rate.flops / rate.bytesMoved : NaN;
  const known = Number.isFinite(flopsShare) || Number.isFinite(bytesShare);
  if (!known || limits.basis === 'unknown') return { bound: 'unknown', intensity, efficiency: NaN };
  const compute = Number.isFinite(flopsShare) ? flopsShare : 0;
  const memory = Number.isFinite(bytesShare) ? bytesShare : 0;
  const efficiency = Math.min(1, Math.max(compute, memory));
  if (efficiency < 0.6 && (waves < 1 || rate.durationNs < MIN_RATE_NS))
    return { bound: 'latency', intensity, efficiency };
  return { bound: compute >= memory ? 'compute' : 'memory', intensity, efficiency };
}

/** Shortest time the ceilings allow, ns. A prediction for a kernel never goes below it. */
export function rooflineNs(flops: number, bytesMoved: number, limits: Ceilings): number {
  return Math.max(((flops || 0) / limits.flops) * 1e9, ((bytesMoved || 0) / limits.bytes) * 1e9) || 0;
}
