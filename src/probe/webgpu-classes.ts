/** The WebGPU classes whose prototypes are patched, and their methods as they were before. */

interface Class<T> {
  readonly prototype: T;
}

export interface WebGpuClasses {
  readonly GPUAdapter: Class<GPUAdapter>;
  readonly GPUDevice: Class<GPUDevice>;
  readonly GPUQueue: Class<GPUQueue>;
  readonly GPUBuffer: Class<GPUBuffer>;
  readonly GPUTexture: Class<GPUTexture>;
  readonly GPUCommandEncoder: Class<GPUCommandEncoder>;
  readonly GPUComputePassEncoder: Class<GPUComputePassEncoder>;
  readonly GPUComputePipeline: Class<GPUComputePipeline>;
  readonly GPURenderPipeline: Class<GPURenderPipeline>;
}

/**
 * The untouched methods. The probe's own work (query sets, read-backs) goes through these, so that it never observes
 * itself; each is called with `.call(object, ...)`.
 */
export interface NativeMethods {
  readonly adapter: GPUAdapter;
  readonly device: GPUDevice;
  readonly queue: GPUQueue;
  readonly buffer: GPUBuffer;
  readonly texture: GPUTexture;
  readonly encoder: GPUCommandEncoder;
  readonly pass: GPUComputePassEncoder;
}

export function nativeMethods(classes: WebGpuClasses): NativeMethods {
  return {
    adapter: methodsOf(classes.GPUAdapter.prototype),
    device: methodsOf(classes.GPUDevice.prototype),
    queue: methodsOf(classes.GPUQueue.prototype),
    buffer: methodsOf(classes.GPUBuffer.prototype),
    texture: methodsOf(classes.GPUTexture.prototype),
    encoder: methodsOf(classes.GPUCommandEncoder.prototype),
    pass: methodsOf(classes.GPUComputePassEncoder.prototype),
  };
}

function methodsOf<T extends object>(prototype: T): T {
  const methods: Record<string, unknown> = {};
  for (const [name, property] of Object.entries(Object.getOwnPropertyDescriptors(prototype)))
    if (typeof property.value === 'function' && name !== 'constructor') methods[name] = property.value;
  return methods as T;
}

/** Replaces methods of prototypes and can put them back. */
export class Patches {
  readonly #undo: (() => void)[] = [];

  /** `wrap` is given the method as it stands; a method the class lacks is left out. */
  method<T extends object, K extends keyof T & string>(
    owner: Class<T>,
    name: K,
    wrap: (original: T[K]) => T[K],
  ): void {
    const prototype = owner.prototype;
    const before = Object.getOwnPropertyDescriptor(prototype, name);
    if (!before || typeof before.value !== 'function') return;
    Object.defineProperty(prototype, name, {
      ...before,
      configurable: true,
      writable: true,
      value: wrap(before.value as T[K]),
    });
    this.#undo.push(() => Object.defineProperty(prototype, name, before));
  }

  restore(): void {
    for (const undo of this.#undo.reverse()) undo();
    this.#undo.length = 0;
  }
}
