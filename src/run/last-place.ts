/** The last line known to have sent work to the GPU: where to look when a process ended without a word. */
import type { SourceLocation, Trace } from '../trace/model.ts';

export function lastKnownPlace(trace: Trace): SourceLocation | null {
  const { dispatches, launches } = trace.tables;
  for (let i = dispatches.length - 1; i >= 0; i--) {
    const location = launches.location[dispatches.launch[i] as number] as number;
    if (location >= 0) return trace.locations[location] ?? null;
  }
  return null;
}
