/** What a rule proposes, what supports it, and what became of it when it was run. */

import type { NoiseScale } from '../analysis/gradient-noise.ts';
import type { Role } from '../trace/model.ts';
import type { TimedLaunch } from './kernel-work.ts';

/** One replacement of text in the user's source. UTF-16 offsets; `oldText` is what must stand there. */
export interface Edit {
  readonly file: string;
  readonly start: number;
  readonly end: number;
  readonly oldText: string;
  readonly newText: string;
}

/** One fact that supports a suggestion, in words, with the number it rests on. */
export interface Evidence {
  readonly text: string;
  readonly basis: 'measured' | 'computed' | 'estimated';
  readonly value?: number;
  readonly unit?: string;
}

export interface Prediction {
  /** New speed over old, 1 = no change, with a low and a high. */
  readonly speedup: number;
  readonly low: number;
  readonly high: number;
  /** Peak bytes after over before, when the rule can say. */
  readonly memory?: number;
  readonly formula?: string;
}

export type VerdictKind = 'confirmed' | 'refuted' | 'inconclusive';

export interface Verdict {
  readonly kind: VerdictKind;
  /** Measured samples per second, new over old, with its 95 % interval. */
  readonly speedup: number;
  readonly low: number;
  readonly high: number;
  readonly memory?: number;
  /** Mean loss of the last quarter of the rows that both sides saw, and the curves over rows, where the script reads its loss. */
  readonly lossBefore?: number;
  readonly lossAfter?: number;
  readonly lossRows?: number;
  readonly lossCurves?: { readonly before: readonly LossPoint[]; readonly after: readonly LossPoint[] };
  readonly trials: number;
  readonly reason?: string;
}

/** Loss of the step after which the run had seen so many rows (steps, where the script does not tell rows). */
export interface LossPoint {
  readonly rows: number;
  readonly loss: number;
}

/** A point of the curve batch -> throughput and memory. `basis` tells a measured point from a model's. */
export interface BatchPoint {
  readonly batch: number;
  readonly samplesPerSecond: number;
  readonly peakBytes: number;
  readonly basis: 'measured' | 'estimated';
}

export interface Suggestion {
  readonly id: string;
  readonly rule: string;
  readonly title: string;
  /** Where the reader should look: the line of the literal, or of the layer. */
  readonly at: { readonly file: string; readonly line: number; readonly column: number } | null;
  readonly evidence: readonly Evidence[];
  /** Null when no single edit is right; then `advice` says what to write. */
  readonly edit: Edit | null;
  readonly advice?: string;
  /** What the change means for training itself (convergence, results), when it means something. */
  readonly caution?: string;
  readonly predicted: Prediction;
  readonly verdict: Verdict | null;
  readonly curve?: readonly BatchPoint[];
}

/** What is in memory at the peak of the steady steps, and the limits it is under; null unknown. */
export interface TrialMemory {
  readonly byRole: Readonly<Record<Role, number>>;
  /** The largest single buffer. */
  readonly largestBytes: number;
  readonly limitBytes: number | null;
  readonly bindingLimitBytes: number | null;
}

/** Processor cores' worth of work in the mean of a trial's steady steps. */
export interface ProcessorUse {
  readonly ownCores: number;
  readonly otherCores: number;
}

/** What one trial run gives. */
export interface TrialResult {
  /** Wall time of each steady untimed step, ms. */
  readonly stepMs: readonly number[];
  readonly samplesPerStep: number;
  readonly peakBytes: number;
  /** The peak within the steady steps: what grows with the batch. Building the model may have taken more. */
  readonly steadyPeakBytes?: number;
  readonly memory?: TrialMemory;
  /** Where the script computes on the processor (a software adapter), and the trial was long enough to tell. */
  readonly processor?: ProcessorUse;
  /** Of the steps whose loss the script read. */
  readonly losses: readonly LossPoint[];
}

/** What variants of a script give that ran in turns, in short windows side by side. */
export interface TurnsResult {
  /** As asked for; their steps are those of all windows. */
  readonly results: readonly TrialResult[];
  /** For each round of windows the mean step of each variant, ms. */
  readonly rounds: readonly (readonly number[])[];
  /** For each variant and each of its steps the index of its round in `rounds`; -1 where some variant has no step in that round. */
  readonly roundOfStep: readonly (readonly number[])[];
}

/** Given by the shell: runs the script with an edit in memory, or as it is. Throws when the run fails. */
export interface Trials {
  run(edit: Edit | null, signal?: AbortSignal): Promise<TrialResult>;
  /**
   * All of them alive at once, one running at a time: what slows the machine down slows them alike. Absent where a script cannot be
   * halted with its device. Throws when any of them fails. `onShare`: how much of it is done, 0..1.
   */
  inTurns?(
    edits: readonly (Edit | null)[],
    signal?: AbortSignal,
    onShare?: (share: number) => void,
  ): Promise<TurnsResult>;
  /** The launches of a step, from a timed run of its own. */
  kernels?(edit: Edit | null, signal?: AbortSignal): Promise<readonly TimedLaunch[]>;
  /** The launches of a step of each edit, from timed runs in turns; absent and failing as `inTurns`. */
  kernelsInTurns?(
    edits: readonly (Edit | null)[],
    signal?: AbortSignal,
  ): Promise<readonly (readonly TimedLaunch[])[]>;
  /** The loss of every step, from a run of its own that is not timed; empty where the script's library does not tell. */
  losses?(edit: Edit | null, signal?: AbortSignal): Promise<readonly LossPoint[]>;
  /** How noisy the script's gradients are, from a run of its own; null where its library does not tell. */
  gradientNoise?(signal?: AbortSignal): Promise<NoiseScale | null>;
}
