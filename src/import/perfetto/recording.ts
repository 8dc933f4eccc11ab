/** What the packets of a Perfetto trace say, before it becomes a trace: descriptors and events in the file's order. */

/** A track's uuid, or a name for the track that a sequence has when its events give none. */
export type TrackKey = bigint | string;

export interface TrackEvent {
  readonly atNs: bigint;
  readonly kind: 'begin' | 'end' | 'instant' | 'counter';
  readonly track: TrackKey;
  readonly name: string;
  /** Of a counter; NaN otherwise. */
  readonly value: number;
  readonly flows: readonly bigint[];
  readonly endedFlows: readonly bigint[];
}

export interface GpuEvent {
  readonly atNs: bigint;
  readonly durationNs: number;
  readonly gpu: number;
  readonly queue: string;
  readonly name: string;
  /** Executes kernels; a graphics stage otherwise. */
  readonly isCompute: boolean;
  readonly grid: readonly [number, number, number];
  readonly workgroup: readonly [number, number, number];
  readonly registers: number | null;
  readonly sharedBytes: number | null;
}

export interface TrackDescriptor {
  readonly name: string;
  readonly parent: bigint | null;
  readonly process: number | null;
  readonly thread: number | null;
  readonly isCounter: boolean;
  readonly isBytes: boolean;
  readonly multiplier: number;
  /** Values are changes from the one before. */
  readonly isIncremental: boolean;
}

export interface Recording {
  readonly events: TrackEvent[];
  readonly gpu: GpuEvent[];
  readonly tracks: Map<TrackKey, TrackDescriptor>;
  readonly processNames: Map<number, string>;
  /** By `pid tid`. */
  readonly threadNames: Map<string, string>;
  readonly counts: {
    packets: number;
    /** Damaged inside; the packets around them are read. */
    broken: number;
    untimed: number;
    legacy: number;
    lostNames: number;
    zstd: number;
    /** Of data that is no track event (scheduling, heap profiles, ...), by field. */
    readonly others: Map<number, number>;
  };
}

export function emptyRecording(): Recording {
  return {
    events: [],
    gpu: [],
    tracks: new Map(),
    processNames: new Map(),
    threadNames: new Map(),
    counts: { packets: 0, broken: 0, untimed: 0, legacy: 0, lostNames: 0, zstd: 0, others: new Map() },
  };
}
