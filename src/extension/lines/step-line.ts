/** Where the training step is in the source: the line most of the optimizer's dispatches come from. Pure. */
import { PHASES } from '../../trace/model.ts';
import type { SourceLocation, Trace } from '../../trace/model.ts';

/** Backward stands in where a script has no optimizer of its own (it accumulates, or updates by hand). */
const ORDER = ['optimizer', 'backward'] as const;

export function stepLocation(trace: Trace): SourceLocation | null {
  const { launches, dispatches } = trace.tables;
  for (const phase of ORDER) {
    const code = PHASES.indexOf(phase);
    const counts = new Map<number, number>();
    for (let i = 0; i < dispatches.length; i++) {
      const launch = dispatches.launch[i] as number;
      const location = launches.location[launch] as number;
      if (location >= 0 && launches.phase[launch] === code) counts.set(location, (counts.get(location) ?? 0) + 1);
    }
    const [location] = [...counts].reduce((most, entry) => (entry[1] > most[1] ? entry : most), [-1, 0]);
    if (location >= 0) return trace.locations[location] ?? null;
  }
  return null;
}
