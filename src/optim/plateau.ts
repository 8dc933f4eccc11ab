import type { BaseOptions, ParamGroup } from './optimizer.ts';
import type { HasGroups } from './schedules.ts';

/** Options of `ReduceLROnPlateau`; names and defaults are PyTorch's. */
export interface PlateauOptions {
  /** Whether the figure is to fall (the default) or to rise. */
  readonly mode?: 'min' | 'max';
  /** Default 0.1. */
  readonly factor?: number;
  /** Calls without an improvement that are let pass. Default 10. */
  readonly patience?: number;
  /** Change that counts as better. Default 1e-4. */
  readonly threshold?: number;
  /** Whether the threshold is a share of the best figure (the default) or a difference from it. */
  readonly thresholdMode?: 'rel' | 'abs';
  /** Calls after a reduction in which nothing is counted. Default 0. */
  readonly cooldown?: number;
  /** Default 0. */
  readonly minLr?: number;
  /** Reductions smaller than this are left out. Default 1e-8. */
  readonly eps?: number;
}

/** What a plateau's schedule remembers, as plain numbers; the best figure is null before the first. */
export interface PlateauState {
  readonly best: number | null;
  readonly bad: number;
  readonly cooling: number;
  readonly lrs: readonly number[];
}

/** Multiplies the rates by `factor` once a figure has not improved for more than `patience` calls. */
export class ReduceLROnPlateau {
  readonly #groups: ParamGroup<BaseOptions>[];
  readonly #options: Required<PlateauOptions>;
  #best: number | null = null;
  #bad = 0;
  #cooling = 0;

  constructor(optimizer: HasGroups, options: PlateauOptions = {}) {
    this.#groups = optimizer.paramGroups;
    this.#options = {
      mode: 'min',
      factor: 0.1,
      patience: 10,
      threshold: 1e-4,
      thresholdMode: 'rel',
      cooldown: 0,
      minLr: 0,
      eps: 1e-8,
      ...options,
    };
  }

  /** @param metric The figure to watch, such as the validation loss. */
  step(metric: number): void {
    const { patience, cooldown } = this.#options;
    if (this.#isBetter(metric)) {
      this.#best = metric;
      this.#bad = 0;
    } else this.#bad++;
    if (this.#cooling > 0) {
      this.#cooling--;
      this.#bad = 0;
    }
    if (this.#bad <= patience) return;
    this.#reduce();
    this.#cooling = cooldown;
    this.#bad = 0;
  }

  /** The rates of the groups now. */
  getLastLr(): number[] {
    return this.#groups.map(({ lr }) => lr);
  }

  /** What `loadStateDict` needs to go on from here, for a JSON file. */
  stateDict(): PlateauState {
    return { best: this.#best, bad: this.#bad, cooling: this.#cooling, lrs: this.getLastLr() };
  }

  /** Goes on from a saved state. */
  loadStateDict({ best, bad, cooling, lrs }: PlateauState): void {
    this.#best = best;
    this.#bad = bad;
    this.#cooling = cooling;
    for (const [i, group] of this.#groups.entries()) group.lr = lrs[i] ?? group.lr;
  }

  #isBetter(metric: number): boolean {
    const { mode, threshold, thresholdMode } = this.#options;
    if (this.#best === null) return !Number.isNaN(metric);
    const margin = thresholdMode === 'rel' ? Math.abs(this.#best) * threshold : threshold;
    return mode === 'min' ? metric < this.#best - margin : metric > this.#best + margin;
  }

  #reduce(): void {
    const { factor, minLr, eps } = this.#options;
    for (const group of this.#groups) {
      const next = Math.max(minLr, group.lr * factor);
      if (group.lr - next > eps) group.lr = next;
    }
  }
}
