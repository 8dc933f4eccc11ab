/**
 * jax-js, named: jitted functions, operations, phases and lines. The library forgets what a kernel was made for: it traces a
 * function, compiles the trace and dispatches later. So a few calls are put into its text while it loads (jax-js-text.ts);
 * they end up here, remember for each operation the line that asked for it, and say so when its kernel is dispatched.
 */
import type { LayerNote } from '../probe/annotate.ts';
import { annotations } from '../probe/annotate.ts';
import { Attached } from '../probe/attached.ts';
import type { Phase, SourceLocation } from '../trace/model.ts';
import { JAX_KEY } from './jax-js-text.ts';

/** Where an operation came from. */
interface Origin {
  readonly operation: string;
  readonly place: SourceLocation | null;
  readonly phase: Phase;
}

/** What runs now: an operation, within the jitted function that runs or is none. */
interface Running {
  readonly origin: Origin;
  readonly jitted: LayerNote | null;
}

interface Equation {
  readonly primitive: string;
  readonly params: object;
}

/** What a kernel without an operation does: an array that was described only is given memory. */
const REALIZE: Origin = { operation: 'realize', place: null, phase: 'other' };
const UNKNOWN: Running = { origin: REALIZE, jitted: null };

export class JaxNames {
  readonly #origins = new Attached<object, Origin>();
  /** Kernels and reductions by what they were made for. */
  readonly #made = new Attached<object, Origin>();
  readonly #pending = new Attached<object, Running>();
  readonly #jitted = new Map<string, LayerNote>();
  readonly #definitions = new Map<string, SourceLocation | null>();
  #running: Running | null = null;
  #phase: Phase = 'other';
  /** The operation whose gradient is being written down. */
  #gradientOf: Origin | null = null;

  /** A function is handed to `jit`. */
  defined(name: string): void {
    const place = annotations.listener?.here(this.defined) ?? null;
    if (place) this.#definitions.set(name, place);
  }

  /** An operation is applied: traced, or computed. `params` is the object by which it is known from now on. */
  bind<T>(primitive: string, params: { readonly name?: string }, run: () => T): T {
    let origin = this.#origins.get(params);
    if (!origin) {
      // Operations within an operation (a gradient's, a batch's) are its own.
      const within = this.#gradientOf ?? this.#running?.origin;
      const place = within ? within.place : (annotations.listener?.here(this.bind) ?? null);
      origin = { operation: primitive, place, phase: this.#phase };
      this.#origins.set(params, origin);
    }
    const before = this.#running;
    const outer = before?.jitted ?? null;
    const jitted =
      outer ?? (primitive === 'jit' ? this.#jittedNote(params.name ?? 'closure', origin.place) : null);
    this.#running = { origin, jitted };
    try {
      return run();
    } finally {
      this.#running = before;
    }
  }

  /** The forward pass of a gradient. */
  forward<T>(run: () => T): T {
    return this.#during('forward', this.#gradientOf, run);
  }

  /** The gradient of an operation. */
  backward<T>(params: object, run: () => T): T {
    return this.#during('backward', this.#origins.get(params) ?? this.#gradientOf, run);
  }

  /** `equation` makes a reduction. */
  reduces(reduction: object | undefined, { primitive, params }: Equation): void {
    if (reduction) this.#made.set(reduction, this.#originOf(primitive, params));
  }

  /** A reduction has taken another operation into its end. */
  fused(into: object, from: object): void {
    const origin = this.#made.get(from);
    if (origin) this.#made.set(into, origin);
  }

  /** A kernel is made of an equation and what was fused into it; a reduction in it is most of its work. */
  kernel(kernel: { readonly reduction?: object }, { primitive, params }: Equation, reduction?: object): void {
    const last = this.#originOf(primitive, params);
    const main = reduction ? this.#made.get(reduction) : undefined;
    if (!main || main.operation === last.operation) this.#made.set(kernel, main ?? last);
    else this.#made.set(kernel, { ...main, operation: `${main.operation}+${last.operation}` });
  }

  /** A kernel is to be dispatched some time. */
  pending(execution: object, kernel: object): void {
    const running = this.#running;
    const jitted = running?.jitted ?? null;
    const made = this.#made.get(kernel);
    // Within a jitted function an unknown kernel is one of its constants.
    const within = running?.origin;
    const origin =
      made ?? (within?.operation === 'jit' ? { ...within, operation: 'constant' } : (within ?? REALIZE));
    this.#pending.set(execution, { origin, jitted });
  }

  dispatch<T>(execution: object, run: () => T): T {
    const { origin, jitted } = this.#pending.get(execution) ?? UNKNOWN;
    const { op, place, layer, phase } = annotations;
    annotations.op = origin.operation;
    annotations.place = origin.place;
    annotations.layer = jitted;
    annotations.phase = origin.phase;
    try {
      return run();
    } finally {
      annotations.op = op;
      annotations.place = place;
      annotations.layer = layer;
      annotations.phase = phase;
    }
  }

  #originOf(primitive: string, params: object): Origin {
    const origin = this.#origins.get(params);
    return origin?.operation === primitive ? origin : { ...(origin ?? REALIZE), operation: primitive };
  }

  #during<T>(phase: Phase, gradientOf: Origin | null, run: () => T): T {
    const before = { phase: this.#phase, gradientOf: this.#gradientOf };
    this.#phase = phase;
    this.#gradientOf = gradientOf;
    try {
      return run();
    } finally {
      this.#phase = before.phase;
      this.#gradientOf = before.gradientOf;
    }
  }

  #jittedNote(name: string, called: SourceLocation | null): LayerNote {
    let note = this.#jitted.get(name);
    if (!note) {
      const place = this.#definitions.get(name) ?? called;
      this.#jitted.set(name, (note = { type: 'jit', path: name, parent: null, stack: undefined, place }));
    }
    return note;
  }
}

/** Makes ready for a script that imports jax-js. */
export function nameJax(): void {
  (globalThis as Record<symbol, unknown>)[Symbol.for(JAX_KEY)] = new JaxNames();
}
