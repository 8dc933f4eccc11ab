/** Bytes that the script moves: uploads, read-backs, copies on the device. Seen from the script's thread. */
import { TRANSFER_KINDS } from '../trace/model.ts';
import type { TransferKind } from '../trace/model.ts';
import type { Buffers } from './buffers.ts';
import type { CallSites } from './call-sites.ts';
import { DEEP } from './call-sites.ts';
import { nowNs } from './clock.ts';
import type { DawnPoll } from './dawn-poll.ts';
import type { Recorder } from './recorder.ts';
import type { Steps } from './steps.ts';
import type { UniformWords } from './uniform-words.ts';
import type { Patches, WebGpuClasses } from './webgpu-classes.ts';

type Below = (...args: never[]) => unknown;

const MAP_READ = 1;

function bytesOf(data: ArrayBuffer | ArrayBufferView, offset: number, sizeBytes: number): Uint8Array {
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset + offset, sizeBytes)
    : new Uint8Array(data, offset, sizeBytes);
}

export class Transfers {
  readonly #recorder: Recorder;
  readonly #callSites: CallSites;
  readonly #buffers: Buffers;
  readonly #steps: Steps;
  readonly #uniforms: UniformWords;
  readonly #poll: DawnPoll;

  constructor(
    recorder: Recorder,
    callSites: CallSites,
    buffers: Buffers,
    steps: Steps,
    uniforms: UniformWords,
    poll: DawnPoll,
  ) {
    this.#recorder = recorder;
    this.#callSites = callSites;
    this.#buffers = buffers;
    this.#steps = steps;
    this.#uniforms = uniforms;
    this.#poll = poll;
  }

  copied(buffer: GPUBuffer, sizeBytes: number): void {
    const now = nowNs();
    this.#uniforms.overwritten(buffer);
    this.#row('copy', now, now, sizeBytes, buffer, this.#steps.current, -1);
  }

  install(classes: WebGpuClasses, patches: Patches): void {
    const row = (
      kind: TransferKind,
      startNs: number,
      sizeBytes: number,
      buffer: GPUBuffer | null,
      step: number,
      location: number,
    ): void => this.#row(kind, startNs, nowNs(), sizeBytes, buffer, step, location);
    const step = (): number => this.#steps.current;
    const uniforms = this.#uniforms;
    const poll = this.#poll;
    const where = (below: Below): number => this.#recorder.location(this.#callSites.hereIfCheap(below, DEEP));

    patches.method(
      classes.GPUQueue,
      'writeBuffer',
      (original) =>
        function writeBuffer(this: GPUQueue, ...args: Parameters<GPUQueue['writeBuffer']>) {
          const startNs = nowNs();
          original.apply(this, args);
          const [buffer, at, data, offset = 0, size] = args as [
            GPUBuffer,
            number,
            ArrayBuffer | ArrayBufferView,
            number?,
            number?,
          ];
          const element =
            ArrayBuffer.isView(data) && 'BYTES_PER_ELEMENT' in data
              ? (data as Uint8Array).BYTES_PER_ELEMENT
              : 1;
          const sizeBytes = size === undefined ? data.byteLength - offset * element : size * element;
          uniforms.written(buffer, at, bytesOf(data, offset * element, sizeBytes));
          row('upload', startNs, sizeBytes, buffer, step(), where(writeBuffer));
        } as GPUQueue['writeBuffer'],
    );
    patches.method(
      classes.GPUQueue,
      'writeTexture',
      (original) =>
        function writeTexture(this: GPUQueue, ...args: Parameters<GPUQueue['writeTexture']>) {
          const startNs = nowNs();
          original.apply(this, args);
          row('upload', startNs, args[1].byteLength, null, step(), where(writeTexture));
        } as GPUQueue['writeTexture'],
    );
    patches.method(
      classes.GPUBuffer,
      'mapAsync',
      (original) =>
        function mapAsync(this: GPUBuffer, mode, offset = 0, size) {
          const startNs = nowNs();
          const asked = step();
          const location = mode & MAP_READ ? where(mapAsync) : -1;
          const mapped =
            size === undefined ? original.call(this, mode, offset) : original.call(this, mode, offset, size);
          // A branch of its own: whether the script awaits the promise, and what it does with a rejection, stays its affair.
          if (mode & MAP_READ)
            mapped.then(
              () => {
                poll.settled();
                row('readback', startNs, size ?? this.size - offset, this, asked, location);
              },
              () => undefined,
            );
          return mapped;
        },
    );
    patches.method(
      classes.GPUBuffer,
      'unmap',
      (original) =>
        function unmap(this: GPUBuffer) {
          const startNs = nowNs();
          const writable = this.mapState === 'mapped' && (this.usage & MAP_READ) === 0;
          original.call(this);
          // Only mapping for writing, or at creation, brings new bytes to the device.
          if (writable) row('upload', startNs, this.size, this, step(), where(unmap));
        },
    );
  }

  #row(
    kind: TransferKind,
    startNs: number,
    endNs: number,
    sizeBytes: number,
    buffer: GPUBuffer | null,
    step: number,
    location: number,
  ): void {
    const row = buffer ? (this.#buffers.rowOf(buffer) ?? -1) : -1;
    this.#recorder.row('transfers', {
      kind: TRANSFER_KINDS.indexOf(kind),
      startNs,
      endNs,
      sizeBytes,
      buffer: row,
      step,
      location,
    });
  }
}
