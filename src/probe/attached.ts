/**
 * What the probe knows about an object it does not own (a GPUBuffer, an encoder). A symbol property is several times
 * cheaper to read than a WeakMap entry, and some of these are read at every dispatch.
 */
export class Attached<Owner extends object, Value> {
  readonly #key: symbol;

  constructor(name: string) {
    this.#key = Symbol(`kernelscope.${name}`);
  }

  get(owner: Owner | null | undefined): Value | undefined {
    return owner ? (owner as Record<symbol, Value | undefined>)[this.#key] : undefined;
  }

  set(owner: Owner, value: Value): void {
    Object.defineProperty(owner, this.#key, { value, writable: true, configurable: true, enumerable: false });
  }
}
