/**
 * When a tensor's memory goes back to the pool, decided by the program's shape and not by the garbage collector:
 *
 * - what a module's `forward` makes and does not return goes when it returns;
 * - what a training loop makes goes once a whole step has passed without its use, so that a loss can be read, a hidden
 *   state carried over or a fixed input used again and again;
 * - what was made before the first step stays, like everything that `keep()` was called on; only `dispose()` or the
 *   garbage collector frees it.
 *
 * The tape counts its own holds, so freeing a tensor never takes away what a backward pass still needs.
 */
import { settleAll } from './unfinished.ts';

export interface Temporary {
  /** The generation (see `generation`) in which it was used last. */
  readonly lastUse: number;
  /** Gives the memory back; `reason` completes "... was released ...". */
  free(reason: string): void;
}

const scopes: Set<Temporary>[] = [];

/** What the innermost scope makes goes by itself: work may wait in it for what comes next. */
export const inAnyScope = (): boolean => scopes.length > 0;
let thisStep = new Set<Temporary>();
let lastStep = new Set<Temporary>();
let current = 0;

/** Counts steps (and batches of evaluations); 0 until the first one begins. */
export const generation = (): number => current;

/** The first step, or the first batch of an evaluation, begins: from now on tensors come and go. */
export function startGenerations(): void {
  current ||= 1;
}

/** Puts a new tensor under the rules of the innermost scope. */
export function manage(temporary: Temporary): void {
  const scope = scopes.at(-1) ?? (current > 0 ? thisStep : null);
  scope?.add(temporary);
}

/** Takes a tensor out of all rules: it was kept or has been freed. */
export function unmanage(temporary: Temporary): void {
  thisStep.delete(temporary);
  lastStep.delete(temporary);
  for (const scope of scopes) scope.delete(temporary);
}

/**
 * Runs `body`; what was made in it goes when it returns, except what `survivors` names, which moves to the scope around.
 * Where `body` is asynchronous nothing can be known at its return, and everything moves outward.
 */
export function inScope<T>(reason: string, body: () => T, survivors: (result: T) => Iterable<Temporary>): T {
  const scope = new Set<Temporary>();
  scopes.push(scope);
  let outward: Iterable<Temporary> = [];
  try {
    const result = body();
    outward = result instanceof Promise ? [...scope] : survivors(result);
    return result;
  } finally {
    scopes.pop();
    for (const survivor of outward) if (scope.delete(survivor)) manage(survivor);
    for (const temporary of scope) temporary.free(reason);
    if (scopes.length === 0) settleAll();
  }
}

/** The end of a training step (or of a batch of an evaluation). */
export function endGeneration(): void {
  const next = new Set<Temporary>();
  for (const temporary of lastStep)
    if (temporary.lastUse === current) next.add(temporary);
    else temporary.free('after a whole step had passed without its use');
  for (const temporary of thisStep) next.add(temporary);
  lastStep = next;
  thisStep = new Set();
  current++;
}
