/** Bind groups: which buffers a dispatch runs on, and how often a script makes a group that it has made before. */
import { Attached } from './attached.ts';
import type { CallSites } from './call-sites.ts';
import { DEEP } from './call-sites.ts';
import { nowNs } from './clock.ts';
import { RecentKeys } from './recent-keys.ts';
import type { Recorder } from './recorder.ts';
import type { Steps } from './steps.ts';
import type { Patches, WebGpuClasses } from './webgpu-classes.ts';

export interface BoundBuffer {
  readonly binding: number;
  readonly buffer: GPUBuffer;
  readonly offsetBytes: number;
  /** Undefined: to the end of the buffer, whose size is dear to ask for. */
  readonly sizeBytes: number | undefined;
}

/** What was made since the last row of it. */
interface Tally {
  readonly step: number;
  made: number;
  repeated: number;
  cpuNs: number;
  location: number;
  /** The location is that of a repeated one. */
  telling: boolean;
}

export class BindGroups {
  readonly #recorder: Recorder;
  readonly #callSites: CallSites;
  readonly #steps: Steps;
  readonly #bound = new Attached<GPUBindGroup, readonly BoundBuffer[]>();
  /** Numbers of layouts and of what is bound. */
  readonly #serials = new Attached<object, number>();
  #nextSerial = 1;
  readonly #made = new RecentKeys();
  #tally: Tally | null = null;

  constructor(recorder: Recorder, callSites: CallSites, steps: Steps) {
    this.#recorder = recorder;
    this.#callSites = callSites;
    this.#steps = steps;
  }

  /** Is it a bind group that a device has made? */
  knows(group: GPUBindGroup): boolean {
    return this.#bound.get(group) !== undefined;
  }

  buffersOf(group: GPUBindGroup | null | undefined): readonly BoundBuffer[] {
    return this.#bound.get(group) ?? [];
  }

  /** Writes the row of what was made since the last one. */
  settle(): void {
    if (!this.#tally) return;
    const { step, made, repeated, cpuNs, location } = this.#tally;
    this.#tally = null;
    this.#recorder.row('bindGroups', { step, made, repeated, cpuNs, location });
  }

  install(classes: WebGpuClasses, patches: Patches): void {
    const isBuffer = (resource: GPUBindingResource): resource is GPUBuffer =>
      resource instanceof (classes.GPUBuffer as unknown as typeof GPUBuffer);
    const learn = (
      group: GPUBindGroup,
      descriptor: GPUBindGroupDescriptor,
      cpuNs: number,
      below: (...args: never[]) => unknown,
    ): void => {
      const bound: BoundBuffer[] = [];
      for (const { binding, resource } of descriptor.entries) {
        const { buffer, offset = 0, size } = isBuffer(resource) ? { buffer: resource } : (resource as Partial<GPUBufferBinding>); // prettier-ignore
        if (buffer) bound.push({ binding, buffer, offsetBytes: offset, sizeBytes: size });
      }
      this.#bound.set(group, bound);
      this.#count(descriptor, bound, cpuNs, below);
    };
    // An automatic layout is another object at each call, and yet the same layout.
    const sameLayout = (layout: GPUBindGroupLayout, pipeline: object, index: number): void =>
      this.#serials.set(layout, -(this.#serial(pipeline) * 16 + index));

    patches.method(
      classes.GPUDevice,
      'createBindGroup',
      (original) =>
        function createBindGroup(this: GPUDevice, descriptor) {
          const startNs = nowNs();
          const group = original.call(this, descriptor);
          learn(group, descriptor, nowNs() - startNs, createBindGroup);
          return group;
        },
    );
    for (const pipelines of [classes.GPUComputePipeline, classes.GPURenderPipeline])
      patches.method<GPUPipelineBase, 'getBindGroupLayout'>(
        pipelines,
        'getBindGroupLayout',
        (original) =>
          function (this: GPUPipelineBase, index) {
            const layout = original.call(this, index);
            sameLayout(layout, this, index);
            return layout;
          },
      );
  }

  #count(
    { layout, entries }: GPUBindGroupDescriptor,
    bound: readonly BoundBuffer[],
    cpuNs: number,
    below: (...args: never[]) => unknown,
  ): void {
    const step = this.#steps.current;
    if (this.#tally?.step !== step) this.settle();
    const tally = (this.#tally ??= { step, made: 0, repeated: 0, cpuNs: 0, location: -1, telling: false });
    tally.made++;
    tally.cpuNs += cpuNs;
    const key = new Key();
    key.add(this.#serial(layout));
    let next = 0;
    for (const { binding, resource } of entries) {
      const buffer = bound[next];
      key.add(binding);
      if (buffer?.binding === binding) {
        next++;
        key.add(this.#serial(buffer.buffer));
        key.add(buffer.offsetBytes);
        key.add(buffer.sizeBytes ?? -1);
      } else key.add(this.#serial(resource));
    }
    const repeated = this.#made.add(key.low, key.high);
    if (repeated) tally.repeated++;
    if (tally.location >= 0 && (tally.telling || !repeated)) return;
    tally.telling = repeated;
    tally.location = this.#recorder.location(this.#callSites.hereIfCheap(below, DEEP));
  }

  #serial(thing: object): number {
    let serial = this.#serials.get(thing);
    if (serial === undefined) this.#serials.set(thing, (serial = this.#nextSerial++));
    return serial;
  }
}

/** Numbers as one: two FNV-1a hashes, 64 bits together. */
class Key {
  low = 0x811c9dc5 | 0;
  high = 0x01000193;

  add(number: number): void {
    this.low = Math.imul(this.low ^ number, 0x01000193);
    this.high = Math.imul(this.high ^ (number + this.low), 0x85ebca6b);
    this.high ^= this.high >>> 15;
  }
}
