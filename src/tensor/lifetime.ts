/**
 * When a tensor's memory goes back to the pool, decided by the program's shape and not by the garbage collector:
 *
 * - what a module's `forward` makes and does not return goes when it returns;
 * - everything else lives to the end of the training step after the one it was made in, so that a loss can be read,
 *   or a hidden state carried over, after `optimizer.step()`;
 * - `keep()` takes a tensor out of both rules; then only `dispose()` or the garbage collector frees it.
 *
 * The tape counts its own holds, so freeing a tensor never takes away what a backward pass still needs.
 */
export interface Temporary {
  /** Gives the memory back; `reason` completes "... was released ...". */
  free(reason: string): void;
}

const scopes: Set<Temporary>[] = [];
let thisStep = new Set<Temporary>();
let lastStep = new Set<Temporary>();

/** Puts a new tensor under the rules of the innermost scope. */
export function manage(temporary: Temporary): void {
  (scopes.at(-1) ?? thisStep).add(temporary);
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
    const around = scopes.at(-1) ?? thisStep;
    for (const survivor of outward) if (scope.delete(survivor)) around.add(survivor);
    for (const temporary of scope) temporary.free(reason);
  }
}

/** The end of a training step (or of a batch of an evaluation). */
export function endGeneration(): void {
  for (const temporary of lastStep) temporary.free('at the end of the step after the one it was made in');
  lastStep = thisStep;
  thisStep = new Set();
}
