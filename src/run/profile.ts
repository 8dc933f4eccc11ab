/** Runs a script in a process of its own and turns what arrives into a trace: while it runs, and whatever its end. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { totalmem } from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { memoryWarning } from '../analysis/memory-forecast.ts';
import type { RunError, RunStatus, Trace, TraceMeta } from '../trace/model.ts';
import type {
  ChildMessage,
  ProbeMode,
  RunRequest,
  SourceEdit,
  Study,
  WindowSpec,
} from '../wire/run-messages.ts';
import { FRAMES_FD, checkChildMessage } from '../wire/run-messages.ts';
import type { AdapterChoice } from './adapter-choice.ts';
import { asNode } from './as-node.ts';
import { FrameSink } from './frame-sink.ts';
import { lastKnownPlace } from './last-place.ts';
import type { TurnHolder } from './measuring-turn.ts';
import { measuringTurn } from './measuring-turn.ts';
import { withoutDriverNoise } from './output.ts';

export interface ProfileOptions {
  /** Absolute path of the script. */
  readonly script: string;
  readonly args?: readonly string[];
  readonly mode?: ProbeMode;
  /** Ends the run after so many steps; absent or null runs to the script's end. */
  readonly steps?: number | null;
  /** The part of the run that is recorded; absent or null records all of it. */
  readonly window?: WindowSpec | null;
  readonly edits?: readonly SourceEdit[];
  /** For a run that is not timed. */
  readonly study?: Study;
  readonly timeoutMs?: number | null;
  /** Memory that the script's process may take; nine tenths of the machine's by default. */
  readonly memoryLimitBytes?: number;
  /** Folder to run in; the script's own folder by default. */
  readonly cwd?: string;
  readonly adapter: AdapterChoice;
  /** The .kscope file to write while the run goes on. */
  readonly traceFile?: string;
  /** Folder of child.mjs. */
  readonly programs: string;
}

export type Progress = Extract<ChildMessage, { readonly type: 'progress' }>;

export interface ProfileCallbacks {
  /** Whole frames, as they arrive: what a live picture is fed with. */
  onFrames?(bytes: Uint8Array): void;
  onProgress?(progress: Progress): void;
  /** `originNs`: the zero of the trace's times on the host's monotonic clock. */
  onStarted?(originNs: number): void;
  onOutput?(stream: 'stdout' | 'stderr', text: string): void;
  /** The device's memory will be full if the run goes on as it does: said while there is time, once. */
  onMemoryWarning?(text: string): void;
  /** Something else measures on this machine: the run starts when that has ended. */
  onWaiting?(holder: TurnHolder): void;
}

/** A run that goes on. */
export interface StartedRun {
  /** Of the script's process, which leads a group of its own; undefined where it could not be started. */
  readonly pid: number | undefined;
  /** Asks the run to end; the trace says that it was stopped. */
  stop(): void;
  readonly ended: Promise<ProfileResult>;
}

export interface ProfileResult {
  readonly trace: Trace;
  /** The script asked for an adapter and there was none. */
  readonly noAdapter: boolean;
}

/** A stop is a request first: the script's process drains the GPU and writes its last rows. */
const GRACE_MS = 2000;
const MEMORY_SHARE = 0.9;
/** After the process is gone, what it wrote may still be in the pipe; a grandchild may hold the pipe open forever. */
const PIPE_LINGER_MS = 500;
const MEMORY_FIRST_MS = 3_000;
const MEMORY_SELDOM_MS = 60_000;

/** Runs the script when nothing else measures on this machine. The trace is valid whatever the end; an abort ends it as stopped. */
export async function profileScript(
  options: ProfileOptions,
  callbacks: ProfileCallbacks = {},
  signal?: AbortSignal,
): Promise<ProfileResult> {
  const { onWaiting } = callbacks;
  const turn = await measuringTurn(options.script, { signal, onWaiting }).catch((error: unknown) => {
    if (signal?.aborted) return null;
    throw error;
  });
  try {
    return await startRun(options, callbacks, signal).ended;
  } finally {
    turn?.();
  }
}

