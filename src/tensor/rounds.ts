/**
 * Where a training step ends when several optimizers take turns (a generator's and its critic's). One optimizer: at each of its
 * updates. Several: they form rounds, and a round begins where one of them updates a second time. That it has begun is known too late
 * to end the step before it, so what followed an optimizer the last time is expected to follow it again.
 */

/** Updates in a row that are told apart: a critic may make several before its generator makes one. */
const MAX_RUN = 64;

export class Rounds {
  /** Made, and never stepped. */
  readonly #waiting = new Set<WeakRef<object>>();
  /** Those that have updated since the round began. */
  readonly #round = new Set<object>();
  /** What came after an optimizer's nth update in a row; at 0, after its last one. */
  readonly #after = new WeakMap<object, WeakRef<object>[]>();
  #last: WeakRef<object> | null = null;
  #run = 0;

  /** An optimizer is made: until it has stepped it is expected to. */
  add(optimizer: object): void {
    this.#waiting.add(new WeakRef(optimizer));
  }

  /**
   * An optimizer has updated its parameters.
   *
   * @returns `begins`: it is the first of a round; `ends`: the next update is expected to begin another one.
   */
  stepped(optimizer: object): { readonly begins: boolean; readonly ends: boolean } {
    for (const ref of this.#waiting) {
      const made = ref.deref();
      if (!made || made === optimizer) this.#waiting.delete(ref);
    }
    const begins = this.#round.size === 0 || this.#round.has(optimizer);
    if (begins) this.#round.clear();
    this.#round.add(optimizer);
    this.#learn(optimizer);
    const after = this.#after.get(optimizer);
    const next = (after?.[this.#run] ?? after?.[0])?.deref();
    return { begins, ends: next ? this.#round.has(next) : this.#waiting.size === 0 };
  }

  #learn(optimizer: object): void {
    const last = this.#last?.deref();
    if (last) {
      const ref = new WeakRef(optimizer);
      const after = this.#after.get(last) ?? [];
      after[0] = after[this.#run] = ref;
      this.#after.set(last, after);
    }
    this.#run = last === optimizer ? Math.min(this.#run + 1, MAX_RUN) : 1;
    this.#last = new WeakRef(optimizer);
  }
}
