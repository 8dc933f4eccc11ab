/**
 * The process that runs a user's script under the probe. Started by src/run with a RunRequest; frames of the trace leave on a
 * pipe of their own, the script's output stays the script's.
 */
import { availableParallelism, totalmem } from 'node:os';
import { pathToFileURL } from 'node:url';
import { ORIGIN_NS } from '../probe/clock.ts';
import type { StepProgress } from '../probe/steps.ts';
import type { RunError, RunStatus } from '../trace/model.ts';
import type { ChildMessage, ParentMessage, RunRequest } from '../wire/run-messages.ts';
import { writeFrame } from './frames-out.ts';
import { beat, newHeart, whileWriting } from './heartbeat.ts';
import { observe } from './observe.ts';
import { runErrorOf } from './script-error.ts';
import { WorkerThreads } from './worker-threads.ts';

const PROGRESS_EVERY_MS = 100;
/** Node's exit code for a module whose top level still waits when nothing is left to happen. */
const WAITING = 13;
const WAITS_FOREVER = 'the script waits at its top level for a promise that nothing is left to resolve';

export async function runScript(): Promise<void> {
  const request = JSON.parse(process.env['KERNELSCOPE_RUN'] ?? 'null') as RunRequest | null;
  if (!request) throw new Error('this program is started by Kernelscope (KERNELSCOPE_RUN is not set)');
  // What the script starts itself is not to be taken for a run.
  delete process.env['KERNELSCOPE_RUN'];

  let status: RunStatus = 'ok';
  let error: RunError | null = null;
  let lastProgress = -Infinity;
  const send = (message: ChildMessage): void => void process.send?.(message);
  const heart = newHeart();
  const onStep = (progress: StepProgress): void => {
    const now = performance.now();
    if (now - lastProgress <= PROGRESS_EVERY_MS) return;
    lastProgress = now;
    send({ type: 'progress', ...progress });
  };
  const onLimit = (): void => process.exit(0);
  const { probe, callSites, load } = observe({
    request,
    write: (frame) => whileWriting(heart, () => writeFrame(frame)),
    onStep,
    onLimit,
    onNoAdapter: () => send({ type: 'no-adapter', message: 'WebGPU found no adapter' }),
  });
  probe.meta({
    origin: 'run',
    script: request.script,
    args: request.args,
    startedAt: new Date().toISOString(),
    status: 'running',
    adapterReason: request.adapterReason,
    host: {
      cores: availableParallelism(),
      memoryBytes: totalmem(),
      platform: `${process.platform} ${process.arch}`,
    },
  });

  const threads = new WorkerThreads(probe, request, { onStep, onLimit });

  // Monitors: the error then takes its usual way (a message on stderr, exit code 1, or the script's own handler).
  process.on('uncaughtExceptionMonitor', (thrown: unknown) => {
    if (process.listenerCount('uncaughtException') > 0) return;
    status = 'failed';
    error = runErrorOf(thrown, request.script, callSites);
  });
  process.on('exit', (given) => {
    // Node says so only while the process exits.
    const code = process.exitCode === WAITING ? WAITING : given;
    if (code !== 0 && status === 'ok') {
      status = 'failed';
      error = { message: code === WAITING ? WAITS_FOREVER : `the script ended with exit code ${code}` };
    }
    threads.finish();
    probe.finish({ status, error });
  });
  process.on('message', (message: ParentMessage) => {
    if (message?.type !== 'stop') return;
    status = 'stopped';
    process.exit(0);
  });
  // Whoever asked for the run is gone.
  process.on('disconnect', () => process.exit(1));
  // Neither channel nor handlers may keep a finished script alive.
  process.channel?.unref();

  load(heart);
  beat(heart);
  process.argv = [process.argv[0] as string, request.script, ...request.args];
  send({ type: 'started', originNs: ORIGIN_NS });
  await import(pathToFileURL(request.script).href);
}
