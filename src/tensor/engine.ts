/** The engine that tensors live on: one a process. */
import type { Engine } from '../gpu/engine.ts';

let current: Engine | null = null;

/** Makes `engine` the one that new tensors are made on. The api room calls it once, tests as they need. */
export function useEngine(engine: Engine): void {
  current = engine;
}

/** @throws when no device has been opened yet. */
export function theEngine(): Engine {
  if (!current)
    throw new Error(
      "no GPU device is open: 'kernelscope' opens one when it is imported, but not in the worker threads of a DataLoader, which make samples of numbers and arrays",
    );
  return current;
}
