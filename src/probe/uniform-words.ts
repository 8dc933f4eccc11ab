/**
 * What the script last wrote into small uniform buffers, word by word: sizes and strides by which a kernel reckons its places.
 * Bytes that came in another way than by a small write or a mapping are unknown.
 */
import { Attached } from './attached.ts';
import type { Patches, WebGpuClasses } from './webgpu-classes.ts';

const UNIFORM = 0x40;
const WORD = 4;
/** Larger buffers hold data rather than sizes. */
const MAX_BUFFER = 64 * 1024;
/** A larger write is a library's whole pool of blocks, and changes from step to step. */
const MAX_WRITE = 1024;

interface Shadow {
  readonly bytes: Uint8Array;
  readonly words: DataView;
  /** One for each word that is known. */
  readonly known: Uint8Array;
}

export class UniformWords {
  /** Null for a buffer whose words are not kept: asking the device what it is takes longer than all else here. */
  readonly #shadows = new Attached<GPUBuffer, Shadow | null>();
  readonly #mapped = new Attached<GPUBuffer, { readonly offset: number; readonly data: ArrayBuffer }[]>();

  /** `data`: the bytes written, at `offset` of the buffer. */
  written(buffer: GPUBuffer, offset: number, data: Uint8Array): void {
    let shadow = this.#shadows.get(buffer);
    if (shadow === undefined) this.#shadows.set(buffer, (shadow = shadowOf(buffer)));
    if (!shadow) return;
    const end = offset + data.byteLength;
    if (end > shadow.bytes.byteLength) return;
    const small = data.byteLength <= MAX_WRITE;
    if (small) shadow.bytes.set(data, offset);
    shadow.known.fill(small ? 1 : 0, Math.floor(offset / WORD), Math.ceil(end / WORD));
  }

  /** The device wrote into it: what it holds is no longer known. */
  overwritten(buffer: GPUBuffer): void {
    this.#shadows.get(buffer)?.known.fill(0);
  }

  /** The known words of a part of the buffer, by their byte within the part. */
  of(buffer: GPUBuffer, offset: number, sizeBytes: number): readonly (readonly [number, number])[] {
    const shadow = this.#shadows.get(buffer);
    if (!shadow) return [];
    const found: [number, number][] = [];
    for (let at = 0; at + WORD <= sizeBytes && offset + at + WORD <= shadow.bytes.byteLength; at += WORD)
      if (shadow.known[(offset + at) / WORD]) found.push([at, shadow.words.getUint32(offset + at, true)]);
    return found;
  }

  install(classes: WebGpuClasses, patches: Patches): void {
    const mapped = this.#mapped;
    const settle = (buffer: GPUBuffer): void => {
      for (const { offset, data } of mapped.get(buffer) ?? [])
        this.written(buffer, offset, new Uint8Array(data));
      mapped.set(buffer, []);
    };
    patches.method(
      classes.GPUBuffer,
      'getMappedRange',
      (original) =>
        function (this: GPUBuffer, offset = 0, size) {
          const data = size === undefined ? original.call(this, offset) : original.call(this, offset, size);
          if (this.usage & UNIFORM) mapped.set(this, [...(mapped.get(this) ?? []), { offset, data }]);
          return data;
        },
    );
    patches.method(
      classes.GPUBuffer,
      'unmap',
      (original) =>
        function (this: GPUBuffer) {
          // Before it is taken back: afterwards the script's view of it is empty.
          if (mapped.get(this)?.length) settle(this);
          original.call(this);
        },
    );
  }
}

function shadowOf({ usage, size }: GPUBuffer): Shadow | null {
  if ((usage & UNIFORM) === 0 || size > MAX_BUFFER) return null;
  const bytes = new Uint8Array(size);
  return { bytes, words: new DataView(bytes.buffer), known: new Uint8Array(size / WORD) };
}
