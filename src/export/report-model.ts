/**
 * Shape of `kernelscope.report/1`. Fields may be added; those that are here stay. Times carry their unit in the name,
 * shares are 0..1, `null` means not known.
 */
import type { StepEnergy } from '../analysis/energy.ts';
import type { BatchPoint, Edit, Verdict } from '../suggest/suggestion.ts';
import type { ClockInfo, Family, RunStatus, SourceLocation } from '../trace/model.ts';

type Known = number | null;

export interface Report {
  readonly schema: 'kernelscope.report/1';
  readonly status: Exclude<RunStatus, 'running'>;
  readonly error?: { readonly message: string; readonly file?: string; readonly line?: number };
  /** `run`, or `import:<format>`. */
  readonly origin: string;
  readonly adapter: ReportAdapter | null;
  readonly script: string;
  readonly startedAt: string;
  readonly steps: ReportSteps;
  readonly overhead: {
    readonly timedMedianMs: Known;
    readonly untimedMedianMs: Known;
    readonly share: Known;
    readonly mode: string | null;
  };
  readonly clock: ClockInfo;
  /** Of the whole device, a step; null where nothing measured it. */
  readonly energy: StepEnergy | null;
  readonly totals: ReportTotals;
  /** Shares of the timed steps in which the GPU works, or waits and why; null without timed steps. */
  readonly idle: Readonly<
    Record<'busy' | 'readback' | 'compile' | 'upload' | 'data' | 'launch' | 'host', number>
  > | null;
  readonly kernels: readonly ReportKernel[];
  readonly layers: readonly ReportLayer[];
  /** GPU time a step that belongs to no layer. */
  readonly unattributedMs: Known;
  readonly memory: ReportMemory;
  readonly suggestions: readonly ReportSuggestion[];
  readonly notes: readonly string[];
}

export interface ReportAdapter {
  readonly name: string;
  readonly vendor: string;
  readonly architecture: string;
  readonly backend: string;
  readonly software: boolean;
  readonly features: readonly string[];
  readonly reason: string;
}

export interface ReportSteps {
  readonly count: number;
  readonly warmup: number;
  readonly timed: number;
  readonly untimed: number;
  readonly medianMs: Known;
  readonly lowMs: Known;
  readonly highMs: Known;
  readonly gpuBusyShare: Known;
  readonly gpuBusyMs: Known;
  readonly samplesPerSecond: Known;
  readonly firstLoss: Known;
  readonly lastLoss: Known;
}

export interface ReportTotals {
  readonly dispatches: number;
  readonly passes: number;
  readonly submits: number;
  /** Time in which any timed dispatch ran, warm-up included. */
  readonly gpuMs: number;
  readonly uploadBytes: number;
  readonly readbackBytes: number;
  readonly pipelines: number;
  readonly compileMs: Known;
  /** What first dispatches of pipelines took longer than later ones: mostly the driver's compiling. */
  readonly firstRunMs: number;
  readonly droppedTimestamps: number;
}

export interface ReportKernel {
  readonly name: string;
  readonly family: Family;
  /** Timed dispatches the times are of, and all dispatches. */
  readonly count: number;
  readonly dispatches: number;
  readonly totalMs: Known;
  readonly meanUs: Known;
  readonly medianUs: Known;
  readonly minUs: Known;
  readonly maxUs: Known;
  readonly share: Known;
  readonly basis: 'measured' | 'estimated';
  readonly warmupOnly: boolean;
  readonly workgroupSize: readonly [number, number, number];
  readonly workgroups: readonly [number, number, number];
  readonly flops: Known;
  readonly bytesMoved: Known;
  readonly gflops: Known;
  readonly gbps: Known;
  readonly bound: 'compute' | 'memory' | 'latency' | 'unknown';
  readonly occupancy: {
    readonly theoretical: Known;
    readonly theoreticalLow: Known;
    readonly achieved: Known;
    readonly limiter: string;
    readonly basis: 'estimated' | 'unknown';
  };
}

export type ReportRoles = Readonly<
  Record<
    | 'unknown'
    | 'parameter'
    | 'gradient'
    | 'optimizerState'
    | 'activation'
    | 'workspace'
    | 'input'
    | 'staging',
    number
  >
>;

export interface ReportLayer {
  readonly path: string;
  readonly type: string;
  readonly parent: string | null;
  readonly source: SourceLocation | null;
  /** GPU time a step, layers below included. */
  readonly forwardMs: Known;
  readonly backwardMs: Known;
  readonly optimizerMs: Known;
  /** All phases, without the layers below. */
  readonly ownMs: Known;
  readonly share: Known;
  readonly bytes: ReportRoles;
  readonly occupancy: Known;
}

export interface ReportMemory {
  readonly peakBytes: number;
  readonly reservedBytes: number;
  readonly byRole: ReportRoles;
  readonly liveAtEndBytes: number;
  readonly buffers: number;
  /** The largest buffers alive at the peak. */
  readonly largest: readonly {
    readonly bytes: number;
    readonly label: string;
    readonly layer: string | null;
    readonly source: SourceLocation | null;
  }[];
}

export interface ReportSuggestion {
  readonly id: string;
  readonly rule: string;
  readonly title: string;
  readonly at: SourceLocation | null;
  readonly evidence: readonly {
    readonly text: string;
    readonly basis: 'measured' | 'computed' | 'estimated';
    readonly value?: number;
    readonly unit?: string;
  }[];
  readonly edit?: Edit;
  readonly advice?: string;
  readonly caution?: string;
  readonly predicted: {
    readonly speedup: Known;
    readonly low: Known;
    readonly high: Known;
    readonly memory?: Known;
    readonly formula?: string;
  };
  readonly verdict?: Verdict;
  readonly curve?: readonly BatchPoint[];
}
