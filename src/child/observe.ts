/** WebGPU in place, the probe on it, libraries named, modules loaded as Kernelscope loads them: what any thread of a script gets. */
import { register } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { annotations } from '../probe/annotate.ts';
import { CallSites } from '../probe/call-sites.ts';
import type { ProbeOptions } from '../probe/install.ts';
import { Probe } from '../probe/install.ts';
import type { RunRequest } from '../wire/run-messages.ts';
import { WEBGPU_MODULE, installWebGpu } from './globals.ts';
import type { Heart } from './heartbeat.ts';
import { nameLibraries } from './libraries.ts';
import type { LoaderData } from './loader-hooks.ts';
import { UserPlaces } from './places.ts';

/** Resolves where our hooks are in place, and nowhere else. */
export const HOOKS_SIGN = 'kernelscope-hooks-in-place';

export interface Observed {
  readonly probe: Probe;
  readonly callSites: CallSites;
  /** Sets up the loading of modules; `heart` of the main thread, null in another. */
  load(heart: Heart | null): void;
}

export interface ObserveOptions extends Pick<ProbeOptions, 'write' | 'onStep' | 'onLimit' | 'ofThread'> {
  readonly request: RunRequest;
  readonly onNoAdapter: () => void;
}

export function observe({ request, onNoAdapter, ...options }: ObserveOptions): Observed {
  const ownFolder = path.dirname(fileURLToPath(import.meta.url));
  const classes = installWebGpu(onNoAdapter);
  const places = new UserPlaces(ownFolder, request.edits, (sources) => probe.sources(sources));
  const probe: Probe = new Probe({
    ...options,
    classes,
    places,
    mode: request.mode,
    window: request.window,
    stepLimit: request.steps,
  });
  annotations.study = request.study;
  nameLibraries();
  process.setSourceMapsEnabled(true);
  const shipped = (name: string): string => new URL(`./${name}`, import.meta.url).href;
  const load = (heart: Heart | null): void => {
    const data: LoaderData = {
      ours: {
        kernelscope: shipped('api.mjs'),
        webgpu: WEBGPU_MODULE,
        [HOOKS_SIGN]: shipped('loader-hooks.mjs'),
      },
      edits: request.edits,
      memoryLimitBytes: request.memoryLimitBytes,
      ownFolder,
      heart,
    };
    register(shipped('loader-hooks.mjs'), { data });
  };
  return { probe, callSites: new CallSites(places), load };
}
