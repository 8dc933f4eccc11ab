/** The base of every layer and model. */
import { annotations, inLayer, inPhase } from '../probe/annotate.ts';
import { inScope } from '../tensor/lifetime.ts';
import { Tensor } from '../tensor/tensor.ts';
import { valuesIn } from '../tensor/values-in.ts';
import type { Value } from '../tensor/value.ts';
import { ModuleNote, rootPath } from './layer-note.ts';
import { Buffer, Parameter } from './parameter.ts';
import { loadState, stateOf, type StateDict } from './state.ts';

const snakeCase = (path: string): string => path.replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();

/** Sees the inputs and the output of a `forward`, and may replace the output. */
export type ForwardHook = (module: Module, inputs: readonly unknown[], output: unknown) => unknown;

/** Sees the inputs of a `forward`, and may replace them. */
export type ForwardPreHook = (
  module: Module,
  inputs: readonly unknown[],
) => readonly unknown[] | undefined | void;

/** Takes a hook away again. */
export interface HookHandle {
  remove(): void;
}

/** The modules whose `forward` is running, outermost first. */
const running: Module[] = [];

/**
 * A layer or a model. Subclasses assign layers and `Parameter`s to properties and override `forward`; parameters,
 * sub-modules and their names are found from the properties (arrays of modules count too).
 *
 * ```ts
 * class Block extends nn.Module {
 *   fc1 = new nn.Linear(64, 256);
 *   fc2 = new nn.Linear(256, 64);
 *   override forward(x: Tensor): Tensor {
 *     return x.add(this.fc2.forward(this.fc1.forward(x).gelu()));
 *   }
 * }
 * ```
 */
export abstract class Module {
  /** True while training, false after `eval()`: what dropout and batch normalization go by. */
  training = true;
  readonly #note: ModuleNote;
  readonly #hooks = new Set<ForwardHook>();
  readonly #preHooks = new Set<ForwardPreHook>();

  constructor() {
    this.#note = new ModuleNote(this.constructor.name, () => this.describe());
    // Every call goes through #run, whoever makes it: that is how work finds its layer.
    const forward = this.forward;
    Object.defineProperty(this, 'forward', {
      value: (...inputs: never[]) => this.#run(() => this.#hooked(forward, inputs)),
      configurable: true,
      writable: true,
    });
  }

  /**
   * Computes the output. What it makes and does not return is released when it returns, unless it was stored on the
   * module or kept with `.keep()`.
   */
  abstract forward(...inputs: never[]): unknown;

  /** The layer's sizes for messages and pictures, as in `Linear(784, 512)`. */
  protected describe(): string {
    return '';
  }

  /** Where the module is in its model (`encoder.0.attention`); its type while it is in none. */
  get path(): string {
    return this.#note.path;
  }

  /** Direct sub-modules and their names. */
  namedChildren(): [name: string, child: Module][] {
    return Object.entries(this).flatMap(([name, value]: [string, unknown]): [string, Module][] => {
      if (value instanceof Module) return [[name, value]];
      if (!Array.isArray(value)) return [];
      return value.flatMap((item, i): [string, Module][] =>
        item instanceof Module ? [[`${name}.${i}`, item]] : [],
      );
    });
  }

  /** This module and every module inside it, with their paths. */
  namedModules(prefix = ''): [path: string, module: Module][] {
    return [
      [prefix, this],
      ...this.namedChildren().flatMap(([name, child]) =>
        child.namedModules(prefix ? `${prefix}.${name}` : name),
      ),
    ];
  }

  /** This module and every module inside it. */
  modules(): Module[] {
    return this.namedModules().map(([, module]) => module);
  }

  /** Direct sub-modules. */
  children(): Module[] {
    return this.namedChildren().map(([, child]) => child);
  }

  /** Parameters and buffers of this module itself, by name: its properties, and the items of arrays of them. */
  protected ownTensors(): [name: string, tensor: Tensor][] {
    return Object.entries(this).flatMap(([name, value]: [string, unknown]): [string, Tensor][] => {
      if (isOwned(value)) return [[name, value]];
      if (!Array.isArray(value)) return [];
      return value.flatMap((item, i): [string, Tensor][] => (isOwned(item) ? [[`${name}.${i}`, item]] : []));
    });
  }

  /**
   * Every parameter and its name, each once, in the order of the properties. Names are PyTorch's: the path in snake case
   * (`self_attn.in_proj_weight`), so that states go both ways.
   */
  namedParameters(): [name: string, parameter: Parameter][] {
    const seen = new Set<Parameter>();
    return this.#named(Parameter).filter(([, parameter]) => !seen.has(parameter) && seen.add(parameter));
  }

  /** Every parameter, for an optimizer. */
  parameters(): Parameter[] {
    return this.namedParameters().map(([, parameter]) => parameter);
  }

  /** Every buffer (state that is not trained) and its name. */
  namedBuffers(): [name: string, buffer: Buffer][] {
    return this.#named(Buffer);
  }

  /** Every buffer. */
  buffers(): Buffer[] {
    return this.namedBuffers().map(([, buffer]) => buffer);
  }

