/** Learning rates that change with the steps or epochs, by PyTorch's formulas. */
import type { BaseOptions, ParamGroup } from './optimizer.ts';

/** What a schedule needs of an optimizer. */
interface HasGroups {
  readonly paramGroups: ParamGroup<BaseOptions>[];
}

/**
 * Sets each group's learning rate as a function of how often `step()` was called. Call it after `optimizer.step()`, once
 * an epoch or once a batch, as the schedule is meant.
 */
export abstract class LRScheduler {
  readonly #groups: ParamGroup<BaseOptions>[];
  readonly #initial: readonly number[];
  /** How often `step()` was called. */
  lastEpoch = 0;

  constructor(optimizer: HasGroups) {
    this.#groups = optimizer.paramGroups;
    this.#initial = this.#groups.map((group) => (group.initialLr ??= group.lr));
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

/** Options of `OneCycleLR`. */
export interface OneCycleOptions {
  /** The highest rate. */
  readonly maxLr: number;
  readonly totalSteps: number;
  /** Share of the steps in which the rate rises. Default 0.3. */
  readonly pctStart?: number;
  /** First rate = maxLr / divFactor. Default 25. */
  readonly divFactor?: number;
  /** Last rate = first rate / finalDivFactor. Default 1e4. */
  readonly finalDivFactor?: number;
  /** Along half cosines (the default) or straight lines. */
  readonly annealStrategy?: 'cos' | 'linear';
}

/** The one-cycle policy: up to `maxLr` and down again, both along cosines. Call `step()` once a batch. */
export class OneCycleLR extends LRScheduler {
  readonly #options: Required<OneCycleOptions>;

  constructor(optimizer: HasGroups, options: OneCycleOptions) {
    super(optimizer);
    this.#options = { pctStart: 0.3, divFactor: 25, finalDivFactor: 1e4, annealStrategy: 'cos', ...options };
    this.set();
  }

  protected override rate(_initial: number, epoch: number): number {
    const { maxLr, totalSteps, pctStart, divFactor, finalDivFactor, annealStrategy } = this.#options;
    const along = annealStrategy === 'cos' ? alongCosine : alongLine;
    const first = maxLr / divFactor;
    const top = pctStart * totalSteps - 1;
    if (epoch <= top) return along(first, maxLr, epoch / top);
    return along(maxLr, first / finalDivFactor, Math.min(1, (epoch - top) / (totalSteps - 1 - top)));
  }
}

const alongLine = (from: number, to: number, share: number): number => from + (to - from) * share;

const alongCosine = (from: number, to: number, share: number): number =>
  to + ((from - to) * (1 + Math.cos(Math.PI * share))) / 2;

/** Options of `ReduceLROnPlateau`. */
export interface PlateauOptions {
  readonly mode?: 'min' | 'max';
  readonly factor?: number;
  readonly patience?: number;
  /** Relative change that counts as better. Default 1e-4. */
  readonly threshold?: number;
  readonly minLr?: number;
}

/** Multiplies the rates by `factor` once a figure has not improved for more than `patience` calls. */
export class ReduceLROnPlateau {
  readonly #groups: ParamGroup<BaseOptions>[];
  readonly #options: Required<PlateauOptions>;
  #best: number;
  #bad = 0;

  constructor(optimizer: HasGroups, options: PlateauOptions = {}) {
    this.#groups = optimizer.paramGroups;
    this.#options = { mode: 'min', factor: 0.1, patience: 10, threshold: 1e-4, minLr: 0, ...options };
    this.#best = this.#options.mode === 'min' ? Infinity : -Infinity;
  }

  /** @param metric The figure to watch, such as the validation loss. */
  step(metric: number): void {
    const { mode, factor, patience, threshold, minLr } = this.#options;
    const better =
      mode === 'min' ? metric < this.#best * (1 - threshold) : metric > this.#best * (1 + threshold);
    if (better || !Number.isFinite(this.#best)) this.#best = metric;
    this.#bad = better ? 0 : this.#bad + 1;
    if (this.#bad <= patience) return;
    for (const group of this.#groups) group.lr = Math.max(minLr, group.lr * factor);
    this.#bad = 0;
  }
}
