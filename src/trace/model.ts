/**
 * The trace: the recorded rows of one run, whoever recorded it. Times are nanoseconds since the start of the
 * trace (float64, exact for 104 days); ids are indices into the tables and catalogs here. -1 means "none".
 *
 * Tables (many rows, columns of typed arrays) and catalogs (few rows, plain objects) are append-only, so a trace
 * can be watched while it grows and a file cut short is still a trace of what came before.
 */
import type { Table } from './table.ts';

export const PHASES = ['other', 'data', 'forward', 'backward', 'optimizer', 'readback'] as const;
export type Phase = (typeof PHASES)[number];

export const ROLES = [
  'unknown',
  'parameter',
  'gradient',
  'optimizer-state',
  'activation',
  'workspace',
  'input',
  'staging',
] as const;
export type Role = (typeof ROLES)[number];

export const TRANSFER_KINDS = ['upload', 'readback', 'copy'] as const;
export type TransferKind = (typeof TRANSFER_KINDS)[number];

/** How a buffer ended. `collected`: garbage collected without destroy(). `released`: a sub-allocation given back. */
export const DEATHS = ['alive', 'destroyed', 'collected', 'released', 'device-lost'] as const;
export type Death = (typeof DEATHS)[number];

/** Families share a color in every view. */
export const FAMILIES = [
  'gemm', 'convolution', 'attention', 'normalization', 'element-wise', 'reduction', 'loss', 'optimizer', 'copy', 'other',
] as const; // prettier-ignore
export type Family = (typeof FAMILIES)[number];

/** Bits of `dispatches.flags`. */
export const DISPATCH_FLAGS = {
  /** Has GPU start and end of its own. Without it startNs and endNs are NaN. */
  timed: 1,
  /** First dispatch of its pipeline, or within a warm-up step: kept out of statistics. */
  warmup: 2,
  /** Its time is a share of a group timed as one (light mode): estimated, not measured. */
  shared: 4,
  /** The device returned a zero or negative delta; the time was dropped (NaN) and counted. */
  dropped: 8,
  /** Start was moved up to the end of the dispatch before it (the device stamps before its barrier). */
  waited: 16,
  /** Launched by dispatchWorkgroupsIndirect: the grid is unknown. */
  indirect: 32,
  /** Its launch comes from several lines, and which one was inferred from the dispatches before it. */
  lineInferred: 64,
} as const;

/** Bits of `steps.flags`. */
export const STEP_FLAGS = {
  /** Every dispatch of the step was timed on its own. */
  timed: 1,
  warmup: 2,
  /** The boundary was inferred from repetition, not given by the script. */
  inferred: 4,
} as const;

/** Tables that an end of a flow can point into. */
export const FLOW_ENDS = ['slices', 'dispatches', 'marks'] as const;

