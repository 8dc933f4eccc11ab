/** Whether a run keeps the limits of a performance test: with intervals, so that noise alone breaks none. Pure. */
import { formatBytes, formatNs, formatShare } from '../base/format.ts';
import type { Trace } from '../trace/model.ts';
import { compareTraces } from './compare.ts';
import { memoryPeak } from './memory.ts';
import { stepStats } from './steps.ts';

export interface PerfLimits {
  readonly maxStepMs?: number;
  readonly minSamplesPerSecond?: number;
  readonly maxPeakMB?: number;
  /** Share of the baseline's step; asked only where there is a baseline. */
  readonly maxSlowdown?: number;
}

export const DEFAULT_SLOWDOWN = 0.05;

export interface PerfCheck {
  readonly what: 'step' | 'samples' | 'memory' | 'baseline';
  /** `unclear`: the median is beyond the limit, its interval is not. */
  readonly verdict: 'passed' | 'failed' | 'unclear';
  readonly limit: string;
  readonly measured: string;
}

/** One check a limit. `baseline`: null where the test names none. */
export function checkLimits(trace: Trace, limits: PerfLimits, baseline: Trace | null): PerfCheck[] {
  const { durationNs, samplesPerStep } = stepStats(trace);
  const { median, low, high } = durationNs;
  const checks: PerfCheck[] = [];
  if (limits.maxStepMs !== undefined) {
    const limit = limits.maxStepMs * 1e6;
    checks.push({
      what: 'step',
      verdict: judged(median <= limit, low > limit),
      limit: `at most ${formatNs(limit, 3)}`,
      measured: `${formatNs(median, 3)} a step (${formatNs(low, 3)} .. ${formatNs(high, 3)})`,
    });
  }
  if (limits.minSamplesPerSecond !== undefined) {
    const rate = (ns: number): number => (samplesPerStep / ns) * 1e9;
    checks.push({
      what: 'samples',
      verdict: judged(rate(median) >= limits.minSamplesPerSecond, !(rate(low) >= limits.minSamplesPerSecond)),
      limit: `at least ${limits.minSamplesPerSecond} samples/s`,
      measured: Number.isFinite(rate(median))
        ? `${Math.round(rate(median))} samples/s (${Math.round(rate(high))} .. ${Math.round(rate(low))})`
        : 'the script does not tell its rows',
    });
  }
  if (limits.maxPeakMB !== undefined) {
    const { bytes } = memoryPeak(trace);
    checks.push({
      what: 'memory',
      verdict: bytes <= limits.maxPeakMB * 1e6 ? 'passed' : 'failed',
      limit: `at most ${formatBytes(limits.maxPeakMB * 1e6)}`,
      measured: `${formatBytes(bytes)} at the peak`,
    });
  }
  if (baseline) checks.push(againstBaseline(trace, baseline, limits.maxSlowdown ?? DEFAULT_SLOWDOWN));
  return checks;
}

function againstBaseline(trace: Trace, baseline: Trace, maxSlowdown: number): PerfCheck {
  const limit = `at most ${formatShare(maxSlowdown)} slower than the baseline`;
  const [then, now] = [baseline.meta.adapter?.name ?? '', trace.meta.adapter?.name ?? ''];
  if (then !== now)
    return {
      what: 'baseline',
      verdict: 'failed',
      limit,
      measured: `the baseline was recorded on ${then || 'an unknown adapter'}, this is ${now || 'another'}: record it anew`,
    };
  const { step } = compareTraces(baseline, trace);
  const { ratio, low, high } = step.ratio;
  const change = (value: number): string => `${value >= 1 ? '+' : '−'}${formatShare(Math.abs(value - 1))}`;
  return {
    what: 'baseline',
    verdict: judged(ratio <= 1 + maxSlowdown, low > 1 + maxSlowdown),
    limit,
    measured: `${formatNs(step.before, 3)} → ${formatNs(step.after, 3)}, ${change(ratio)} (${change(low)} .. ${change(high)})`,
  };
}

function judged(kept: boolean, certainlyBroken: boolean): PerfCheck['verdict'] {
  if (kept) return 'passed';
  return certainlyBroken ? 'failed' : 'unclear';
}

/** The layers that grew most since the baseline, in words: where to look first. */
export function grownLayers(trace: Trace, baseline: Trace, most = 3): string[] {
  return compareTraces(baseline, trace)
    .layers.flatMap(({ name, before, after }) =>
      before && after && after > before ? [{ name, before, after }] : [],
    )
    .sort((a, b) => b.after - b.before - (a.after - a.before))
    .slice(0, most)
    .map(({ name, before, after }) => `${name}: ${formatNs(before)} → ${formatNs(after)}`);
}
