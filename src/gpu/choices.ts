/**
 * Which algorithm an operation uses: what the user said, else the winner of an earlier trial, else (until a trial can be run)
 * the first candidate. Trials wait for a moment when the script awaits anyway, so no operation ever waits for one.
 */
import type { ChoiceStore } from './choice-store.ts';
import type { DeviceArray } from './array.ts';

export interface Question {
  /** Operation, form, size class, alignment: shapes with equal keys share the answer. */
  readonly key: string;
  /** Best guess first. */
  readonly candidates: readonly string[];
  /** What a candidate launches on arrays of these bytes. */
  trial(candidate: string): {
    readonly arrayBytes: readonly number[];
    run(arrays: readonly DeviceArray[]): void;
  };
}

export interface ChoiceOptions {
  /** Algorithm by operation, e.g. `{ gemm: 'naive' }`. */
  readonly forced?: Readonly<Record<string, string>>;
  /** Whether unknown questions are put to trial; without it the first candidate is taken. */
  readonly trials: boolean;
}

/**
 * After so many rounds a candidate is measured no more if it is slower than this many times the best: the first figures may be
 * the machine's hiccups, and only what no hiccup explains is dropped on them.
 */
const HOPELESS = [10, 3, 1.5] as const;
/** One this close to an earlier, simpler candidate does not replace it: such differences are noise. */
const CLEARLY_FASTER = 0.9;
const ROUNDS = 5;

export class Choices {
  readonly #store: ChoiceStore;
  readonly #options: ChoiceOptions;
  #winners: Record<string, string> | null = null;
  readonly #open = new Map<string, Question>();

  constructor(store: ChoiceStore, options: ChoiceOptions) {
    this.#store = store;
    this.#options = options;
  }

  pick(operation: string, key: string, ask: () => Omit<Question, 'key'>): string {
    const forced = this.#options.forced?.[operation];
    if (forced !== undefined) return forced;
    this.#winners ??= this.#options.trials ? this.#store.load() : {};
    const known = this.#winners[key];
    if (known !== undefined) return known;
    const question = { key, ...ask() };
    const [first] = question.candidates;
    if (first === undefined) throw new Error(`bug: ${key} has no candidates`);
    if (this.#options.trials && question.candidates.length > 1) this.#open.set(key, question);
    else this.#winners[key] = first;
    return first;
  }

  get hasOpen(): boolean {
    return this.#open.size > 0;
  }

  /** Decides every open question. `measure` gives the time of one launch in ns, NaN where it cannot tell. */
  async decide(measure: (question: Question, candidate: string) => Promise<number>): Promise<void> {
    const questions = [...this.#open.values()];
    this.#open.clear();
    const decided: Record<string, string> = {};
    for (const question of questions) {
      const found = await winner(question, measure);
      if (found !== null) decided[question.key] = found;
      // Where the clock tells nothing, the first is kept for this process and not remembered.
      (this.#winners ??= {})[question.key] = found ?? (question.candidates[0] as string);
    }
    this.#store.save(decided);
  }
}

/**
 * The candidate with the least time of several rounds, null where none could be measured. A round measures every candidate once,
 * so that what else the machine does meets all of them.
 */
async function winner(
  question: Question,
  measure: (question: Question, candidate: string) => Promise<number>,
): Promise<string | null> {
  const times = new Map(question.candidates.map((candidate) => [candidate, Infinity]));
  const timeOf = (candidate: string): number => times.get(candidate) ?? Infinity;
  let best = Infinity;
  let left = question.candidates;
  for (let round = 0; round < ROUNDS && left.length > 1; round++) {
    for (const candidate of left) {
      const ns = await measure(question, candidate);
      if (ns < timeOf(candidate)) times.set(candidate, ns);
      best = Math.min(best, timeOf(candidate));
    }
    const limit = HOPELESS[Math.min(round, HOPELESS.length - 1)] as number;
    left = left.filter((candidate) => timeOf(candidate) <= limit * best);
  }
  if (best === Infinity) return null;
  return question.candidates.reduce((chosen, candidate) =>
    timeOf(candidate) < CLEARLY_FASTER * timeOf(chosen) ? candidate : chosen,
  );
}