/** Columns of each table. The order of tables and columns is part of the file format: append, never reorder. */
export const TABLES = {
  /** The plan for a dispatch, stored once however often it is dispatched. Cost is planned, NaN where unknown. */
  launches: {
    kernel: 'u32', layer: 'i32', op: 'u32', phase: 'u8', location: 'i32',
    workgroupsX: 'u32', workgroupsY: 'u32', workgroupsZ: 'u32', flops: 'f64', bytesMoved: 'f64',
  },
  /**
   * One row a dispatch, in submission order of its queue. `cpuNs`: when the script encoded it. Queue n is the n-th
   * track of kind `gpu-queue`; slices on such a track are other work of the queue: copies and fills.
   */
  dispatches: {
    launch: 'u32', step: 'i32', queue: 'u16', flags: 'u8', cpuNs: 'f64', startNs: 'f64', endNs: 'f64',
  },
  /** GPU buffers and textures (parent -1), and sub-allocations within them (parent >= 0). `label`, `role` as given. */
  buffers: {
    parent: 'i32', sizeBytes: 'f64', usage: 'u32', role: 'u8', layer: 'i32', location: 'i32', label: 'u32',
    bornNs: 'f64', bornStep: 'i32', diedNs: 'f64', death: 'u8',
  },
  /** Ends of buffers. The builder copies each into `buffers.diedNs` and `buffers.death`. */
  deaths: { buffer: 'u32', atNs: 'f64', death: 'u8' },
  /** Which launch touches which buffer: access 1 read, 2 write, 3 both. */
  uses: { launch: 'u32', buffer: 'u32', access: 'u8' },
  /** Bytes that cross between host and device, or are copied on the device. `endNs` of a readback: data in hand. */
  transfers: { kind: 'u8', startNs: 'f64', endNs: 'f64', sizeBytes: 'f64', buffer: 'i32', step: 'i32', location: 'i32' },
  /** Pipeline and shader compilation seen from the script's thread. */
  compiles: { kernel: 'i32', startNs: 'f64', endNs: 'f64', location: 'i32' },
  /** `passes`: compute and render passes as the script made them, however the instrument split them. */
  submits: { startNs: 'f64', endNs: 'f64', step: 'i32', passes: 'u32', dispatches: 'u32' },
  /** One row an optimizer update. `loss` and `samples` NaN where the script gives none. */
  steps: { index: 'i32', startNs: 'f64', endNs: 'f64', flags: 'u8', loss: 'f64', samples: 'f64' },
  /** What the script's thread was doing: phases, nested by time. */
  phases: { phase: 'u8', step: 'i32', startNs: 'f64', endNs: 'f64' },
  /** Named spans on any track: a layer's forward call, an imported CPU operator, the script's own ranges. */
  slices: { track: 'u32', name: 'u32', startNs: 'f64', endNs: 'f64', depth: 'u16', step: 'i32', layer: 'i32', location: 'i32' },
  /** Instants. */
  marks: { track: 'u32', name: 'u32', atNs: 'f64', step: 'i32' },
  /** Samples of the catalog's `series`. */
  samples: { series: 'u32', atNs: 'f64', value: 'f64' },
  /** Arrows between rows: a launching call and its dispatch, a forward operator and its backward one. Ends: FLOW_ENDS. */
  flows: { name: 'u32', fromEnd: 'u8', from: 'u32', toEnd: 'u8', to: 'u32' },
  /** What a foreign recorder itself states of a launch (`est. achieved occupancy %`, a hardware counter), as it states it. */
  metrics: { launch: 'u32', name: 'u32', value: 'f64' },
  /**
   * Sizes of a launch's problem as the library planned it: `m`, `n`, `k` and `batch` of a product (a convolution's as the product
   * it amounts to), `tileM` and `tileN` of the part of the result that one workgroup makes.
   */
  sizes: { launch: 'u32', name: 'u32', value: 'f64' },
  /** What a launch binds, as it did when first seen: the static part of the offset; `sizeBytes` up to the buffer's end by default. */
  bindings: { launch: 'u32', group: 'u8', binding: 'u32', buffer: 'u32', offsetBytes: 'f64', sizeBytes: 'f64' },
  /**
   * Bind groups that the script made; rows of one step add up. `repeated` of them equal one made before. `cpuNs`: the script's time
   * within the calls. `location`: where the first repeated one (else the first) was made.
   */
  bindGroups: { step: 'i32', made: 'u32', repeated: 'u32', cpuNs: 'f64', location: 'i32' },
  /** Words of a launch's uniform bindings as u32, where known, at its first dispatch: sizes and strides of foreign kernels. */
  uniforms: { launch: 'u32', group: 'u8', binding: 'u32', offsetBytes: 'f64', value: 'u32' },
} as const; // prettier-ignore

export type TableName = keyof typeof TABLES;
export type TraceTable<N extends TableName> = Table<(typeof TABLES)[N]>;
export const TABLE_NAMES = Object.keys(TABLES) as readonly TableName[];

export interface KernelInfo {
  /** `op/variant/dtype` for our engine; a label or entry point otherwise. */
  readonly name: string;
  readonly family: Family;
  /** Invocations of a workgroup; zeros when unknown. */
  readonly workgroupSize: readonly [number, number, number];
  /** Bytes of workgroup memory, null when unknown. */
  readonly workgroupBytes: number | null;
  readonly wgsl?: string;
  readonly constants?: Readonly<Record<string, number | boolean | string>>;
  /** Facts only an imported trace knows. */
  readonly registersPerThread?: number;
}

