/** Every GPU buffer and texture from birth to death, and the parts of pooled buffers that a library takes and gives back. */
import type { Death } from '../trace/model.ts';
import { DEATHS, ROLES } from '../trace/model.ts';
import type { BufferNote } from './annotate.ts';
import { Attached } from './attached.ts';
import { Collected } from './collected.ts';
import type { CallSites } from './call-sites.ts';
import { DEEP } from './call-sites.ts';
import { nowNs } from './clock.ts';
import type { Layers } from './layers.ts';
import type { Recorder } from './recorder.ts';
import type { Steps } from './steps.ts';
import { textureBytes } from './texture-bytes.ts';
import type { Patches, WebGpuClasses } from './webgpu-classes.ts';

interface Life {
  readonly row: number;
  readonly device: WeakRef<GPUDevice>;
  dead: boolean;
}

/** Bytes; libraries make a buffer for each small upload and destroy it at once. */
const LARGE = 1024 * 1024;

export class Buffers {
  readonly #recorder: Recorder;
  readonly #callSites: CallSites;
  readonly #layers: Layers;
  readonly #steps: Steps;
  readonly #lives = new Attached<GPUBuffer | GPUTexture, Life>();
  /** Alive, to be ended when their device is. */
  readonly #living = new Set<Life>();
  readonly #lost = new WeakSet<GPUDevice>();
  readonly #collected = new Collected<GPUBuffer | GPUTexture, Life>(
    ({ dead }) => dead,
    (life) => this.#end(life, 'collected'),
  );
  readonly #devices = new Attached<GPUDevice, WeakRef<GPUDevice>>();

  constructor(recorder: Recorder, callSites: CallSites, layers: Layers, steps: Steps) {
    this.#recorder = recorder;
    this.#callSites = callSites;
    this.#layers = layers;
    this.#steps = steps;
  }

  /** Called often: what is still alive will be noticed when it is collected. */
  settle(): void {
    this.#collected.look();
  }

  rowOf(buffer: GPUBuffer): number | undefined {
    return this.#lives.get(buffer)?.row;
  }

  /** A library says what a buffer is for, right after making it. */
  describe(buffer: GPUBuffer, note: BufferNote): void {
    const row = this.rowOf(buffer);
    if (row === undefined) return;
    this.#recorder.amend('buffers', row, 'role', ROLES.indexOf(note.role));
    this.#recorder.amend('buffers', row, 'layer', this.#layers.idOf(note.layer));
    if (note.label) this.#recorder.amend('buffers', row, 'label', this.#recorder.string(note.label));
  }

  allocated(buffer: GPUBuffer, sizeBytes: number, note: BufferNote): number {
    const parent = this.rowOf(buffer) ?? -1;
    return this.#recorder.row('buffers', {
      parent,
      sizeBytes,
      usage: 0,
      role: ROLES.indexOf(note.role),
      layer: this.#layers.idOf(note.layer),
      location: -1,
      label: this.#recorder.string(note.label ?? ''),
      ...birth(this.#steps.current),
    });
  }

  released(row: number): void {
    this.#recorder.row('deaths', { buffer: row, atNs: nowNs(), death: DEATHS.indexOf('released') });
  }

  deviceLost(device: GPUDevice): void {
    this.#lost.add(device);
    for (const life of this.#living) if (life.device.deref() === device) this.#end(life, 'device-lost');
  }

  install(classes: WebGpuClasses, patches: Patches): void {
    const born = (
      owner: GPUDevice,
      thing: GPUBuffer | GPUTexture,
      sizeBytes: number,
      usage: number,
      label: string,
      below: (...args: never[]) => unknown,
    ) => this.#born(owner, thing, sizeBytes, usage, label, below);
    const end = (thing: GPUBuffer | GPUTexture): void => {
      const life = this.#lives.get(thing);
      if (life) this.#end(life, 'destroyed');
    };
    patches.method(
      classes.GPUDevice,
      'createBuffer',
      (original) =>
        function createBuffer(this: GPUDevice, descriptor) {
          const buffer = original.call(this, descriptor);
          born(this, buffer, descriptor.size, descriptor.usage, descriptor.label ?? '', createBuffer);
          return buffer;
        },
    );
    patches.method(
      classes.GPUDevice,
      'createTexture',
      (original) =>
        function createTexture(this: GPUDevice, descriptor) {
          const texture = original.call(this, descriptor);
          born(this, texture, textureBytes(texture), descriptor.usage, descriptor.label ?? '', createTexture);
          return texture;
        },
    );
    patches.method(
      classes.GPUBuffer,
      'destroy',
      (original) =>
        function (this: GPUBuffer) {
          end(this);
          return original.call(this);
        },
    );
    patches.method(
      classes.GPUTexture,
      'destroy',
      (original) =>
        function (this: GPUTexture) {
          end(this);
          return original.call(this);
        },
    );
  }

  #born(
    owner: GPUDevice,
    thing: GPUBuffer | GPUTexture,
    sizeBytes: number,
    usage: number,
    label: string,
    below: (...args: never[]) => unknown,
  ): void {
    // It has no memory: the device gives only a name for it.
    if (this.#lost.has(owner)) return;
    const row = this.#recorder.row('buffers', {
      parent: -1,
      sizeBytes,
      usage,
      role: ROLES.indexOf('unknown'),
      layer: -1,
      location: this.#recorder.location(this.#callSites.hereIfCheap(below, DEEP)),
      label: this.#recorder.string(label),
      ...birth(this.#steps.current),
    });
    const life: Life = { row, device: this.#weak(owner), dead: false };
    this.#lives.set(thing, life);
    this.#living.add(life);
    if (sizeBytes > LARGE) this.#collected.watchLarge(thing, life);
    else this.#collected.watch(thing, life);
  }

  #weak(device: GPUDevice): WeakRef<GPUDevice> {
    let ref = this.#devices.get(device);
    if (!ref) this.#devices.set(device, (ref = new WeakRef(device)));
    return ref;
  }

  #end(life: Life, death: Death): void {
    if (life.dead) return;
    life.dead = true;
    this.#living.delete(life);
    this.#recorder.row('deaths', { buffer: life.row, atNs: nowNs(), death: DEATHS.indexOf(death) });
  }
}

function birth(step: number): {
  readonly bornNs: number;
  readonly bornStep: number;
  readonly diedNs: number;
  readonly death: number;
} {
  return { bornNs: nowNs(), bornStep: step, diedNs: NaN, death: DEATHS.indexOf('alive') };
}
