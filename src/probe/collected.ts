/**
 * Which objects did the script drop? A registration with the garbage collector takes longer than all else that is kept of an object,
 * and most are over a moment after they were made. So an object is held at first, and registered when it is still not over at the
 * next look; a thing that the collector takes is noticed that much later.
 */

/** Objects held between two looks. */
const MAX_YOUNG = 64;

export class Collected<Owner extends object, Held extends object> {
  readonly #isOver: (held: Held) => boolean;
  readonly #registry: FinalizationRegistry<Held>;
  #young: (readonly [Owner, Held])[] = [];

  /** `onCollected` is told of every owner that was registered, also of those that are over meanwhile. */
  constructor(isOver: (held: Held) => boolean, onCollected: (held: Held) => void) {
    this.#isOver = isOver;
    this.#registry = new FinalizationRegistry(onCollected);
  }

  /** `held` is what is known of `owner` and does not refer to it. */
  watch(owner: Owner, held: Held): void {
    if (this.#young.push([owner, held]) >= MAX_YOUNG) this.look();
  }

  /** As `watch`, for what takes too much memory to be held for a moment. */
  watchLarge(owner: Owner, held: Held): void {
    this.#registry.register(owner, held);
  }

  /** Called often: lets go of what is held. */
  look(): void {
    const young = this.#young;
    this.#young = [];
    for (const [owner, held] of young) if (!this.#isOver(held)) this.#registry.register(owner, held);
  }
}