/** A place in the user's source: 1-based line and column, `file` absolute or as the trace gave it. */
export interface SourceLocation {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export interface LayerInfo {
  /** `encoder.0.attention.query`; unique within a trace. */
  readonly path: string;
  /** `Linear`, `Conv2d`, ... */
  readonly type: string;
  readonly parent: number;
  readonly location: number;
  /** Settings as they would be printed, e.g. `in=784 out=512`. */
  readonly detail?: string;
}

export interface TrackInfo {
  readonly name: string;
  readonly kind: 'gpu-queue' | 'cpu-thread' | 'ranges' | 'other';
  /** Process, rank or device the track belongs to. */
  readonly group: string;
  /**
   * What the slices of a track are, where the recorder tells them apart. `first-runs`: what a pipeline's first dispatch took longer
   * than its next, which is mostly the driver's compiling.
   */
  readonly content?: 'operators' | 'runtime' | 'python' | 'annotations' | 'first-runs';
}

export interface SeriesInfo {
  readonly name: string;
  /** Joules: a counter of energy, since its first sample. */
  readonly unit: 'bytes' | 'share' | 'watts' | 'joules' | 'count' | 'loss';
  readonly track: number;
}

/** Catalogs: small, append-only lists. */
export interface Catalogs {
  readonly strings: readonly string[];
  readonly kernels: readonly KernelInfo[];
  readonly layers: readonly LayerInfo[];
  readonly locations: readonly SourceLocation[];
  readonly tracks: readonly TrackInfo[];
  readonly series: readonly SeriesInfo[];
}
export type CatalogName = keyof Catalogs;
/** In the order in which entries may point at each other. */
export const CATALOG_NAMES: readonly CatalogName[] = [
  'strings',
  'locations',
  'kernels',
  'layers',
  'tracks',
  'series',
];

export interface AdapterInfo {
  readonly name: string;
  readonly vendor: string;
  readonly architecture: string;
  readonly backend: string;
  /** True when the "GPU" is this machine's processor. */
  readonly software: boolean;
  readonly driver: string;
  readonly features: readonly string[];
  readonly limits: Readonly<Record<string, number>>;
  readonly subgroupMinSize?: number;
  readonly subgroupMaxSize?: number;
  /** Bytes of device memory where something told us; null when nothing did. */
  readonly memoryBytes: number | null;
  /** Processor cores that a software adapter runs on. */
  readonly hostCores?: number;
}

export interface ClockInfo {
  readonly source: 'timestamp-query' | 'host-clock' | 'imported' | 'none';
  /** Smallest step of a GPU time, ns. */
  readonly resolutionNs: number;
  /** Bound on the error between the GPU and the CPU axis, ns; null when they are one clock or unknown. */
  readonly alignmentErrorNs: number | null;
}

export interface RunError {
  readonly message: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly stack?: string;
}

/** Median time of steps with every dispatch timed and of the steps around them with none timed, in the same run. */
export interface Overhead {
  readonly timedMedianNs: number;
  readonly untimedMedianNs: number;
  /** Cost on the whole run as recorded: extra time of a timed step against its neighbors, at the timed:untimed mix used. */
  readonly share: number;
  /** `exact`, `light`, `off`, or `alternating`. */
  readonly mode: string;
}

export type RunStatus = 'running' | 'ok' | 'failed' | 'stopped' | 'crashed' | 'timeout';

export interface TraceMeta {
  /** `run`, or `import:<format>`. */
  readonly origin: string;
  readonly script: string;
  readonly args: readonly string[];
  /** ISO date. */
  readonly startedAt: string;
  readonly status: RunStatus;
  readonly error: RunError | null;
  readonly adapter: AdapterInfo | null;
  /** Why this adapter, in one sentence. */
  readonly adapterReason: string;
  readonly clock: ClockInfo;
  readonly overhead: Overhead | null;
  readonly host: { readonly cores: number; readonly memoryBytes: number; readonly platform: string } | null;
  /** Hash of each source file when it ran, to know later whether a line is still the one measured. */
  readonly sources: Readonly<Record<string, string>>;
  /** What a reader should know: what was left out, could not be known, or looked wrong. */
  readonly notes: readonly string[];
}

export interface Trace extends Catalogs {
  readonly version: number;
  readonly meta: TraceMeta;
  readonly tables: { readonly [N in TableName]: TraceTable<N> };
}

/** Version of the model and of the file. History: docs/trace-format.md. */
export const TRACE_VERSION = 1;

export const EMPTY_META: TraceMeta = {
  origin: 'run',
  script: '',
  args: [],
  startedAt: '',
  status: 'running',
  error: null,
  adapter: null,
  adapterReason: '',
  clock: { source: 'none', resolutionNs: 0, alignmentErrorNs: null },
  overhead: null,
  host: null,
  sources: {},
  notes: [],
};
