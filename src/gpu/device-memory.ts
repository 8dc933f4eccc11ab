import { annotations } from '../probe/annotate.ts';
import { OutOfMemoryError } from './failure.ts';

/** What memory is for, in the words of the error: what needs it, and how to need less. */
export interface Purpose {
  readonly what: string;
  readonly remedy: string;
}

/**
 * Buffers and writes from the host, and whether the device had memory for them. Dawn says that it has not while it is asked; others
 * may say it when the script next awaits, and it is told then, without the place.
 */
export class DeviceMemory {
  readonly #device: GPUDevice;
  readonly #trim: () => number;
  /** Whether something is asked for, and what the device said to it. */
  #asking: 'no' | 'yes' | 'refused' = 'no';

  /** @param trim Gives the device back what nobody uses; returns its bytes. Submits what is recorded. */
  constructor(device: GPUDevice, trim: () => number) {
    this.#device = device;
    this.#trim = trim;
  }

  /** The device says that it has no more memory. @returns whether whoever asks for it is told. */
  refuse(): boolean {
    if (this.#asking === 'no') return false;
    this.#asking = 'refused';
    return true;
  }

  /** Null where the device has not so much. */
  make(descriptor: GPUBufferDescriptor): GPUBuffer | null {
    let buffer: GPUBuffer | undefined;
    if (this.#has(() => (buffer = this.#device.createBuffer(descriptor))) && buffer) return buffer;
    buffer?.destroy();
    return null;
  }

  /** As `make`, with what is unused given back before it fails. @throws OutOfMemoryError */
  need(descriptor: GPUBufferDescriptor, purpose: Purpose): GPUBuffer {
    const buffer = this.make(descriptor) ?? (this.#trim() > 0 ? this.make(descriptor) : null);
    if (!buffer) throw outOfMemory(descriptor.size, purpose);
    return buffer;
  }

  /** Writes from the host, for which the device takes memory of its own. @throws OutOfMemoryError */
  write(buffer: GPUBuffer, offset: number, data: Uint8Array | Uint32Array, purpose: Purpose): void {
    const write = (): void =>
      this.#device.queue.writeBuffer(
        buffer,
        offset,
        data as Uint8Array<ArrayBuffer> | Uint32Array<ArrayBuffer>,
      );
    if (!this.#has(write)) throw outOfMemory(data.byteLength, purpose);
  }

  #has(ask: () => unknown): boolean {
    this.#asking = 'yes';
    try {
      ask();
      return (this.#asking as string) !== 'refused';
    } finally {
      this.#asking = 'no';
    }
  }
}

const outOfMemory = (bytes: number, { what, remedy }: Purpose): OutOfMemoryError =>
  OutOfMemoryError.beside(what, bytes, annotations.layer?.path ?? null, remedy);
