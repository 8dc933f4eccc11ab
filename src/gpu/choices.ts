/**
 * Which algorithm an operation uses: what the user said, else the winner of an earlier trial, else (until a trial can be run)
 * the first candidate. Trials wait for a moment when the script awaits anyway, so no operation ever waits for one.
 */
import type { ChoiceStore } from './choice-store.ts';
import type { Launch } from './launch.ts';

export interface Question {
  /** Operation, form, size class, alignment: shapes with equal keys share the answer. */
  readonly key: string;
  /** Best guess first. */
  readonly candidates: readonly string[];
  /** The launch of a candidate, and the bytes of the arrays it binds. */
  trial(candidate: string): { readonly launch: Launch; readonly arrayBytes: readonly number[] };
}

export interface ChoiceOptions {
  /** Algorithm by operation, e.g. `{ gemm: 'naive' }`. */
  readonly forced?: Readonly<Record<string, string>>;
  /** Whether unknown questions are put to trial; without it the first candidate is taken. */
  readonly trials: boolean;
}

/** A candidate this much slower than the best so far is not measured again. */
const HOPELESS = 3;
/** One this close to an earlier, simpler candidate does not replace it: such differences are noise. */
const CLEARLY_FASTER = 0.9;
const RUNS = 3;

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
    for (const question of questions) decided[question.key] = await winner(question, measure);
    Object.assign((this.#winners ??= {}), decided);
    this.#store.save(decided);
  }
}

async function winner(
  question: Question,
  measure: (question: Question, candidate: string) => Promise<number>,
): Promise<string> {
  const times = new Map<string, number>();
  let best = Infinity;
  for (const candidate of question.candidates) {
    let least = Infinity;
    for (let run = 0; run < RUNS && least > 0; run++) {
      const ns = await measure(question, candidate);
      if (ns < least) least = ns;
      if (least > HOPELESS * best) break;
    }
    times.set(candidate, least);
    best = Math.min(best, least);
  }
  let chosen = question.candidates[0] as string;
  for (const [candidate, ns] of times)
    if (ns < CLEARLY_FASTER * (times.get(chosen) as number)) chosen = candidate;
  return chosen;
}
