/**
 * The process that runs a user's script under the probe. Started by src/run with a RunRequest; frames of the trace leave on a
 * pipe of their own, the script's output stays the script's.
 */
import { register } from 'node:module';
import { availableParallelism, totalmem } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { annotations } from '../probe/annotate.ts';
import { CallSites } from '../probe/call-sites.ts';
import { Probe } from '../probe/install.ts';
import type { RunError, RunStatus } from '../trace/model.ts';
import type { ChildMessage, ParentMessage, RunRequest } from '../wire/run-messages.ts';
import { writeFrame } from './frames-out.ts';
import { beat, newHeart, whileWriting } from './heartbeat.ts';
import { installWebGpu } from './globals.ts';
import { nameLibraries } from './libraries.ts';
import type { LoaderData } from './loader-hooks.ts';
import { UserPlaces } from './places.ts';
import { runErrorOf } from './script-error.ts';

const PROGRESS_EVERY_MS = 100;

const request = JSON.parse(process.env['KERNELSCOPE_RUN'] ?? 'null') as RunRequest | null;
if (!request) throw new Error('this program is started by Kernelscope (KERNELSCOPE_RUN is not set)');
// What the script starts itself is not to be taken for a run.
delete process.env['KERNELSCOPE_RUN'];

const ownFolder = path.dirname(fileURLToPath(import.meta.url));
let status: RunStatus = 'ok';
let error: RunError | null = null;
let lastProgress = -Infinity;

const send = (message: ChildMessage): void => void process.send?.(message);

const heart = newHeart();
const { classes, gpu } = installWebGpu();
const places = new UserPlaces(ownFolder, (sources) => probe.meta({ sources }));
const callSites = new CallSites(places);
const probe: Probe = new Probe({
  classes,
  mode: request.mode,
  write: (frame) => whileWriting(heart, () => writeFrame(frame)),
  places,
  onStep(progress) {
    const now = performance.now();
    if (now - lastProgress > PROGRESS_EVERY_MS) {
      lastProgress = now;
      send({ type: 'progress', ...progress });
    }
  },
  stepLimit: request.steps,
  onLimit: () => process.exit(0),
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

const requestAdapter = gpu.requestAdapter.bind(gpu);
gpu.requestAdapter = async (options) => {
  const adapter = await requestAdapter(options);
  if (!adapter) send({ type: 'no-adapter', message: 'WebGPU found no adapter' });
  return adapter;
};

// Monitors: the error then takes its usual way (a message on stderr, exit code 1, or the script's own handler).
process.on('uncaughtExceptionMonitor', (thrown: unknown) => {
  if (process.listenerCount('uncaughtException') > 0) return;
  status = 'failed';
  error = runErrorOf(thrown, request.script, callSites);
});
process.on('exit', (code) => {
  if (code !== 0 && status === 'ok') {
    status = 'failed';
    error = { message: `the script ended with exit code ${code}` };
  }
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

annotations.study = request.study;
nameLibraries();
process.setSourceMapsEnabled(true);
const shipped = (name: string): string => new URL(`./${name}`, import.meta.url).href;
const data: LoaderData = {
  ours: { kernelscope: shipped('api.mjs') },
  edits: request.edits,
  ownFolder,
  heart,
};
register(shipped('loader-hooks.mjs'), { data });
beat(heart);
process.argv = [process.argv[0] as string, request.script, ...request.args];

send({ type: 'started' });
await import(pathToFileURL(request.script).href);
