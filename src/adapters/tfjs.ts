/**
 * TensorFlow.js, named: layers, operations, phases and steps. Its engine and classes are wrapped once its modules have loaded;
 * every wrapper calls what it wraps with the same arguments, so that results stay the same to the last bit.
 */
import type { AnnotationState, LayerNote } from '../probe/annotate.ts';
import { annotations, inLayer, inPhase } from '../probe/annotate.ts';

type Method = (...args: never[]) => unknown;
type Methods = Record<string, Method | undefined>;
type Origin = Pick<AnnotationState, 'layer' | 'place'>;

interface TapeNode {
  gradient?: (dys: unknown) => Record<string, () => unknown>;
}

interface Engine {
  readonly state: { readonly activeTape: readonly TapeNode[] | null };
}

interface Layer {
  readonly name: string;
  getClassName(): string;
}

/** The entry files of the packages whose exports are wanted. */
export const TFJS_ENTRY = /@tensorflow[\\/]tfjs(-core|-layers)[\\/]dist[\\/]tf-\w+\.node\.js$/;

const wrapped = new WeakSet<object>();

/** Called with the exports of each entry file; either package may come without the other. */
export function nameTensorFlow(exports: object): void {
  const { engine, Optimizer, LayersModel, layers } = exports as {
    readonly engine?: () => Engine;
    readonly Optimizer?: { readonly prototype: object };
    readonly LayersModel?: { readonly prototype: object };
    readonly layers?: { readonly Layer?: { readonly prototype: object } };
  };
  if (engine && Optimizer) {
    nameOperations(engine());
    for (const value of Object.values(exports))
      if (typeof value === 'function' && isA(value.prototype, Optimizer.prototype))
        nameUpdates(value.prototype as object);
  }
  if (layers?.Layer) nameLayers(layers.Layer.prototype);
  if (LayersModel) nameTraining(LayersModel.prototype);
}

/** Replaces a method. `around` is handed the original bound to its arguments, and the method that now stands in its place. */
function wrap<Self, Args extends unknown[]>(
  owner: object,
  name: string,
  around: (self: Self, args: Args, run: () => unknown, method: Method) => unknown,
): void {
  const methods = owner as Methods;
  const original = methods[name];
  if (!original) return;
  const method = function (this: Self, ...args: Args): unknown {
    return around(this, args, () => Reflect.apply(original, this, args), method as Method);
  };
  methods[name] = method as Method;
}

function once(owner: object): boolean {
  if (wrapped.has(owner)) return false;
  wrapped.add(owner);
  return true;
}

function isA(prototype: unknown, base: object): boolean {
  return (
    typeof prototype === 'object' &&
    (prototype === base || Object.prototype.isPrototypeOf.call(base, prototype as object))
  );
}

/** Runs `body` as work of a layer, or of none, whose line is to be looked for. */
function elsewhere<T>(layer: LayerNote | null, body: () => T): T {
  const before = { layer: annotations.layer, place: annotations.place };
  annotations.layer = layer;
  annotations.place = null;
  try {
    return body();
  } finally {
    annotations.layer = before.layer;
    annotations.place = before.place;
  }
}

function nameOperations(engine: Engine): void {
  if (!once(engine)) return;
  wrap<Engine, [{ readonly kernelName?: string }]>(engine, 'runKernelFunc', (_, [{ kernelName }], run) => {
    if (kernelName === undefined) return run();
    const before = annotations.op;
    annotations.op = kernelName;
    try {
      return run();
    } finally {
      annotations.op = before;
    }
  });
  // The scopes in which the engine itself runs a function and the gradients of what it recorded.
  wrap<Engine, [unknown]>(engine, 'tidy', (_, [name], run) => {
    if (name === 'forward') return inPhase('forward', run);
    if (name === 'backward') return inPhase('backward', () => elsewhere(null, run));
    return run();
  });
  wrap<Engine, []>(engine, 'addTapeNode', ({ state }, _, run) => {
    run();
    const node = state.activeTape?.at(-1);
    if (node)
      gradientOf(node, { layer: annotations.layer, place: annotations.place ?? annotations.lastPlace });
  });
  // Of a function's variables: what training asks for.
  wrap<Engine, [unknown, unknown, unknown, boolean?]>(engine, 'gradients', (_, [, , , training], run) => {
    if (training) beginStep();
    return run();
  });
}

