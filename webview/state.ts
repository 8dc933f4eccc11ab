/** What the page shows. One immutable state, replaced by patches; whoever cares is told what changed. */
import type { Family, Trace } from '../src/trace/model.ts';
import type { Note } from '../src/trace/notes.ts';
import type { Suggestion } from '../src/suggest/suggestion.ts';
import type { SqlOutcome, SqlStatus } from '../src/wire/sql-messages.ts';
import type { Selection, ViewId } from '../src/wire/view-messages.ts';
import type { Range } from './axis.ts';
import type { Facts } from './facts.ts';

export interface State {
  readonly trace: Trace | null;
  /** Facts of exactly this trace. */
  readonly facts: Facts | null;
  /** All facts are known; before that, a large trace shows its timeline only. */
  readonly settled: boolean;
  readonly title: string;
  /** More frames will come. */
  readonly live: boolean;
  /** Why there is no trace, when one was sent that could not be read. */
  readonly problem: string | null;
  readonly view: ViewId;
  readonly selection: Selection | null;
  readonly hidden: ReadonlySet<Family>;
  /** Stretch of time chosen with Shift and drag. */
  readonly area: Range | null;
  /** Tracks pinned to the top, by id. */
  readonly pinned: ReadonlySet<string>;
  readonly query: string;
  /** Null until the shell has looked for some. */
  readonly suggestions: readonly Suggestion[] | null;
  readonly proving: ReadonlyMap<string, { readonly text: string; readonly share: number }>;
  readonly stale: readonly string[];
  /** Notes beside the trace, in order of time; editable where the shell can keep changed ones. */
  readonly notes: readonly Note[];
  readonly notesEditable: boolean;
  /** The shell's database; null where the shell has none. */
  readonly sql: {
    readonly status: SqlStatus;
    readonly history: readonly string[];
    readonly outcome: { readonly run: number; readonly outcome: SqlOutcome } | null;
  } | null;
  /** The pinned run that this one is compared with. */
  readonly baseline: { readonly trace: Trace; readonly title: string } | null;
}

export const EMPTY_STATE: State = {
  trace: null,
  facts: null,
  settled: false,
  title: '',
  live: false,
  problem: null,
  view: 'overview',
  selection: null,
  hidden: new Set(),
  area: null,
  pinned: new Set(),
  query: '',
  suggestions: null,
  proving: new Map(),
  stale: [],
  notes: [],
  notesEditable: false,
  sql: null,
  baseline: null,
};

export type Listener = (state: State, before: State) => void;

export class Store {
  #state: State = EMPTY_STATE;
  readonly #listeners = new Set<Listener>();

  get state(): State {
    return this.#state;
  }

  set(patch: Partial<State>): void {
    const before = this.#state;
    this.#state = { ...before, ...patch };
    for (const listener of this.#listeners) listener(this.#state, before);
  }

  onChange(listener: Listener): void {
    this.#listeners.add(listener);
  }
}

export function sameSelection(a: Selection | null, b: Selection | null): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
