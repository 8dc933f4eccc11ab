/** Modules that hold modules. */
import type { Tensor } from '../tensor/tensor.ts';
import { Module, type Layer } from './module.ts';

/** Layers one after the other; each intermediate is released as soon as the next layer has used it. */
export class Sequential extends Module {
  readonly layers: readonly Layer[];

  constructor(...layers: readonly Layer[]) {
    super();
    this.layers = layers;
  }

  override forward(x: Tensor): Tensor {
    let current = x;
    for (const layer of this.layers) {
      const next = layer.forward(current);
      if (current !== x && current !== next)
        current.value.recycle('when the next layer of its Sequential had used it');
      current = next;
    }
    return current;
  }

  /** Layers are named by their index, as in PyTorch. */
  override namedChildren(): [name: string, child: Module][] {
    return this.layers.map((layer, i) => [String(i), layer]);
  }

  [Symbol.iterator](): Iterator<Layer> {
    return this.layers[Symbol.iterator]();
  }
}

/** A list of modules that its owner calls as it likes. */
export class ModuleList<T extends Module = Layer> extends Module {
  readonly modules: T[];

  constructor(modules: Iterable<T> = []) {
    super();
    this.modules = [...modules];
  }

  /** Adds a module at the end. */
  append(module: T): this {
    this.modules.push(module);
    return this;
  }

  get length(): number {
    return this.modules.length;
  }

  override forward(): never {
    throw new Error('a ModuleList is not called; call the modules in it');
  }

  override namedChildren(): [name: string, child: Module][] {
    return this.modules.map((module, i) => [String(i), module]);
  }

  [Symbol.iterator](): Iterator<T> {
    return this.modules[Symbol.iterator]();
  }
}
