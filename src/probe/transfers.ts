/** Bytes that the script moves: uploads, read-backs, copies on the device. Seen from the script's thread. */
import { TRANSFER_KINDS } from '../trace/model.ts';
import type { TransferKind } from '../trace/model.ts';
import type { Buffers } from './buffers.ts';
import type { CallSites } from './call-sites.ts';
import { DEEP } from './call-sites.ts';
import { nowNs } from './clock.ts';
import type { Recorder } from './recorder.ts';
import type { Steps } from './steps.ts';
import type { Patches, WebGpuClasses } from './webgpu-classes.ts';

type Below = (...args: never[]) => unknown;

const MAP_READ = 1;

export class Transfers {
  readonly #recorder: Recorder;
  readonly #callSites: CallSites;
  readonly #buffers: Buffers;
  readonly #steps: Steps;

  constructor(recorder: Recorder, callSites: CallSites, buffers: Buffers, steps: Steps) {
    this.#recorder = recorder;
    this.#callSites = callSites;
    this.#buffers = buffers;
    this.#steps = steps;
  }

  copied(buffer: GPUBuffer, sizeBytes: number): void {
    const now = nowNs();
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
    const where = (below: Below): number => this.#recorder.location(this.#callSites.hereIfCheap(below, DEEP));

    patches.method(
      classes.GPUQueue,
      'writeBuffer',
      (original) =>
        function writeBuffer(this: GPUQueue, ...args: Parameters<GPUQueue['writeBuffer']>) {
          const startNs = nowNs();
          original.apply(this, args);
          const [buffer, , data, offset = 0, size] = args as [
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
          row(
            'upload',
            startNs,
            size === undefined ? data.byteLength - offset * element : size * element,
            buffer,
            step(),
            where(writeBuffer),
          );
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
              () => row('readback', startNs, size ?? this.size - offset, this, asked, location),
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
