/** Whether operations are recorded for a backward pass. */

let enabled = true;

export const gradEnabled = (): boolean => enabled;

/** Runs `body` with recording on or off; where `body` is asynchronous, until its promise settles. */
export function withGrad<T>(wanted: boolean, body: () => T): T {
  const before = enabled;
  enabled = wanted;
  let result: T;
  try {
    result = body();
  } catch (error) {
    enabled = before;
    throw error;
  }
  if (!(result instanceof Promise)) {
    enabled = before;
    return result;
  }
  return result.finally(() => {
    enabled = before;
  }) as T;
}

/** Runs `body` without recording: for evaluation. What it makes can have no backward pass. */
export function noGrad<T>(body: () => T): T {
  return withGrad(false, body);
}
