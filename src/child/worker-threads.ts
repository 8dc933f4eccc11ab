/**
 * Worker threads that the script starts run under a probe of their own. Its frames come to the thread that started them, which
 * takes them into its trace: one process, one trace.
 */
import { createRequire, syncBuiltinESMExports } from 'node:module';
import type * as Threads from 'node:worker_threads';
import type { Probe } from '../probe/install.ts';
import type { JoinedTrace } from '../probe/joined-trace.ts';
import type { StepProgress } from '../probe/steps.ts';
import type { RunRequest } from '../wire/run-messages.ts';

/** What a thread finds in its environment data under this key. */
export const THREAD_KEY = 'kernelscope.thread';

export interface ThreadStart {
  readonly request: RunRequest;
  /** Name of the broadcast channel that its messages go out on. */
  readonly channel: string;
  readonly gate: Gate;
}

export type ThreadMessage =
  | { readonly frame: Uint8Array }
  | { readonly progress: StepProgress }
  | { readonly limit: true };

/** One cell that both threads share: whether the thread should finish its trace, and whether it has. */
export type Gate = Int32Array<SharedArrayBuffer>;
export const GATE = { open: 0, asked: 1, done: 2 } as const;

/** A thread that computes without a pause does not hear that the process is about to end. */
const FINISH_LIMIT_MS = 500;

const threads = createRequire(import.meta.url)('node:worker_threads') as typeof Threads;

export class WorkerThreads {
  readonly #probe: Probe;
  readonly #request: RunRequest;
  readonly #callbacks: { onStep(progress: StepProgress): void; onLimit(): void };
  readonly #running = new Set<Running>();
  #count = 0;
  #finishing = false;

  constructor(
    probe: Probe,
    request: RunRequest,
    callbacks: { onStep(progress: StepProgress): void; onLimit(): void },
  ) {
    this.#probe = probe;
    this.#request = request;
    this.#callbacks = callbacks;
    const start = (): Running => this.#start();
    const ended = (thread: Running): void => this.#ended(thread);
    const Original = threads.Worker;
    const preload = ['--import', import.meta.url];
    class Worker extends Original {
      constructor(file: string | URL, options: Threads.WorkerOptions = {}) {
        const own = (options.execArgv ?? process.execArgv).filter((arg) => !preload.includes(arg));
        const thread = start();
        super(file, { ...options, execArgv: [...own, ...preload] });
        this.once('exit', () => ended(thread));
      }
    }
    (threads as { Worker: typeof Threads.Worker }).Worker = Worker;
    syncBuiltinESMExports();
  }

  /** The process is about to end: each thread gets a moment to send its last rows. */
  finish(): void {
    this.#finishing = true;
    const until = performance.now() + FINISH_LIMIT_MS;
    for (const { gate } of this.#running) Atomics.compareExchange(gate, 0, GATE.open, GATE.asked);
    for (const thread of this.#running) {
      Atomics.wait(thread.gate, 0, GATE.asked, Math.max(0, until - performance.now()));
      thread.drain();
    }
  }

  #start(): Running {
    const channel = `kernelscope ${threads.threadId}.${++this.#count}`;
    const gate: Gate = new Int32Array(new SharedArrayBuffer(4));
    const start: ThreadStart = { request: this.#request, channel, gate };
    threads.setEnvironmentData(THREAD_KEY, start as unknown as Threads.Serializable);
    const joined = this.#probe.join(`worker ${this.#count}`);
    const thread = new Running(channel, gate, (message) => this.#take(joined, message));
    this.#running.add(thread);
    return thread;
  }

  #ended(thread: Running): void {
    thread.drain();
    thread.close();
    this.#running.delete(thread);
  }

  #take(joined: JoinedTrace, message: ThreadMessage): void {
    if ('frame' in message) joined.take(message.frame);
    else if (this.#finishing) return;
    else if ('progress' in message) this.#callbacks.onStep(message.progress);
    else this.#callbacks.onLimit();
  }
}

/** A thread that has been started and has not ended. */
class Running {
  readonly gate: Gate;
  readonly #channel: Threads.BroadcastChannel;
  readonly #take: (message: ThreadMessage) => void;

  constructor(channel: string, gate: Gate, take: (message: ThreadMessage) => void) {
    this.gate = gate;
    this.#take = take;
    this.#channel = new threads.BroadcastChannel(channel);
    this.#channel.onmessage = (event) => take((event as { data: ThreadMessage }).data);
    (this.#channel as unknown as { unref(): void }).unref();
  }

  /** Takes what has arrived, without returning to the event loop. */
  drain(): void {
    for (;;) {
      const received = threads.receiveMessageOnPort(this.#channel as unknown as Threads.MessagePort) as
        | { readonly message: ThreadMessage }
        | undefined;
      if (!received) return;
      this.#take(received.message);
    }
  }

  close(): void {
    this.#channel.close();
  }
}
