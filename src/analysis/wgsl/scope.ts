/** What names mean while a kernel is gone through, and how the values of two ways through it become one. */
import type { Cursor } from './cursor.ts';
import type { Lanes } from './lanes.ts';
import { add, equal, isUniform, multiply, numberOf, symbol } from './lanes.ts';

/** Null: unknown, and not the same in all lanes as far as is known. */
export type Value = Lanes | null | Vector | Record | Pointer;

export interface Vector {
  readonly parts: readonly Value[];
}

export interface Record {
  readonly members: ReadonlyMap<string, Value>;
}

/** `&place`: within a module-scope variable, or a variable of a function. */
export type Pointer = { readonly cursor: Cursor } | { readonly local: string; readonly scope: Scope };

export const isLanes = (value: Value): value is Lanes => value instanceof Map;
export const isVector = (value: Value): value is Vector => value !== null && 'parts' in value;
export const isRecord = (value: Value): value is Record => value !== null && 'members' in value;
export const isPointer = (value: Value): value is Pointer =>
  value !== null && ('cursor' in value || 'local' in value);

/** Blocks within blocks of one function. */
export class Scope {
  #blocks: Map<string, Value>[] = [new Map()];

  open(): void {
    this.#blocks.push(new Map());
  }
  close(): void {
    this.#blocks.pop();
  }
  declare(name: string, value: Value): void {
    this.#blocks.at(-1)?.set(name, value);
  }
  has(name: string): boolean {
    return this.#blocks.some((block) => block.has(name));
  }
  get(name: string): Value {
    return this.#blocks.findLast((block) => block.has(name))?.get(name) ?? null;
  }
  set(name: string, value: Value): void {
    this.#blocks.findLast((block) => block.has(name))?.set(name, value);
  }

  save(): Map<string, Value>[] {
    return this.#blocks.map((block) => new Map(block));
  }
  restore(saved: readonly Map<string, Value>[]): void {
    this.#blocks = saved.map((block) => new Map(block));
  }
  /** Takes for each name what `join` makes of its value here and its value in `other`. */
  join(other: readonly Map<string, Value>[], join: (here: Value, there: Value, name: string) => Value): void {
    this.#blocks.forEach((block, i) => {
      for (const [name, here] of block) {
        const there = other[i]?.get(name) ?? null;
        if (here !== there) block.set(name, join(here, there, name));
      }
    });
  }
}

/** After a branch: the value where both agree; an unknown that all lanes share where both are shared by them. */
export function either(lanes: number, a: Value, b: Value, name: string): Value {
  if (isVector(a) && isVector(b))
    return { parts: a.parts.map((part, i) => either(lanes, part, b.parts[i] ?? null, `${name}.${i}`)) };
  if (!isLanes(a) || !isLanes(b)) return a === b ? a : null;
  if (equal(a, b)) return a;
  const difference = add(a, b, -1);
  return isUniform(difference) ? add(b, multiply(difference, symbol(lanes, name))) : null;
}

/**
 * What a name is at the head of a loop, from what it was there and what it is a turn later. The first time a change that all
 * lanes share is taken times the count of turns; one that shows only later (it follows from another name's) as an unknown of
 * its own; after that such changes are what the value says already.
 */
export function atHead(
  lanes: number,
  here: Value,
  there: Value,
  { turns, variable, pass }: { readonly turns: string; readonly variable: string; readonly pass: number },
): Value {
  if (isVector(here) && isVector(there))
    return {
      parts: here.parts.map((part, i) =>
        atHead(lanes, part, there.parts[i] ?? null, { turns, pass, variable: `${variable}.${i}` }),
      ),
    };
  if (!isLanes(here) || !isLanes(there)) return here === there ? here : null;
  const change = add(there, here, -1);
  if (numberOf(change) === 0) return here;
  if (!isUniform(change)) return null;
  if (pass === 0) return add(here, multiply(change, symbol(lanes, turns)));
  return pass === 1 && !here.has(turns) ? add(here, symbol(lanes, `${turns}.${variable}`)) : here;
}

/** Whether going round the loop once more says nothing new. */
export function sameValue(a: Value, b: Value): boolean {
  if (isVector(a) && isVector(b)) return a.parts.every((part, i) => sameValue(part, b.parts[i] ?? null));
  return isLanes(a) && isLanes(b) ? equal(a, b) : a === b;
}
