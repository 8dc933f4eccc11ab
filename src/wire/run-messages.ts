/**
 * Messages between a run and its child process. Frames of the trace (src/trace/frames.ts) go child -> run on a pipe of
 * their own (file descriptor FRAMES_FD), how the run ended among them; these small messages go over Node's process channel.
 */

export const FRAMES_FD = 3;

export type ProbeMode = 'alternating' | 'exact' | 'light' | 'off';

/** A replacement of text in a source file, in memory only: what a trial runs instead of the file on disk. */
export interface SourceEdit {
  readonly file: string;
  /** UTF-16 offsets of the replaced text. */
  readonly start: number;
  readonly end: number;
  readonly oldText: string;
  readonly newText: string;
}

/**
 * What a library is asked to tell beyond its steps, in a run made for that: the gradients of pairs of batches, or the loss of
 * every step. Both cost time, so such a run is never timed.
 */
export type Study = 'gradient-noise' | 'losses';

/** Which part of a run is recorded; memory and pipelines always are. */
export interface WindowSpec {
  /** From the first step after so many, and the first moment after so many milliseconds. */
  readonly fromStep: number;
  readonly afterMs: number;
  /** Ends the run when it has been recorded for so long. */
  readonly durationMs: number | null;
  /** Not before the script says so (`annotate.record`). */
  readonly onCall: boolean;
}

/** What the child is started with (JSON in the environment variable KERNELSCOPE_RUN). */
export interface RunRequest {
  /** Absolute path of the script. */
  readonly script: string;
  readonly args: readonly string[];
  readonly mode: ProbeMode;
  /** Ends the run after this many recorded steps; null runs the script to its end. */
  readonly steps: number | null;
  /** Null records the whole run. */
  readonly window: WindowSpec | null;
  readonly edits: readonly SourceEdit[];
  readonly study: Study | null;
  /** Memory that the script's process may take; it is ended beyond. */
  readonly memoryLimitBytes: number;
  /** Why this adapter was chosen, for the trace. */
  readonly adapterReason: string;
}

export type ChildMessage =
  /** `originNs`: the zero of the trace's times on the host's monotonic clock (process.hrtime). */
  | { readonly type: 'started'; readonly originNs: number }
  /** At most some ten a second. `loss` null where the script gives none. */
  | {
      readonly type: 'progress';
      readonly step: number;
      readonly loss: number | null;
      readonly stepMs: number | null;
    }
  | { readonly type: 'no-adapter'; readonly message: string };

export type ParentMessage = { readonly type: 'stop' };

/** Checks a message from the child: a script can write to the channel too. */
export function checkChildMessage(value: unknown): ChildMessage | null {
  if (typeof value !== 'object' || value === null) return null;
  const message = value as Record<string, unknown>;
  const numberOrNull = (v: unknown) => v === null || typeof v === 'number';
  switch (message['type']) {
    case 'started':
      return typeof message['originNs'] === 'number' ? (value as ChildMessage) : null;
    case 'progress':
      return typeof message['step'] === 'number' &&
        numberOrNull(message['loss']) &&
        numberOrNull(message['stepMs'])
        ? (value as ChildMessage)
        : null;
    case 'no-adapter':
      return typeof message['message'] === 'string' ? (value as ChildMessage) : null;
    default:
      return null;
  }
}
