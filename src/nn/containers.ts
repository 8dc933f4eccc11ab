/** Modules that hold modules, and parameters. */
import { tensorError } from '../tensor/errors.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { Module, type Layer } from './module.ts';
import type { Parameter } from './parameter.ts';

/** Layers one after the other; each intermediate is released as soon as the next layer has used it. */
export class Sequential extends Module {
  readonly #layers: Layer[];

  constructor(...layers: readonly Layer[]) {
    super();
    for (const layer of layers) refuseOther(layer);
    this.#layers = [...layers];
  }

  get layers(): readonly Layer[] {
    return this.#layers;
  }

  get length(): number {
    return this.#layers.length;
  }

  /** The layer at a place; negative ones count from the end. */
  at(index: number): Layer {
    return itemAt(this.#layers, index, 'Sequential');
  }

  /** Adds a layer at the end. */
  append(layer: Layer): this {
    refuseOther(layer);
    this.#layers.push(layer);
    return this;
  }

  override forward(x: Tensor): Tensor {
    let current = x;
    for (const layer of this.#layers) {
      const next = layer.forward(current);
      if (current !== x && current !== next)
        current.value.recycle('when the next layer of its Sequential had used it');
      current = next;
    }
    return current;
  }

  /** Layers are named by their index, as in PyTorch. */
  override namedChildren(): [name: string, child: Module][] {
    return this.#layers.map((layer, i) => [String(i), layer]);
  }

  [Symbol.iterator](): Iterator<Layer> {
    return this.#layers[Symbol.iterator]();
  }
}

function itemAt<T>(items: readonly T[], index: number, list: string): T {
  const item = items.at(index);
  if (item === undefined) throw tensorError(`${list} of ${items.length} has nothing at ${index}`);
  return item;
}

const notCalled = (type: string): Error =>
  new Error(`a ${type} is not called; call the modules in it, or use what it holds`);

/** A list of modules that its owner calls as it likes. */
export class ModuleList<T extends Module = Layer> extends Module {
  readonly #modules: T[];

  constructor(modules: Iterable<T> = []) {
    super();
    this.#modules = [...modules];
  }

  /** Adds a module at the end. */
  append(module: T): this {
    this.#modules.push(module);
    return this;
  }

  /** Adds modules at the end. */
  extend(modules: Iterable<T>): this {
    this.#modules.push(...modules);
    return this;
  }

  /** The module at a place; negative ones count from the end. */
  at(index: number): T {
    return itemAt(this.#modules, index, 'ModuleList');
  }

  get length(): number {
    return this.#modules.length;
  }

  override forward(): never {
    throw notCalled('ModuleList');
  }

  override namedChildren(): [name: string, child: Module][] {
    return this.#modules.map((module, i) => [String(i), module]);
  }

  [Symbol.iterator](): Iterator<T> {
    return this.#modules[Symbol.iterator]();
  }
}

/** Modules by name, that their owner calls as it likes. */
export class ModuleDict<T extends Module = Layer> extends Module {
  readonly #modules: Map<string, T>;

  constructor(modules: Readonly<Record<string, T>> = {}) {
    super();
    this.#modules = new Map(Object.entries(modules));
  }

  /** @throws TensorError where there is none of that name. */
  get(name: string): T {
    const module = this.#modules.get(name);
    if (!module)
      throw tensorError(`ModuleDict has no '${name}'; there are ${[...this.#modules.keys()].join(', ')}`);
    return module;
  }

  has(name: string): boolean {
    return this.#modules.has(name);
  }

  set(name: string, module: T): this {
    this.#modules.set(name, module);
    return this;
  }

  keys(): string[] {
    return [...this.#modules.keys()];
  }

  override forward(): never {
    throw notCalled('ModuleDict');
  }

  override namedChildren(): [name: string, child: Module][] {
    return [...this.#modules];
  }

  [Symbol.iterator](): Iterator<[string, T]> {
    return this.#modules[Symbol.iterator]();
  }
}

/** A list of parameters. */
export class ParameterList extends Module {
  readonly #parameters: Parameter[];

  constructor(parameters: Iterable<Parameter> = []) {
    super();
    this.#parameters = [...parameters];
  }

  append(parameter: Parameter): this {
    this.#parameters.push(parameter);
    return this;
  }

  /** The parameter at a place; negative ones count from the end. */
  at(index: number): Parameter {
    return itemAt(this.#parameters, index, 'ParameterList');
  }

  get length(): number {
    return this.#parameters.length;
  }

  override forward(): never {
    throw notCalled('ParameterList');
  }

  protected override ownTensors(): [name: string, tensor: Tensor][] {
    return this.#parameters.map((parameter, i) => [String(i), parameter]);
  }

  [Symbol.iterator](): Iterator<Parameter> {
    return this.#parameters[Symbol.iterator]();
  }
}

function refuseOther(layer: unknown): void {
  if (layer instanceof Module) return;
  throw tensorError(
    `a Sequential takes layers, and got ${typeof layer === 'function' ? `the function or class ${layer.name || '(without a name)'}; make a layer of it, as new nn.ReLU()` : String(layer)}`,
  );
}
