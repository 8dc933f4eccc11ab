/** A worker thread of the script's, before its own first line: observed as the main thread is (worker-threads.ts has the other end). */
import { BroadcastChannel, getEnvironmentData } from 'node:worker_threads';
import { HOOKS_SIGN, observe } from './observe.ts';
import type { ThreadMessage, ThreadStart } from './worker-threads.ts';
import { GATE, THREAD_KEY, WorkerThreads } from './worker-threads.ts';

const LOOK_EVERY_MS = 20;
/** The main thread may itself be waiting, for this one. */
const LIMIT_WAIT_MS = 2000;

export function observeThread(): void {
  const { request, channel: name, gate } = getEnvironmentData(THREAD_KEY) as unknown as ThreadStart;
  const channel = new BroadcastChannel(name);
  (channel as unknown as { unref(): void }).unref();
  const send = (message: ThreadMessage): void => channel.postMessage(message);
  const onStep: Parameters<typeof observe>[0]['onStep'] = (progress) => send({ progress });
  // The main thread ends the process; until it does this one goes no further.
  const onLimit = (): void => {
    finish();
    send({ limit: true });
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LIMIT_WAIT_MS);
  };
  const { probe, load } = observe({
    request,
    write: (frame) => send({ frame }),
    onStep,
    onLimit,
    onNoAdapter: () => undefined,
    ofThread: true,
  });
  const threads = new WorkerThreads(probe, request, { onStep, onLimit: () => send({ limit: true }) });
  const finish = (): void => {
    threads.finish();
    probe.finish({});
    Atomics.store(gate, 0, GATE.done);
    Atomics.notify(gate, 0);
  };
  process.on('exit', finish);
  const timer = setInterval(() => {
    if (Atomics.load(gate, 0) === GATE.asked) finish();
  }, LOOK_EVERY_MS);
  timer.unref();
  if (!hasHooks()) load(null);
}

/** Newer versions of Node have the main thread's hooks in every thread. */
function hasHooks(): boolean {
  try {
    return import.meta.resolve(HOOKS_SIGN) !== '';
  } catch {
    return false;
  }
}
