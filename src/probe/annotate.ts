/**
 * What a library may tell about its work, as NVTX does for CUDA: which layer, which phase, which step, what a buffer is
 * for, what the next dispatch costs. Without a probe listening each call is a few assignments; the caller never knows.
 *
 * The state is one object on globalThis, because a script's bundle and the probe are separate modules of one process.
 */
import type { Study } from '../wire/run-messages.ts';
import type { Family, Phase, Role, SourceLocation } from '../trace/model.ts';

/**
 * A planned launch, told just before its dispatch. Make it once and reuse the same object: the probe knows it by
 * identity, so a replayed step costs one lookup a dispatch.
 */
export interface LaunchNote {
  /** `op/variant/dtype`. */
  readonly kernel: string;
  readonly family: Family;
  readonly op: string;
  /** Planned floating-point operations and compulsory bytes; NaN when unknown. */
  readonly flops: number;
  readonly bytesMoved: number;
  readonly constants?: Readonly<Record<string, number | boolean | string>>;
  /** Sizes of the problem by name (the trace's table `sizes`): `m`, `n`, `k`, `batch`, `tileM`, `tileN`. */
  readonly sizes?: Readonly<Record<string, number>>;
}

/** A layer of the model, known by identity. `path` may be set after construction, before its first use. */
export interface LayerNote {
  readonly type: string;
  path: string;
  readonly parent: LayerNote | null;
  readonly detail?: string;
  /** `new Error().stack` of the constructor call; read only when a probe listens. */
  readonly stack: string | undefined;
  /** The line of the constructor call, where it is known without a stack. */
  readonly place?: SourceLocation | null;
}

/** What the probe implements. Every method is optional in effect: an exception in a listener is the probe's bug. */
export interface AnnotationListener {
  step(event: 'begin' | 'end', info: StepNote): void;
  phase(event: 'begin' | 'end', phase: Phase): void;
  range(event: 'begin' | 'end', name: string): void;
  layer(event: 'begin' | 'end', layer: LayerNote): void;
  mark(name: string): void;
  /** `step`: index of the step it is of, where the library knows. */
  value(name: string, value: number, step?: number): void;
  /** Recording starts or stops here, in a run that waits for the script's word. */
  record(on: boolean): void;
  /** Says what a GPUBuffer is for. */
  buffer(buffer: GPUBuffer, note: BufferNote): void;
  /** A part of a pooled buffer was taken into use; returns a key for `released`. */
  allocated(buffer: GPUBuffer, sizeBytes: number, note: BufferNote): number;
  released(key: number): void;
  /** The innermost line of the user's above the function `below`; null when there is none or looking has become dear. */
  here(below: (...args: never[]) => unknown): SourceLocation | null;
}

export interface BufferNote {
  readonly role: Role;
  readonly layer: LayerNote | null;
  readonly label?: string;
}

export interface StepNote {
  readonly index: number;
  /** Samples (rows of the batch) that the step trained on. */
  readonly samples?: number;
  /** The script says so itself: from then on what libraries say of steps is left out. */
  readonly byScript?: boolean;
}

export interface AnnotationState {
  listener: AnnotationListener | null;
  /** What the next dispatches belong to. Read by the probe at each dispatch. */
  launch: LaunchNote | null;
  layer: LayerNote | null;
  phase: Phase;
  /** What a run made for it studies: gradients of pairs of batches (src/optim/gradient-pairs.ts), or every step's loss. */
  study: Study | null;
  stepIndex: number;
  /** Operation that the next dispatches are part of, for libraries that plan no launches. */
  op: string | null;
  /** Line that the next dispatches are for, where the library knows better than the stack (a gradient: its operation's). */
  place: SourceLocation | null;
  /** Line to take when the stack has none of the user's: that of the call which went on asynchronously. */
  caller: SourceLocation | null;
  /** Written by the probe: the line of the last dispatch without a LaunchNote. */
  lastPlace: SourceLocation | null;
}

const KEY = Symbol.for('kernelscope.annotations');

export const annotations: AnnotationState = ((globalThis as Record<symbol, unknown>)[KEY] ??= {
  listener: null,
  launch: null,
  layer: null,
  phase: 'other',
  study: null,
  stepIndex: -1,
  op: null,
  place: null,
  caller: null,
  lastPlace: null,
}) as AnnotationState;

/** Runs `body` with the phase set; nests. */
export function inPhase<T>(phase: Phase, body: () => T): T {
  const before = annotations.phase;
  annotations.phase = phase;
  annotations.listener?.phase('begin', phase);
  try {
    return body();
  } finally {
    annotations.listener?.phase('end', phase);
    annotations.phase = before;
  }
}

/** What is waited for is of the phase as long as it is waited for, and so is what runs meanwhile. */
export async function awaitInPhase<T>(phase: Phase, pending: Promise<T>): Promise<T> {
  const before = annotations.phase;
  annotations.phase = phase;
  annotations.listener?.phase('begin', phase);
  try {
    return await pending;
  } finally {
    annotations.listener?.phase('end', phase);
    annotations.phase = before;
  }
}

/** Runs `body` with the layer set; nests. */
export function inLayer<T>(layer: LayerNote, body: () => T): T {
  const before = annotations.layer;
  annotations.layer = layer;
  annotations.listener?.layer('begin', layer);
  try {
    return body();
  } finally {
    annotations.listener?.layer('end', layer);
    annotations.layer = before;
  }
}
