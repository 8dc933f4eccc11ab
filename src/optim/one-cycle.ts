import { tensorError } from '../tensor/errors.ts';
import type { BaseOptions, ParamGroup } from './optimizer.ts';
import { LRScheduler, type HasGroups } from './schedules.ts';

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
  /** Lower the momentum (Adam's first beta) while the rate rises, and raise it again. Default true. */
  readonly cycleMomentum?: boolean;
  /** Least and largest momentum. Default 0.85 and 0.95. */
  readonly baseMomentum?: number;
  readonly maxMomentum?: number;
  /** Fall as long as the rate rose, and then to the last rate. Default false. */
  readonly threePhase?: boolean;
}

/** A group with what the policy may change of it. */
type Cycled = ParamGroup<BaseOptions> & { momentum?: number; betas?: readonly [number, number] };

/** Where a phase ends, and the rates and momenta at its beginning and end. */
interface Phase {
  readonly end: number;
  readonly rates: readonly [from: number, to: number];
  readonly momenta: readonly [from: number, to: number];
}

/** The one-cycle policy (Smith and Topin 2018): the rate up and down again, the momentum the other way. Once a batch. */
export class OneCycleLR extends LRScheduler {
  readonly #cycled: readonly Cycled[];
  readonly #along: typeof alongLine;
  readonly #phases: readonly Phase[];

  constructor(optimizer: HasGroups, options: OneCycleOptions) {
    super(optimizer);
    const { maxLr, totalSteps, pctStart = 0.3, divFactor = 25, finalDivFactor = 1e4 } = options;
    const { cycleMomentum = true, baseMomentum = 0.85, maxMomentum = 0.95, threePhase = false } = options;
    const groups = optimizer.paramGroups as Cycled[];
    this.#cycled = cycleMomentum ? groups : [];
    if (this.#cycled.some(({ momentum, betas }) => !momentum && !betas))
      throw tensorError(
        'OneCycleLR lowers and raises the momentum, and this optimizer was made without one: give it one, or pass { cycleMomentum: false }',
      );
    this.#along = options.annealStrategy === 'linear' ? alongLine : alongCosine;
    const first = maxLr / divFactor;
    const last = first / finalDivFactor;
    const top = pctStart * totalSteps - 1;
    const up: Phase = { end: top, rates: [first, maxLr], momenta: [maxMomentum, baseMomentum] };
    const high = [maxMomentum, maxMomentum] as const;
    this.#phases = threePhase
      ? [
          up,
          { end: 2 * top, rates: [maxLr, first], momenta: [baseMomentum, maxMomentum] },
          { end: totalSteps - 1, rates: [first, last], momenta: high },
        ]
      : [up, { end: totalSteps - 1, rates: [maxLr, last], momenta: [baseMomentum, maxMomentum] }];
    this.set();
  }

  protected override rate(_initial: number, epoch: number): number {
    return this.#at(epoch, 'rates');
  }

  protected override set(): void {
    super.set();
    const momentum = this.#at(this.lastEpoch, 'momenta');
    for (const group of this.#cycled)
      if (group.betas) group.betas = [momentum, group.betas[1]];
      else group.momentum = momentum;
  }

  #at(epoch: number, what: 'rates' | 'momenta'): number {
    const i = this.#phases.findIndex(({ end }) => epoch <= end);
    const phase = this.#phases.at(i < 0 ? -1 : i) as Phase;
    const start = i > 0 ? (this.#phases[i - 1] as Phase).end : i < 0 ? (this.#phases.at(-2) as Phase).end : 0;
    const [from, to] = phase[what];
    return this.#along(from, to, Math.min(1, (epoch - start) / (phase.end - start)));
  }
}

const alongLine = (from: number, to: number, share: number): number => from + (to - from) * share;

const alongCosine = (from: number, to: number, share: number): number =>
  to + ((from - to) * (1 + Math.cos(Math.PI * share))) / 2;
