/** Learning rates that change with the steps or epochs, by PyTorch's formulas. */
import { tensorError } from '../tensor/errors.ts';
import type { BaseOptions, ParamGroup } from './optimizer.ts';

/** What a schedule needs of an optimizer. */
export interface HasGroups {
  readonly paramGroups: ParamGroup<BaseOptions>[];
}

/** A schedule's place, as plain numbers. */
export interface ScheduleState {
  readonly lastEpoch: number;
  readonly initialLrs: readonly number[];
}

/**
 * Sets each group's learning rate as a function of how often `step()` was called. Call it after `optimizer.step()`, once
 * an epoch or once a batch, as the schedule is meant.
 */
export abstract class LRScheduler {
  readonly #groups: ParamGroup<BaseOptions>[];
  #initial: readonly number[];
  /** How often `step()` was called. */
  lastEpoch = 0;

  constructor(optimizer: HasGroups) {
    this.#groups = optimizer.paramGroups;
    this.#initial = this.#groups.map((group) => (group.initialLr ??= group.lr));
  }

  /** What `loadStateDict` needs to go on from here, as plain numbers for a JSON file. */
  stateDict(): ScheduleState {
    return { lastEpoch: this.lastEpoch, initialLrs: this.#initial };
  }

  /** Goes on from a saved state: sets the rates as they were. */
  loadStateDict({ lastEpoch, initialLrs }: ScheduleState): void {
    if (initialLrs.length !== this.#groups.length)
      throw tensorError(
        `the state of a schedule has ${initialLrs.length} groups, the optimizer ${this.#groups.length}`,
      );
    this.#initial = initialLrs;
    this.lastEpoch = lastEpoch;
    this.set();
  }

  /** @internal Goes to a place of the schedule at once. */
  moveTo(epoch: number): void {
    this.lastEpoch = epoch;
    this.set();
  }

  /** The rate of a group that started with `initial`, after `epoch` steps of the schedule. */
  protected abstract rate(initial: number, epoch: number, current: number): number;

  step(): void {
    this.lastEpoch++;
    this.set();
  }

  /** The rates of the groups now. */
  getLastLr(): number[] {
    return this.#groups.map(({ lr }) => lr);
  }

  protected set(): void {
    this.#groups.forEach((group, i) => {
      group.lr = this.rate(this.#initial[i] as number, this.lastEpoch, group.lr);
    });
  }
}

/** `initial * factor(epoch)` */
export class LambdaLR extends LRScheduler {
  readonly #factor: (epoch: number) => number;

  constructor(optimizer: HasGroups, factor: (epoch: number) => number) {
    super(optimizer);
    this.#factor = factor;
    this.set();
  }

  protected override rate(initial: number, epoch: number): number {
    return initial * this.#factor(epoch);
  }
}

/** Multiplied by `gamma` every `stepSize` epochs. */
export class StepLR extends LRScheduler {
  readonly #stepSize: number;
  readonly #gamma: number;

  constructor(optimizer: HasGroups, options: { readonly stepSize: number; readonly gamma?: number }) {
    super(optimizer);
    if (!(Number.isInteger(options?.stepSize) && options.stepSize > 0))
      throw tensorError(
        `StepLR takes { stepSize }, a whole number of at least 1; got ${String(options?.stepSize)}`,
      );
    this.#stepSize = options.stepSize;
    this.#gamma = options.gamma ?? 0.1;
  }

  protected override rate(initial: number, epoch: number): number {
    return initial * this.#gamma ** Math.floor(epoch / this.#stepSize);
  }
}

/** Multiplied by `gamma` at each of the epochs in `milestones`. */
export class MultiStepLR extends LRScheduler {
  readonly #milestones: readonly number[];
  readonly #gamma: number;

  constructor(
    optimizer: HasGroups,
    options: { readonly milestones: readonly number[]; readonly gamma?: number },
  ) {
    super(optimizer);
    this.#milestones = options.milestones;
    this.#gamma = options.gamma ?? 0.1;
  }

  protected override rate(initial: number, epoch: number): number {
    return initial * this.#gamma ** this.#milestones.filter((milestone) => milestone <= epoch).length;
  }
}

/** Multiplied by `gamma` every epoch. */
export class ExponentialLR extends LRScheduler {
  readonly #gamma: number;

  constructor(optimizer: HasGroups, options: { readonly gamma: number }) {
    super(optimizer);
    this.#gamma = options.gamma;
  }

