/**
 * Results that wait for what is done with them: where an activation is next, one kernel does both. They wait inside the `forward` of
 * a module alone, where all that is not returned goes when it returns. Whatever else reads one has it computed first, and so has a
 * change in place of what it is made from. A layer whose result was wanted both ways is not made to wait again.
 */
import type { DeviceArray } from '../gpu/array.ts';
import type { Activation } from '../ops/activations.ts';
import type { Begun } from '../ops/op.ts';
import { annotations, inLayer, inPhase, type LayerNote } from '../probe/annotate.ts';
import { drop, hold } from './storage.ts';

/** Layers whose result was computed more than once. */
const wantedTwice = new WeakSet<LayerNote>();

/** Whether a result of the layer at work may wait. */
export const mayWait = (): boolean => annotations.layer !== null && !wantedTwice.has(annotations.layer);

export class Unfinished {
  readonly shape: readonly number[];
  readonly dtype: DeviceArray['dtype'];
  readonly #begun: Begun;
  readonly #inputs: readonly DeviceArray[];
  readonly #layer = annotations.layer;
  readonly #phase = annotations.phase;
  #finished = false;

  constructor(begun: Begun, inputs: readonly DeviceArray[]) {
    this.shape = begun.shape;
    this.dtype = begun.dtype;
    this.#begun = begun;
    this.#inputs = inputs;
    for (const array of inputs) hold(array);
  }

  /** The result with the activation applied, as work of the layer that began it; may be called more than once. */
  finish(activation: Activation): DeviceArray {
    if (this.#finished && this.#layer) wantedTwice.add(this.#layer);
    this.#finished = true;
    const work = (): DeviceArray => this.#begun.finish(activation);
    const inItsPhase = (): DeviceArray =>
      annotations.phase === this.#phase ? work() : inPhase(this.#phase, work);
    return this.#layer && annotations.layer !== this.#layer ? inLayer(this.#layer, inItsPhase) : inItsPhase();
  }

  /** Whether it is made from this memory. */
  reads({ buffer, offset }: DeviceArray): boolean {
    return this.#inputs.some((array) => array.buffer === buffer && array.offset === offset);
  }

  /** To be called once it is computed or not wanted any more. */
  drop(): void {
    for (const array of this.#inputs) drop(array);
  }
}

interface Holder {
  readonly unfinished: Unfinished | null;
  /** Computes it. */
  settle(): void;
}

const waiting = new Set<Holder>();

export const awaitUse = (holder: Holder): unknown => waiting.add(holder);
export const stopWaiting = (holder: Holder): unknown => waiting.delete(holder);

/** Computes all that waits. */
export function settleAll(): void {
  for (const holder of waiting) holder.settle();
}

/** Computes what is made from this memory, before it changes. */
export function settleReaders(array: DeviceArray): void {
  for (const holder of waiting) if (holder.unfinished?.reads(array)) holder.settle();
}