  /** Runs `visit` on this module and every one inside it; returns this module. */
  apply(visit: (module: Module) => void): this {
    for (const [, module] of this.namedModules()) visit(module);
    return this;
  }

  /** Switches this module and all inside it to training (or, with false, to evaluation). */
  train(mode = true): this {
    return this.apply((module) => {
      module.training = mode;
    });
  }

  /** Switches to evaluation: dropout off, batch normalization by its running statistics. */
  eval(): this {
    return this.train(false);
  }

  /** Freezes the parameters, or thaws them. */
  requiresGrad_(wanted = true): this {
    for (const parameter of this.parameters()) parameter.requiresGrad_(wanted);
    return this;
  }

  /** Forgets the gradients of all parameters. */
  zeroGrad(): void {
    for (const parameter of this.parameters()) parameter.grad = null;
  }

  /**
   * Has `hook` called after each `forward`; what it returns, unless undefined, replaces the output. Tensors it takes away need
   * `.keep()`.
   */
  registerForwardHook(hook: ForwardHook): HookHandle {
    this.#hooks.add(hook);
    return { remove: () => void this.#hooks.delete(hook) };
  }

  /** Has `hook` called before each `forward`; the list it returns, unless undefined, replaces the inputs. */
  registerForwardPreHook(hook: ForwardPreHook): HookHandle {
    this.#preHooks.add(hook);
    return { remove: () => void this.#preHooks.delete(hook) };
  }

  /** Values of all parameters and buffers by name, read from the device; what has several names has several entries. */
  async stateDict(): Promise<StateDict> {
    return stateOf(this.#state());
  }

  /**
   * Sets parameters and buffers from values by name.
   * @param options.strict Refuse missing and unknown names (the default).
   * @throws TensorError naming what is missing, unknown or of another shape.
   */
  loadStateDict(state: StateDict, options: { readonly strict?: boolean } = {}): void {
    loadState(this.#state(), state, options.strict ?? true);
  }

  toString(): string {
    const children = this.namedChildren();
    if (children.length === 0) return `${this.#note.type}(${this.describe()})`;
    const lines = children.map(
      ([name, child]) => `  (${name}): ${child.toString().replaceAll('\n', '\n  ')}`,
    );
    return `${this.#note.type}(\n${lines.join('\n')}\n)`;
  }

  #state(): [name: string, tensor: Tensor][] {
    return [...this.#named(Parameter), ...this.#named(Buffer)];
  }

  #named<T extends Tensor>(type: abstract new (...args: never[]) => T): [path: string, tensor: T][] {
    return this.namedModules().flatMap(([path, module]) =>
      module
        .ownTensors()
        .flatMap(([name, value]): [string, T][] =>
          value instanceof type ? [[snakeCase(path ? `${path}.${name}` : name), value]] : [],
        ),
    );
  }

  #hooked(forward: (...inputs: never[]) => unknown, given: readonly unknown[]): unknown {
    let inputs = given;
    for (const hook of this.#preHooks) inputs = hook(this, inputs) ?? inputs;
    let output = forward.apply(this, inputs as never[]);
    for (const hook of this.#hooks) output = hook(this, inputs, output) ?? output;
    return output;
  }

  #run(body: () => unknown): unknown {
    if (this.#note.path === '') (running[0] ?? this).#nameTree();
    // A module that no property leads to, made in the middle of a forward pass.
    if (this.#note.path === '') this.#setPlace(null, rootPath(this.#note.type));
    running.push(this);
    try {
      const work = (): unknown =>
        inLayer(this.#note, () =>
          inScope(`when forward() of ${this.#note.path} returned`, body, (result) => [
            ...valuesIn(result),
            ...valuesStoredOn(this),
          ]),
        );
      return annotations.phase === 'other' ? inPhase('forward', work) : work();
    } finally {
      running.pop();
    }
  }

  #setPlace(parent: ModuleNote | null, path: string): void {
    this.#note.parent = parent;
    this.#note.path = path;
    for (const [, tensor] of this.ownTensors()) tensor.value.owner = this.#note;
  }

  /** Tells every module below its path; one that has a path keeps it. */
  #nameTree(): void {
    if (this.#note.path === '') this.#setPlace(null, rootPath(this.#note.type));
    const visit = (module: Module, prefix: string): void => {
      for (const [name, child] of module.namedChildren()) {
        const path = prefix + name;
        if (child.#note.path === '') child.#setPlace(module.#note, path);
        visit(child, `${path}.`);
      }
    };
    visit(this, '');
  }
}

const isOwned = (value: unknown): value is Parameter | Buffer =>
  value instanceof Parameter || value instanceof Buffer;

/** The tensors that a `forward` stored on its module. */
function* valuesStoredOn(module: Module): Generator<Value> {
  for (const property of Object.values(module) as unknown[])
    if (property instanceof Tensor || (Array.isArray(property) && property[0] instanceof Tensor))
      yield* valuesIn(property);
}

/** A module from one tensor to one tensor, such as `Sequential` can hold. */
export interface Layer extends Module {
  forward(x: Tensor): Tensor;
}