  protected override rate(initial: number, epoch: number): number {
    return initial * this.#gamma ** epoch;
  }
}

/** From `startFactor` to `endFactor` of the initial rate over `totalIters` steps: a warm-up. */
export class LinearLR extends LRScheduler {
  readonly #start: number;
  readonly #end: number;
  readonly #total: number;

  constructor(
    optimizer: HasGroups,
    options: {
      readonly startFactor?: number;
      readonly endFactor?: number;
      readonly totalIters?: number;
    } = {},
  ) {
    super(optimizer);
    this.#start = options.startFactor ?? 1 / 3;
    this.#end = options.endFactor ?? 1;
    this.#total = options.totalIters ?? 5;
    this.set();
  }

  protected override rate(initial: number, epoch: number): number {
    return initial * (this.#start + (this.#end - this.#start) * Math.min(1, epoch / this.#total));
  }
}

/** `factor` times the initial rate for `totalIters` steps, then the initial rate. */
export class ConstantLR extends LRScheduler {
  readonly #factor: number;
  readonly #total: number;

  constructor(
    optimizer: HasGroups,
    options: { readonly factor?: number; readonly totalIters?: number } = {},
  ) {
    super(optimizer);
    this.#factor = options.factor ?? 1 / 3;
    this.#total = options.totalIters ?? 5;
    this.set();
  }

  protected override rate(initial: number, epoch: number): number {
    return epoch < this.#total ? initial * this.#factor : initial;
  }
}

/** The initial rate times a power of what is left of `totalIters` steps. */
export class PolynomialLR extends LRScheduler {
  readonly #total: number;
  readonly #power: number;

  constructor(optimizer: HasGroups, options: { readonly totalIters?: number; readonly power?: number } = {}) {
    super(optimizer);
    this.#total = options.totalIters ?? 5;
    this.#power = options.power ?? 1;
  }

  protected override rate(initial: number, epoch: number): number {
    return initial * (1 - Math.min(epoch, this.#total) / this.#total) ** this.#power;
  }
}

/** Half a cosine from the initial rate down to `etaMin`, again and again: over `t0` steps, then `tMult` times as many. */
export class CosineAnnealingWarmRestarts extends LRScheduler {
  readonly #t0: number;
  readonly #tMult: number;
  readonly #etaMin: number;

  constructor(
    optimizer: HasGroups,
    options: { readonly t0: number; readonly tMult?: number; readonly etaMin?: number },
  ) {
    super(optimizer);
    this.#t0 = options.t0;
    this.#tMult = options.tMult ?? 1;
    this.#etaMin = options.etaMin ?? 0;
  }

  protected override rate(initial: number, epoch: number): number {
    let length = this.#t0;
    let since = epoch;
    while (since >= length) {
      since -= length;
      length *= this.#tMult;
    }
    return this.#etaMin + ((initial - this.#etaMin) * (1 + Math.cos((Math.PI * since) / length))) / 2;
  }
}

/** Half a cosine from the initial rate down to `etaMin` over `tMax` steps. */
export class CosineAnnealingLR extends LRScheduler {
  readonly #tMax: number;
  readonly #etaMin: number;

  constructor(optimizer: HasGroups, options: { readonly tMax: number; readonly etaMin?: number }) {
    super(optimizer);
    this.#tMax = options.tMax;
    this.#etaMin = options.etaMin ?? 0;
  }

  protected override rate(initial: number, epoch: number): number {
    return this.#etaMin + ((initial - this.#etaMin) * (1 + Math.cos((Math.PI * epoch) / this.#tMax))) / 2;
  }
}

/** A linear warm-up over `warmupSteps`, then half a cosine down to `minFactor` of the initial rate at `totalSteps`. */
export class WarmupCosineLR extends LRScheduler {
  readonly #warmup: number;
  readonly #total: number;
  readonly #least: number;

  constructor(
    optimizer: HasGroups,
    options: { readonly warmupSteps: number; readonly totalSteps: number; readonly minFactor?: number },
  ) {
    super(optimizer);
    this.#warmup = options.warmupSteps;
    this.#total = options.totalSteps;
    this.#least = options.minFactor ?? 0;
    this.set();
  }

  protected override rate(initial: number, epoch: number): number {
    if (epoch < this.#warmup) return (initial * (epoch + 1)) / this.#warmup;
    const done = Math.min(1, (epoch - this.#warmup) / Math.max(1, this.#total - this.#warmup));
    return initial * (this.#least + ((1 - this.#least) * (1 + Math.cos(Math.PI * done))) / 2);
  }
}