/** Starts the script, whatever else measures on this machine: the caller has the turn. */
export function startRun(
  options: ProfileOptions,
  callbacks: ProfileCallbacks = {},
  signal?: AbortSignal,
): StartedRun {
  const { script, args = [], mode = 'alternating', steps = null, edits = [], study = null } = options;
  const { window = null, memoryLimitBytes = memoryLimit() } = options;
  const request: RunRequest = {
    memoryLimitBytes,
    script,
    args,
    mode,
    steps,
    window,
    edits,
    study,
    adapterReason: options.adapter.reason,
  };
  const sink = new FrameSink(options.traceFile ?? null, callbacks.onFrames);
  const child = spawn(process.execPath, [path.join(options.programs, 'child.mjs')], {
    cwd: options.cwd ?? path.dirname(script),
    env: {
      ...process.env,
      ...options.adapter.env,
      ...asNode(),
      KERNELSCOPE_RUN: JSON.stringify(request),
    },
    stdio: ['ignore', 'pipe', 'pipe', ...Array<'pipe'>(FRAMES_FD - 2).fill('pipe'), 'ipc'],
    // A group of its own, so that a stop reaches whatever the script has started.
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
  let heapIsFull = false;
  const stopping = new Stopping(child, options.timeoutMs ?? null, signal);
  const watch = watchMemory(sink, callbacks.onMemoryWarning);
  let noAdapter = false;
  child.on('message', (value: unknown) => {
    const message = checkChildMessage(value);
    if (message?.type === 'progress') callbacks.onProgress?.(message);
    if (message?.type === 'started') callbacks.onStarted?.(message.originNs);
    if (message?.type === 'no-adapter') noAdapter = true;
  });
  forward(child.stdout as Readable, 'stdout', callbacks);
  forward(child.stderr as Readable, 'stderr', callbacks);
  (child.stderr as Readable).on('data', (text: string) => (heapIsFull ||= HEAP_IS_FULL.test(text)));
  (child.stdio[FRAMES_FD] as Readable).on('data', (bytes: Buffer) => sink.push(bytes));

  const finish = async (): Promise<ProfileResult> => {
    const exit = await ended(child);
    stopping.dispose();
    clearTimeout(watch.timer);
    sink.conclude(conclude(sink.meta, { ...exit, heapIsFull }, stopping.reason, sink.build()));
    await sink.close();
    return { trace: sink.build(), noAdapter };
  };
  return { pid: child.pid, stop: () => stopping.stop('stopped'), ended: finish() };
}

/** Looks at the trace so far now and then, ever more seldom: looking takes time too. */
function watchMemory(
  sink: FrameSink,
  warn: ((text: string) => void) | undefined,
): { timer: NodeJS.Timeout | undefined } {
  const watch: { timer: NodeJS.Timeout | undefined } = { timer: undefined };
  const look = (afterMs: number): void => {
    watch.timer = setTimeout(() => {
      const text = memoryWarning(sink.build());
      if (text !== null) warn?.(text);
      else look(Math.min(2 * afterMs, MEMORY_SELDOM_MS));
    }, afterMs);
    watch.timer.unref();
  };
  if (warn) look(MEMORY_FIRST_MS);
  return watch;
}

/** What V8 says before it gives up. */
const HEAP_IS_FULL = /JavaScript heap out of memory/;

interface Exit {
  readonly code: number | null;
  readonly killedBy: NodeJS.Signals | null;
  /** The process could not be started at all. */
  readonly failure: Error | null;
}

/** What the process may use at most, of the machine or of the container it is in. */
export function memoryLimit(): number {
  const machine = totalmem();
  const container = process.constrainedMemory?.() ?? 0;
  return MEMORY_SHARE * (container > 0 ? Math.min(container, machine) : machine);
}

function ended(child: ChildProcess): Promise<Exit> {
  return new Promise((resolve) => {
    child.once('error', (failure) => {
      if (child.pid === undefined) resolve({ code: null, killedBy: null, failure });
    });
    child.once('exit', (code, killedBy) => {
      const exit = { code, killedBy, failure: null };
      const timer = setTimeout(() => resolve(exit), PIPE_LINGER_MS);
      child.once('close', () => {
        clearTimeout(timer);
        resolve(exit);
      });
    });
  });
}

/** Asks the process to stop, and kills its group when it does not. */
class Stopping {
  reason: 'stopped' | 'timeout' | null = null;
  readonly #child: ChildProcess;
  readonly #timeoutMs: number | null;
  readonly #timer: NodeJS.Timeout | undefined;
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort = (): void => this.stop('stopped');
  #killer: NodeJS.Timeout | undefined;

  constructor(child: ChildProcess, timeoutMs: number | null, signal: AbortSignal | undefined) {
    this.#child = child;
    this.#timeoutMs = timeoutMs;
    if (this.#timeoutMs !== null) this.#timer = setTimeout(() => this.stop('timeout'), this.#timeoutMs);
    this.#signal = signal;
    if (signal?.aborted) this.#onAbort();
    else signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  dispose(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#killer);
    this.#signal?.removeEventListener('abort', this.#onAbort);
    // Whatever the script left running goes with it.
    if (this.reason !== null) this.#kill();
  }

  stop(reason: 'stopped' | 'timeout'): void {
    if (this.reason !== null) return;
    this.reason = reason;
    if (this.#child.connected) this.#child.send({ type: 'stop' }, () => undefined);
    this.#killer = setTimeout(() => this.#kill(), GRACE_MS);
  }

  #kill(): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      if (process.platform === 'win32') this.#child.kill('SIGKILL');
      else process.kill(-pid, 'SIGKILL');
    } catch {
      // Gone already.
    }
  }
}

function forward(stream: Readable, name: 'stdout' | 'stderr', callbacks: ProfileCallbacks): void {
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    const shown = name === 'stderr' ? withoutDriverNoise(text) : text;
    if (shown !== '') callbacks.onOutput?.(name, shown);
  });
}

/** How it ended: what the process said itself, unless it could not. */
function conclude(
  meta: TraceMeta,
  exit: Exit & { readonly heapIsFull: boolean },
  reason: 'stopped' | 'timeout' | null,
  trace: Trace,
): Partial<TraceMeta> {
  const because = (status: RunStatus, message: string): Partial<TraceMeta> => ({
    status,
    error: errorAt(trace, message),
  });
  if (exit.failure) return because('crashed', `the script's process did not start: ${exit.failure.message}`);
  if (reason === 'timeout') return because('timeout', 'the script was stopped at the time limit');
  if (reason === 'stopped') return { status: 'stopped', error: null };
  // It was ended because of its memory, and says so.
  if (meta.status === 'crashed' && meta.error) return { error: { ...lastKnownPlace(trace), ...meta.error } };
  if (meta.status !== 'running') return {};
  if (exit.heapIsFull)
    return because(
      'crashed',
      'the script ran out of JavaScript memory (NODE_OPTIONS=--max-old-space-size=MEGABYTES raises the limit)',
    );
  if (exit.killedBy) return because('crashed', `the script's process was killed by ${exit.killedBy}`);
  return because('crashed', `the script's process ended with code ${exit.code} before it could report`);
}

function errorAt(trace: Trace, message: string): RunError {
  // The process noticed itself that it had been busy in one place for long.
  const { error } = trace.meta;
  if (error) return { ...error, message: `${message}; ${error.message}` };
  const place = lastKnownPlace(trace);
  return place
    ? { message: `${message}; its last GPU work came from the line shown`, ...place }
    : { message };
}
