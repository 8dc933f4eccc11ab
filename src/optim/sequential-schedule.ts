import { tensorError } from '../tensor/errors.ts';
import { LRScheduler, type HasGroups } from './schedules.ts';

/**
 * Schedules one after the other: the next begins at each of the `milestones`. A warm-up, for example:
 *
 * ```ts
 * const warmUp = new optim.LinearLR(optimizer, { startFactor: 0.1, totalIters: 100 });
 * const fall = new optim.CosineAnnealingLR(optimizer, { tMax: 900 });
 * const schedule = new optim.SequentialLR(optimizer, [warmUp, fall], { milestones: [100] });
 * ```
 */
export class SequentialLR extends LRScheduler {
  readonly #schedules: readonly LRScheduler[];
  readonly #milestones: readonly number[];

  constructor(
    optimizer: HasGroups,
    schedules: readonly LRScheduler[],
    options: { readonly milestones: readonly number[] },
  ) {
    super(optimizer);
    const { milestones } = options;
    if (milestones.length !== schedules.length - 1)
      throw tensorError(
        `SequentialLR: ${schedules.length} schedules need ${schedules.length - 1} milestones, not ${milestones.length}`,
      );
    this.#schedules = schedules;
    this.#milestones = milestones;
    this.set();
  }

  protected override set(): void {
    const passed = this.#milestones.filter((milestone) => milestone <= this.lastEpoch);
    this.#schedules[passed.length]?.moveTo(this.lastEpoch - (passed.at(-1) ?? 0));
  }

  /** Each schedule sets its own. */
  protected override rate(_initial: number, _epoch: number, current: number): number {
    return current;
  }
}
