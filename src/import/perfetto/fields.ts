/**
 * Field numbers of the messages read here, as Perfetto's protos define them (protos/perfetto/trace). Numbers of a protocol
 * never change; what is not named here is skipped.
 */
export const TRACE = { packet: 1 } as const;

export const PACKET = {
  processTree: 2, clockSnapshot: 6, timestamp: 8, sequence: 10, trackEvent: 11, internedData: 12, sequenceFlags: 13, stateCleared: 41, threadDescriptor: 44,
  compressedPackets: 50, gpuRenderStage: 53, clock: 58, defaults: 59, trackDescriptor: 60, zstdPackets: 133,
} as const; // prettier-ignore

/** Packets of the tracing service itself: nothing of them is shown, and nothing is missing. */
export const OWN_PACKETS: ReadonlySet<number> = new Set([
  33, 34, 35, 36, 45, 46, 69, 72, 79, 87, 89, 98, 124, 126,
]);
/** Fields beside the payload. */
export const PLAIN_FIELDS: ReadonlySet<number> = new Set([3, 8, 10, 12, 13, 41, 42, 58, 59, 76, 79, 87, 98]);

export const SEQUENCE_STATE_CLEARED = 1;
export const DEFAULTS = { trackEvent: 11, clock: 58, trackUuid: 11 } as const;
export const CLOCK_SNAPSHOT = { clocks: 1, primary: 2 } as const;
export const CLOCK = { id: 1, timestamp: 2, isIncremental: 3, multiplierNs: 4 } as const;
export const INTERNED = { categories: 1, names: 2, gpuSpecifications: 24 } as const;
/** Every interned entry begins this way. */
export const ENTRY = { iid: 1, name: 2, category: 4 } as const;

export const TRACK_EVENT = {
  categoryIids: 3, legacy: 6, type: 9, nameIid: 10, trackUuid: 11, timestampDeltaUs: 1, timestampAbsoluteUs: 16, categories: 22, name: 23, counterValue: 30,
  flowsOld: 36, endedFlowsOld: 42, doubleCounterValue: 44, flows: 47, endedFlows: 48,
} as const; // prettier-ignore
export const EVENT_TYPE = { begin: 1, end: 2, instant: 3, counter: 4 } as const;
export const LEGACY = { nameIid: 1, phase: 2, durationUs: 3 } as const;

export const TRACK = { uuid: 1, name: 2, process: 3, thread: 4, parent: 5, counter: 8, staticName: 10, atraceName: 13 } as const; // prettier-ignore
export const PROCESS = { pid: 1, cmdline: 2, name: 6 } as const;
export const THREAD = { pid: 1, tid: 2, name: 5 } as const;
export const COUNTER = { unit: 3, multiplier: 4, isIncremental: 5 } as const;
export const UNIT_BYTES = 3;
export const TREE = { processes: 1, threads: 2 } as const;
export const TREE_PROCESS = { pid: 1, cmdline: 3 } as const;
export const TREE_THREAD = { tid: 1, name: 2, pid: 3 } as const;

export const STAGE = { duration: 2, oldQueue: 3, oldStage: 4, specifications: 7, gpu: 11, queueIid: 13, stageIid: 14, name: 17, nameIid: 20, launch: 21 } as const; // prettier-ignore
export const STAGE_CATEGORY_COMPUTE = 2;
export const LAUNCH = { grid: 1, workgroup: 2, arguments: 3 } as const;
export const LAUNCH_ARGUMENT = { name: 2, int: 3, uint: 4 } as const;
export const SPECIFICATIONS = { queues: 2, stages: 3, name: 1 } as const;