/** The gradient of an operation belongs to the layer and the line of the operation, and so does summing it up. */
function gradientOf(node: TapeNode, origin: Origin): void {
  const { gradient } = node;
  if (!gradient) return;
  const here = (): void => {
    annotations.layer = origin.layer;
    annotations.place = origin.place;
  };
  node.gradient = (dys) => {
    here();
    const inputs = gradient(dys);
    for (const [name, compute] of Object.entries(inputs))
      inputs[name] = () => {
        here();
        return compute();
      };
    return inputs;
  };
}

let steps = 0;
let inStep = false;
let samples: number | undefined;

function beginStep(): void {
  if (inStep) return;
  inStep = true;
  samples = undefined;
  annotations.listener?.step('begin', { index: steps });
}

function endStep(): void {
  beginStep();
  inStep = false;
  annotations.listener?.step('end', { index: steps++, ...(samples === undefined ? {} : { samples }) });
}

function nameUpdates(prototype: object): void {
  if (!once(prototype)) return;
  if (Object.hasOwn(prototype, 'minimize'))
    wrap(prototype, 'minimize', (_, __, run) => {
      beginStep();
      return run();
    });
  if (Object.hasOwn(prototype, 'applyGradients'))
    wrap(prototype, 'applyGradients', (_, __, run) => {
      const result = inPhase('optimizer', run);
      endStep();
      return result;
    });
}

function nameLayers(prototype: object): void {
  if (!once(prototype)) return;
  const notes = new WeakMap<Layer, LayerNote>();
  const places = new WeakMap<Layer, LayerNote['place']>();
  const noteOf = (layer: Layer): LayerNote => {
    let note = notes.get(layer);
    if (!note) {
      const place = places.get(layer) ?? null;
      note = { type: layer.getClassName(), path: layer.name, parent: null, stack: undefined, place };
      notes.set(layer, note);
    }
    return note;
  };
  const born = (layer: Layer, below: (...args: never[]) => unknown): void => {
    if (!places.get(layer)) places.set(layer, annotations.listener?.here(below) ?? null);
  };
  // The first thing a layer's constructor does: the only moment at which the user's line is on the stack.
  Object.defineProperty(prototype, '_callHook', {
    configurable: true,
    set: function constructed(this: Layer, value: unknown) {
      Object.defineProperty(this, '_callHook', {
        value,
        writable: true,
        configurable: true,
        enumerable: true,
      });
      born(this, constructed);
    },
  });
  wrap<Layer, [{ readonly shape?: readonly number[]; readonly dataId?: object }]>(
    prototype,
    'apply',
    (layer, [input], run) => {
      // Applied to what stands for a tensor while a model is built, it computes nothing.
      const first = Array.isArray(input) ? (input[0] as typeof input | undefined) : input;
      if (!first?.dataId) return run();
      samples ??= first.shape?.[0];
      return elsewhere(annotations.layer, () => inLayer(noteOf(layer), run));
    },
  );
}

/** Training goes on after the call has returned: its line is that of the call. */
function nameTraining(prototype: object): void {
  if (!once(prototype)) return;
  for (const name of ['fit', 'fitDataset', 'trainOnBatch', 'evaluate', 'predict'])
    wrap<{ readonly optimizer_?: object }, []>(prototype, name, ({ optimizer_ }, _, run, method) => {
      // Optimizers named by a string are made of classes that the package keeps to itself.
      for (let at = optimizer_; at && at !== Object.prototype; at = Object.getPrototypeOf(at) as object)
        nameUpdates(at);
      const caller = annotations.listener?.here(method) ?? annotations.caller;
      annotations.caller = caller;
      const result = name === 'predict' || name === 'evaluate' ? inPhase('forward', run) : run();
      const over = (): void => {
        if (annotations.caller === caller) annotations.caller = null;
      };
      if (result instanceof Promise) result.then(over, over);
      else over();
      return result;
    });
}
