/** What a rule may ask of the user's source. The edit room implements it; a trace without its source has none. */
import type { Result } from '../base/result.ts';
import type { Edit } from './suggestion.ts';

export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** A value of the source that one edit of one literal changes. */
export interface FoundValue<T extends number | string> {
  readonly value: T;
  readonly at: Place;
  /** From the use to the literal, e.g. `const BATCH`; empty when the literal stands at the use. */
  readonly via: readonly string[];
  edit(value: T): Edit;
}

export interface SourceFinder {
  /** The training batch size; `observed` rows a step decide between several loaders. An error says why there is none. */
  batchSize(observed?: number): Result<FoundValue<number>, string>;
  /** A text option that all calls of these names which give it take from one literal, such as `layout` of every convolution. */
  sharedOption(option: string, callees: readonly string[]): Result<FoundValue<string>, string>;
  /** A number that the calls of these names which give it take from one literal, such as `prefetch` of the loader. */
  numberOption(option: string, callees: readonly string[]): Result<FoundValue<number>, string>;
  /** The edit by which a line that only prints what it awaits runs in every n-th step. */
  everyNth(at: Place, every: number): Result<Edit, string>;
  /** The edit that gives an optimizer all parameters as one group, where each has one of its own for nothing. */
  oneParameterGroup(): Result<Edit, string>;
}

export const NOT_AT_HAND = { ok: false, error: 'the source of the script is not at hand' } as const;

/** For a trace whose source is not at hand. */
export const NO_SOURCE: SourceFinder = {
  batchSize: () => NOT_AT_HAND,
  sharedOption: () => NOT_AT_HAND,
  numberOption: () => NOT_AT_HAND,
  everyNth: () => NOT_AT_HAND,
  oneParameterGroup: () => NOT_AT_HAND,
};
