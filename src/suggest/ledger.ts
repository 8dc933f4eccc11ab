/** What was predicted against what was measured, and how far the predictions of a rule can be trusted. */
import { formatShare } from '../base/format.ts';
import { median } from '../base/stats.ts';
import type { Suggestion, VerdictKind } from './suggestion.ts';

/** One proof. A line of the ledger file is one of these as JSON. */
export interface LedgerEntry {
  readonly rule: string;
  readonly script: string;
  readonly adapter: string;
  /** ISO date. */
  readonly provedAt: string;
  readonly predicted: { readonly speedup: number; readonly low: number; readonly high: number };
  readonly measured: {
    readonly kind: VerdictKind;
    readonly speedup: number;
    readonly low: number;
    readonly high: number;
  };
}

/** Null while the suggestion has no verdict. */
export function ledgerEntry(
  suggestion: Suggestion,
  run: { readonly script: string; readonly adapter: string; readonly provedAt: string },
): LedgerEntry | null {
  const { rule, predicted, verdict } = suggestion;
  if (!verdict) return null;
  const { speedup, low, high } = predicted;
  return {
    rule,
    ...run,
    predicted: { speedup, low, high },
    measured: { kind: verdict.kind, speedup: verdict.speedup, low: verdict.low, high: verdict.high },
  };
}

function isEntry(value: unknown): value is LedgerEntry {
  if (typeof value !== 'object' || value === null) return false;
  const { rule, predicted, measured } = value as Record<string, Record<string, unknown> | string | undefined>;
  const numbers = (o: unknown): boolean =>
    typeof o === 'object' &&
    o !== null &&
    ['speedup', 'low', 'high'].every((key) => typeof (o as Record<string, unknown>)[key] === 'number');
  return typeof rule === 'string' && numbers(predicted) && numbers(measured);
}

/** The entries of a ledger file; lines that are none (a crash while writing, another version) are left out. */
export function readLedger(text: string): LedgerEntry[] {
  return text.split('\n').flatMap((line) => {
    try {
      const value: unknown = JSON.parse(line);
      return isEntry(value) ? [value] : [];
    } catch {
      return [];
    }
  });
}

export interface Calibration {
  readonly rule: string;
  readonly proofs: number;
  readonly confirmed: number;
  readonly refuted: number;
  /** Median of measured over predicted speedup, of proofs that measured one: 1 is a true prediction. */
  readonly ratio: number;
  /** Share of them that fell within the predicted range. */
  readonly withinRange: number;
}

/** Fewer proofs say little about a rule. */
const LEAST_PROOFS = 3;

/** The suggestions, each with what became of the predictions of its rule in earlier proofs on this adapter. */
export function withCalibration(
  suggestions: readonly Suggestion[],
  entries: readonly LedgerEntry[],
  adapter: string,
): Suggestion[] {
  const known = calibrate(entries.filter((entry) => entry.adapter === adapter));
  return suggestions.map((suggestion) => {
    const own = known.find(({ rule }) => rule === suggestion.rule);
    if (!own || own.proofs < LEAST_PROOFS || suggestion.verdict) return suggestion;
    const text =
      `Of ${own.proofs} earlier proofs of this rule on this adapter ${own.confirmed} were confirmed` +
      (Number.isFinite(own.ratio)
        ? `; they measured ${own.ratio.toFixed(2)} of the predicted speed, ${formatShare(own.withinRange)} within the predicted range`
        : '');
    return {
      ...suggestion,
      evidence: [
        ...suggestion.evidence,
        { text, basis: 'measured', value: own.ratio, unit: 'measured/predicted' },
      ],
    };
  });
}

/** One line a rule, most proofs first. */
export function calibrate(entries: readonly LedgerEntry[]): Calibration[] {
  const rules = [...new Set(entries.map((e) => e.rule))];
  return rules
    .map((rule): Calibration => {
      const own = entries.filter((e) => e.rule === rule);
      const measured = own.filter((e) => e.measured.speedup > 0);
      const within = measured.filter(({ predicted: p, measured: m }) => m.high >= p.low && m.low <= p.high);
      const count = (kind: VerdictKind): number => own.filter((e) => e.measured.kind === kind).length;
      return {
        rule,
        proofs: own.length,
        confirmed: count('confirmed'),
        refuted: count('refuted'),
        ratio: median(measured.map((e) => e.measured.speedup / e.predicted.speedup)),
        withinRange: within.length / measured.length,
      };
    })
    .sort((a, b) => b.proofs - a.proofs);
}
