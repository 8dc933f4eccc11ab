/** Shader modules and compute pipelines: what a dispatch runs. */
import type { KernelInfo } from '../trace/model.ts';
import type { LaunchNote } from './annotate.ts';
import { Attached } from './attached.ts';
import type { CallSites } from './call-sites.ts';
import { DEEP } from './call-sites.ts';
import { nowNs } from './clock.ts';
import { guessFamily } from './kernel-family.ts';
import type { Recorder } from './recorder.ts';
import type { Patches, WebGpuClasses } from './webgpu-classes.ts';
import { entryPoints, wgslFacts } from './wgsl-facts.ts';

interface ModuleFacts {
  readonly wgsl: string;
  readonly label: string;
}

export interface PipelineFacts {
  /** Number of the pipeline in order of creation. */
  readonly serial: number;
  readonly info: KernelInfo;
  /** Tells it apart from others when nothing names it; null when it has a name of its own. */
  readonly hash: string | null;
  readonly access: ReadonlyMap<string, number>;
  /** Kernel ids by the name a library gave; the empty name is the pipeline's own. */
  readonly kernels: Map<string, number>;
  /** Has run before: the first dispatch may still compile or load. */
  dispatched: boolean;
}

interface Compile {
  readonly facts: PipelineFacts;
  readonly startNs: number;
  readonly endNs: number;
  readonly location: number;
}

export class Pipelines {
  readonly #recorder: Recorder;
  readonly #callSites: CallSites;
  readonly #modules = new Attached<GPUShaderModule, ModuleFacts>();
  readonly #pipelines = new Attached<GPUComputePipeline, PipelineFacts>();
  #count = 0;
  /** Compilations not yet rows: the kernel's name is only sure at its first dispatch. */
  #compiles: Compile[] = [];

  constructor(recorder: Recorder, callSites: CallSites) {
    this.#recorder = recorder;
    this.#callSites = callSites;
  }

  factsOf(pipeline: GPUComputePipeline | null): PipelineFacts | undefined {
    return this.#pipelines.get(pipeline);
  }

  /** `op`: the operation it is run for, a name for what has none. */
  kernelOf(facts: PipelineFacts, note: LaunchNote | null, op: string | null): number {
    const name = note?.kernel ?? (op !== null && facts.hash !== null ? `${op}-${facts.hash}` : '');
    let id = facts.kernels.get(name);
    if (id === undefined) facts.kernels.set(name, (id = this.#intern(facts.info, note, name)));
    return id;
  }

  /** Rows of compilations whose kernel is known by now; `all` takes the rest under the pipeline's own name. */
  settleCompiles(all: boolean): void {
    if (this.#compiles.length === 0) return;
    const later: Compile[] = [];
    for (const compile of this.#compiles) {
      const { facts, startNs, endNs, location } = compile;
      const [first] = facts.kernels.values();
      const kernel = first ?? (all || nowNs() - endNs > 5e8 ? this.kernelOf(facts, null, null) : undefined);
      if (kernel === undefined) later.push(compile);
      else this.#recorder.row('compiles', { kernel, startNs, endNs, location });
    }
    this.#compiles = later;
  }

  install(classes: WebGpuClasses, patches: Patches): void {
    const modules = this.#modules;
    const learn = (
      pipeline: GPUComputePipeline,
      descriptor: GPUComputePipelineDescriptor,
      startNs: number,
      location: number,
    ) => this.#learn(pipeline, descriptor, startNs, location);
    const where = (below: (...args: never[]) => unknown): number =>
      this.#recorder.location(this.#callSites.here(below, DEEP));

    patches.method(
      classes.GPUDevice,
      'createShaderModule',
      (original) =>
        function (this: GPUDevice, descriptor) {
          const module = original.call(this, descriptor);
          modules.set(module, { wgsl: String(descriptor.code), label: descriptor.label ?? '' });
          return module;
        },
    );
    patches.method(
      classes.GPUDevice,
      'createComputePipeline',
      (original) =>
        function createComputePipeline(this: GPUDevice, descriptor) {
          const startNs = nowNs();
          const pipeline = original.call(this, descriptor);
          learn(pipeline, descriptor, startNs, where(createComputePipeline));
          return pipeline;
        },
    );
    patches.method(
      classes.GPUDevice,
      'createComputePipelineAsync',
      (original) =>
        async function createComputePipelineAsync(this: GPUDevice, descriptor) {
          const startNs = nowNs();
          const location = where(createComputePipelineAsync);
          const pipeline = await original.call(this, descriptor);
          learn(pipeline, descriptor, startNs, location);
          return pipeline;
        },
    );
  }

  #learn(
    pipeline: GPUComputePipeline,
    descriptor: GPUComputePipelineDescriptor,
    startNs: number,
    location: number,
  ): void {
    const { compute } = descriptor;
    const module = this.#modules.get(compute.module);
    const wgsl = module?.wgsl ?? '';
    const entryPoint = compute.entryPoint ?? entryPoints(wgsl)[0] ?? null;
    const constants = compute.constants as Readonly<Record<string, number>> | undefined;
    const { workgroupSize, workgroupBytes, access } = wgslFacts(wgsl, entryPoint, constants);
    const given = descriptor.label || module?.label || (entryPoint === 'main' ? '' : (entryPoint ?? ''));
    // 'main' says nothing: the text tells such kernels apart, alike in every run.
    const hash = given === '' ? shortHash(wgsl) : null;
    const name = hash === null ? given : `main-${hash}`;
    const info: KernelInfo = {
      name,
      family: guessFamily(name),
      workgroupSize,
      workgroupBytes,
      wgsl,
      ...(constants ? { constants } : {}),
    };
    const facts: PipelineFacts = {
      serial: this.#count++,
      info,
      hash,
      access,
      kernels: new Map(),
      dispatched: false,
    };
    this.#pipelines.set(pipeline, facts);
    this.#compiles.push({ facts, startNs, endNs: nowNs(), location });
  }

  #intern(info: KernelInfo, note: LaunchNote | null, name: string): number {
    const constants = note?.constants ?? info.constants;
    const told: KernelInfo = note
      ? { ...info, name, family: note.family, ...(constants ? { constants } : {}) }
      : name === ''
        ? info
        : { ...info, name, family: guessFamily(name) };
    return this.#recorder.kernel(told);
  }
}

/** FNV-1a, 32 bits. */
function shortHash(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0').slice(0, 6);
}
