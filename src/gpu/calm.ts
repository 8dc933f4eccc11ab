/**
 * Waiting without burning a core. While a promise of Dawn's is pending, its node binding polls from `setImmediate` and
 * the main thread spins, which halves a software adapter on two cores. Sleeping a little in each turn of the event loop
 * keeps the promises alive and the core free.
 */
const SHORTEST_SLEEP_MS = 0.05;
const LONGEST_SLEEP_MS = 0.5;

const canSleep = typeof setImmediate === 'function' && typeof SharedArrayBuffer === 'function';
const cell = canSleep ? new Int32Array(new SharedArrayBuffer(4)) : null;

let pending = 0;
let turns = 0;
let pumping = false;

function pump(): void {
  if (pending === 0) {
    pumping = false;
    return;
  }
  turns++;
  // The first turns are short for the sake of single round trips; a wait already long can be a little late.
  const sleepMs = Math.min(LONGEST_SLEEP_MS, SHORTEST_SLEEP_MS * (1 + turns / 40));
  if (cell) Atomics.wait(cell, 0, 0, sleepMs);
  setImmediate(pump);
}

/** Settles as `promise` does. Every promise of a GPU object that may stay pending goes through here, awaited or not. */
export async function calm<T>(promise: Promise<T>): Promise<T> {
  if (!canSleep) return promise;
  pending++;
  turns = 0;
  if (!pumping) {
    pumping = true;
    setImmediate(pump);
  }
  try {
    return await promise;
  } finally {
    pending--;
  }
}
