/**
 * Where no library says where a step begins, repetition does: training sends the same launches in the same order again and again. A
 * period counts when it has held for several rounds and still holds after as much work again (so that equal layers of
 * one forward pass are not taken for steps); the step begins where the script pauses longest within it.
 */

/** Launches remembered: a step may have up to half of these. */
const HISTORY = 8192;
/** Rounds that must agree; a long sequence does not repeat by chance. */
const ROUNDS = 4;
const LONG_ROUNDS = 2;
const LONG_PERIOD = 32;
const FIRST_LOOK = 24;
/** Without a boundary for so many periods the pattern is over. */
const PATIENCE = 4;

interface Pattern {
  readonly period: number;
  /** A step begins where `after` is followed by `first`. */
  readonly after: number;
  readonly first: number;
}

export class StepInference {
  readonly #launches = new Int32Array(HISTORY);
  readonly #times = new Float64Array(HISTORY);
  #count = 0;
  /** Where the search began: what came before belongs to a pattern that is over. */
  #origin = 0;
  #nextLook = FIRST_LOOK;
  #suspected = 0;
  #pattern: Pattern | null = null;
  #sinceBoundary = 0;

  /** Takes the next dispatch of the script; true when a step begins with it. */
  next(launch: number, cpuNs: number): boolean {
    const before = this.#count > 0 ? this.#launch(0) : -1;
    const at = this.#count++ % HISTORY;
    this.#launches[at] = launch;
    this.#times[at] = cpuNs;
    const pattern = this.#pattern;
    if (!pattern) {
      if (this.#count >= this.#nextLook) this.#look();
      return false;
    }
    if (before === pattern.after && launch === pattern.first) {
      this.#sinceBoundary = 0;
      return true;
    }
    if (++this.#sinceBoundary > PATIENCE * pattern.period) this.#forget();
    return false;
  }

  /** The launch `back` dispatches ago. */
  #launch(back: number): number {
    return this.#launches[(this.#count - 1 - back) % HISTORY] as number;
  }

  #look(): void {
    const period = this.#shortestPeriod();
    if (period > 0 && period === this.#suspected) this.#pattern = this.#patternOf(period);
    this.#suspected = period;
    this.#nextLook = this.#count + Math.min(Math.ceil((this.#count - this.#origin) / 2), HISTORY / 2);
    this.#sinceBoundary = 0;
  }

  #forget(): void {
    this.#pattern = null;
    this.#suspected = 0;
    this.#origin = this.#count;
    this.#nextLook = this.#count + FIRST_LOOK;
  }

  /** The shortest period of the last rounds, or of half the search if that is more; 0 for none. */
  #shortestPeriod(): number {
    const remembered = Math.min(this.#count - this.#origin, HISTORY);
    const longest = Math.floor(remembered / LONG_ROUNDS);
    for (let period = 2; period <= longest; period++) {
      let back = 0;
      const wanted = Math.max(period * (roundsOf(period) - 1), Math.floor(remembered / 2) - period);
      if (wanted + period > remembered) continue;
      while (back < wanted && this.#launch(back) === this.#launch(back + period)) back++;
      if (back === wanted) return period;
    }
    return 0;
  }

  #patternOf(period: number): Pattern | null {
    let best: Pattern | null = null;
    let longest = -1;
    for (let position = 0; position < period; position++) {
      const first = this.#launch(position);
      const after = this.#launch(position + 1);
      let alike = 0;
      let pause = 0;
      for (let back = 0; back < period; back++)
        if (this.#launch(back) === first && this.#launch(back + 1) === after) alike++;
      for (let round = 0; round < roundsOf(period) - 1; round++)
        pause += this.#pauseBefore(position + round * period);
      if (alike !== 1 || pause <= longest) continue;
      longest = pause;
      best = { period, after, first };
    }
    return best;
  }

  #pauseBefore(back: number): number {
    const time = (index: number): number => this.#times[index % HISTORY] as number;
    const at = this.#count - 1 - back;
    return time(at) - time(at - 1);
  }
}

function roundsOf(period: number): number {
  return period < LONG_PERIOD ? ROUNDS : LONG_ROUNDS;
}
