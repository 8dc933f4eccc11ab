/**
 * Parameters of one group laid side by side in memory, with their gradients and the optimizer's state beside them in the
 * same order, so that one dispatch updates all of them.
 */
import type { DeviceArray } from '../gpu/array.ts';
import type { Arena } from '../gpu/engine.ts';
import type { Parameter } from '../nn/parameter.ts';
import { theEngine } from '../tensor/engine.ts';
import { tensorError } from '../tensor/errors.ts';
import { drop, hold } from '../tensor/storage.ts';

/** What one update works on: all parameters of an arena at once, or a single one. */
export interface Span {
  readonly parameter: DeviceArray;
  readonly gradient: DeviceArray;
  /** One array a state of the optimizer, such as its momentum. */
  readonly states: readonly DeviceArray[];
  /** Number of this update, from 1. */
  readonly step: number;
}

/** Memory of an optimizer that the script let go. Parameters hold their own part. */
const dropped = new FinalizationRegistry<readonly DeviceArray[]>((held) => {
  for (const array of held) drop(array);
});

export class SpanArena {
  readonly #parameters: readonly Parameter[];
  readonly #values: Arena;
  readonly #gradients: Arena;
  readonly #states: readonly Arena[];
  readonly #steps: number[];

  constructor(parameters: readonly Parameter[], states: number) {
    const engine = theEngine();
    const shapes = parameters.map(({ shape }) => shape);
    this.#parameters = parameters;
    this.#values = engine.arena(shapes, 'f32', 'parameter');
    this.#gradients = engine.arena(shapes, 'f32', 'gradient');
    this.#states = Array.from({ length: states }, () => engine.arena(shapes, 'f32', 'optimizer-state'));
    this.#steps = parameters.map(() => 0);
    const held = [this.#values, this.#gradients, ...this.#states].flatMap(({ whole, arrays }) => [
      whole,
      ...arrays,
    ]);
    for (const array of held) hold(array);
    dropped.register(this, held);
    parameters.forEach(({ value }, i) => {
      const place = this.#values.arrays[i] as DeviceArray;
      engine.copy(value.array, place);
      value.moveTo(place);
      // A parameter that two optimizers share keeps its gradient where the first one wants it.
      value.gradHome ??= this.#gradients.arrays[i] as DeviceArray;
      value.gradArena ??= { whole: this.#gradients.whole, members: parameters.map((each) => each.value) };
    });
  }

  /** Tells a profiler which layer each parameter, gradient and state belongs to; known after a forward pass. */
  attribute(): void {
    const owners = this.#parameters.map(({ value }) => value.owner);
    for (const arena of [this.#values, this.#gradients, ...this.#states])
      theEngine().attribute(arena, owners);
  }

  /** What to update now: everything at once where every parameter has a gradient, else one by one. */
  spans(): Span[] {
    const ready = this.#parameters.map((_, i) => this.#span(i));
    const [first] = ready;
    const together = ready.every(
      (span, i) => span?.parameter === this.#values.arrays[i] && span?.step === first?.step,
    );
    if (!together || !first) return ready.filter((span) => span !== null);
    // A gradient that came about elsewhere (it was set, or is a sum) joins the others.
    for (const [i, span] of ready.entries()) {
      const place = this.#gradients.arrays[i] as DeviceArray;
      if (span && !this.#isAtHome(i)) theEngine().copy(span.gradient, place);
    }
    return [
      {
        parameter: this.#values.whole,
        gradient: this.#gradients.whole,
        states: this.#states.map(({ whole }) => whole),
        step: first.step,
      },
    ];
  }

  /** The state of one parameter, for saving; null where `parameter` is not in this arena. */
  stateOf(parameter: Parameter): { readonly states: readonly DeviceArray[]; readonly step: number } | null {
    const i = this.#parameters.indexOf(parameter);
    return i < 0
      ? null
      : {
          states: this.#states.map(({ arrays }) => arrays[i] as DeviceArray),
          step: this.#steps[i] as number,
        };
  }

  /** Sets the number of updates a parameter has had, after its state was loaded. */
  setStep(parameter: Parameter, step: number): void {
    this.#steps[this.#parameters.indexOf(parameter)] = step;
  }

  #isAtHome(i: number): boolean {
    const { value } = this.#parameters[i] as Parameter;
    return value.gradHome === this.#gradients.arrays[i] && value.gradIsHome;
  }

  /** The update of one parameter, null where it has no gradient. Counts it. */
  #span(i: number): Span | null {
    const { value } = this.#parameters[i] as Parameter;
    if (!value.grad || !value.requiresGrad) return null;
    const step = ((this.#steps[i] as number) += 1);
    return {
      parameter: value.array,
      gradient: value.grad.array,
      states: this.#states.map(({ arrays }) => arrays[i] as DeviceArray),
      step,
    };
  }
}

/** As few arenas as hold the parameters: a binding has a largest size. */
export function arenasOf(parameters: readonly Parameter[], states: number): SpanArena[] {
  const most = theEngine().facts.maxBindingBytes;
  const arenas: SpanArena[] = [];
  let next: Parameter[] = [];
  let bytes = 0;
  for (const parameter of parameters) {
    if (parameter.dtype !== 'f32')
      throw tensorError(
        `an optimizer updates f32 parameters; this one of shape [${parameter.shape.join(', ')}] is ${parameter.dtype}`,
      );
    const size = Math.ceil((parameter.numel() * 4) / 256) * 256;
    if (bytes + size > most && next.length > 0) {
      arenas.push(new SpanArena(next, states));
      next = [];
      bytes = 0;
    }
    next.push(parameter);
    bytes += size;
  }
  if (next.length > 0) arenas.push(new SpanArena(next, states));
  return arenas;
}
