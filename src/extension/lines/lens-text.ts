/** The words of a lens: what a line cost, in one glance. Two significant digits, the unit always there. */
import { formatBytes, formatNs, formatShare } from '../../base/format.ts';
import type { Suggestion } from '../../suggest/suggestion.ts';
import type { RatioInterval } from '../../suggest/trial-stats.ts';
import type { Change, LayerLine, LineFact, StepLine } from './line-facts.ts';

const BETWEEN = ' · ';
/** Plain spaces would be drawn as one. */
const APART = '\u00a0\u00a0\u00a0';
export const STALE_TEXT = 'measured before this edit';

export function lensText(fact: LineFact, noiseFloor: number): string {
  const parts = fact.kind === 'layers' ? layerParts(fact) : stepParts(fact);
  const change = changeText(fact.change, noiseFloor);
  return parts.join(BETWEEN) + (change ? `${APART}${change}` : '');
}

function layerParts(line: LayerLine): string[] {
  const parts: string[] = [];
  if (line.layers.length > 1) parts.push(`${line.layers.length} layers`);
  if (line.forwardNs > 0) parts.push(`${formatNs(line.forwardNs)} fwd`);
  if (line.backwardNs > 0) parts.push(`${formatNs(line.backwardNs)} bwd`);
  if (!(line.forwardNs > 0) && !(line.backwardNs > 0)) parts.push(formatNs(line.totalNs));
  parts.push(`${formatShare(line.share)} of step`);
  if (line.bytes > 0) parts.push(formatBytes(line.bytes));
  if (Number.isFinite(line.occupancy)) parts.push(`occupancy ≤ ${formatShare(line.occupancy)}`);
  return parts;
}

function stepParts({ stats, dispatchesPerStep, peakBytes }: StepLine): string[] {
  const { median, low, high } = stats.durationNs;
  const parts = [`${formatNs(median)} a step (${formatNs(low)} .. ${formatNs(high)})`];
  if (Number.isFinite(stats.gpuBusyShare)) parts.push(`GPU busy ${formatShare(stats.gpuBusyShare)}`);
  parts.push(`${dispatchesPerStep} kernels`);
  if (stats.samplesPerSecond > 0)
    parts.push(`${Math.round(stats.samplesPerSecond).toLocaleString('en-US')} samples/s`);
  parts.push(`peak ${formatBytes(peakBytes)}`);
  return parts;
}

/** `▲ 8 % since baseline`; nothing without a baseline. What may be noise is called equal. */
export function changeText(change: Change | null, noiseFloor: number): string | null {
  if (!change) return null;
  const difference = change.ratio - 1;
  if (!change.certain || Math.abs(difference) < noiseFloor) return '≈ baseline';
  return `${difference > 0 ? '▲' : '▼'} ${formatShare(Math.abs(difference))} since baseline`;
}

/** `predicted +210 %`, `measured +31 % (28 .. 34)`, `refuted: +1 % (-2 .. 4)`. */
export function gainText({ predicted, verdict }: Suggestion): string {
  if (!verdict) return `predicted ${signed(predicted.speedup)}`;
  // The changed script did not run at all: there is no figure to show.
  if (verdict.speedup === 0) return `${verdict.kind}: ${verdict.reason ?? 'the changed script failed'}`;
  const numbers = intervalText({ ratio: verdict.speedup, low: verdict.low, high: verdict.high });
  if (verdict.kind === 'confirmed') return `measured ${numbers}`;
  return `${verdict.kind}: ${numbers}`;
}

/** `+31 % (28 .. 34)`: a ratio of speeds with its interval. */
export function intervalText({ ratio, low, high }: RatioInterval): string {
  return `${signed(ratio)} (${bare(low)} .. ${bare(high)})`;
}

function percent(speedup: number): number {
  return Math.round((speedup - 1) * 100);
}

function bare(speedup: number): string {
  if (speedup === Infinity) return '∞';
  return String(percent(speedup)).replace('-', '−');
}

function signed(speedup: number): string {
  const value = percent(speedup);
  return `${value < 0 ? '−' : '+'}${Math.abs(value)} %`;
}
