/** The words of a lens: what a line cost, in one glance. Two significant digits, the unit always there. */
import { formatBytes, formatNs, formatShare } from '../../base/format.ts';
import type { Suggestion, VerdictKind } from '../../suggest/suggestion.ts';
import type { RatioInterval } from '../../suggest/trial-stats.ts';
import type { Change, LayerLine, LineFact, StepLine } from './line-facts.ts';
import { t, translated } from '../words.ts';

const BETWEEN = ' · ';
/** Plain spaces would be drawn as one. */
const APART = '\u00a0\u00a0\u00a0';
/** Of figures that a later edit of their line has left behind. */
export function staleText(): string {
  return t('measured before this edit');
}

export function lensText(fact: LineFact, noiseFloor: number): string {
  const parts = fact.kind === 'layers' ? layerParts(fact) : stepParts(fact);
  const change = changeText(fact.change, noiseFloor);
  return parts.join(BETWEEN) + (change ? `${APART}${change}` : '');
}

function layerParts(line: LayerLine): string[] {
  const parts: string[] = [];
  if (line.layers.length > 1) parts.push(t('{0} layers', line.layers.length));
  if (line.forwardNs > 0) parts.push(t('{0} fwd', formatNs(line.forwardNs)));
  if (line.backwardNs > 0) parts.push(t('{0} bwd', formatNs(line.backwardNs)));
  if (!(line.forwardNs > 0) && !(line.backwardNs > 0)) parts.push(formatNs(line.totalNs));
  parts.push(t('{0} of step', formatShare(line.share)));
  if (line.bytes > 0) parts.push(formatBytes(line.bytes));
  if (Number.isFinite(line.occupancy)) parts.push(t('occupancy ≤ {0}', formatShare(line.occupancy)));
  return parts;
}

function stepParts({ stats, dispatchesPerStep, peakBytes }: StepLine): string[] {
  const { median, low, high } = stats.durationNs;
  const parts = [t('{0} a step ({1} .. {2})', formatNs(median), formatNs(low), formatNs(high))];
  if (Number.isFinite(stats.gpuBusyShare)) parts.push(t('GPU busy {0}', formatShare(stats.gpuBusyShare)));
  parts.push(t('{0} kernels', dispatchesPerStep));
  if (stats.samplesPerSecond > 0)
    parts.push(t('{0} samples/s', Math.round(stats.samplesPerSecond).toLocaleString('en-US')));
  parts.push(t('peak {0}', formatBytes(peakBytes)));
  return parts;
}

/** `▲ 8 % since baseline`; nothing without a baseline. What may be noise is called equal. */
export function changeText(change: Change | null, noiseFloor: number): string | null {
  if (!change) return null;
  const difference = change.ratio - 1;
  if (!change.certain || Math.abs(difference) < noiseFloor) return t('≈ baseline');
  return `${difference > 0 ? '▲' : '▼'} ${t('{0} since baseline', formatShare(Math.abs(difference)))}`;
}

/** `predicted +210 %`, `measured +31 % (28 .. 34)`, `refuted: +1 % (-2 .. 4)`. */
export function gainText({ predicted, verdict }: Suggestion): string {
  if (!verdict) return t('predicted {0}', signed(predicted.speedup));
  // The changed script did not run at all: there is no figure to show.
  if (verdict.speedup === 0)
    return `${kindText(verdict.kind)}: ${verdict.reason ? translated(verdict.reason) : t('the changed script failed')}`;
  const numbers = intervalText({ ratio: verdict.speedup, low: verdict.low, high: verdict.high });
  if (verdict.kind === 'confirmed') return t('measured {0}', numbers);
  return `${kindText(verdict.kind)}: ${numbers}`;
}

function kindText(kind: VerdictKind): string {
  if (kind === 'confirmed') return t('confirmed');
  return kind === 'refuted' ? t('refuted') : t('inconclusive');
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
