/** Where the training step is in the source: the line most of the optimizer's launches come from. */
import { PHASES } from '../../trace/model.ts';
import type { SourceLocation, Trace } from '../../trace/model.ts';

/** Backward stands in where a script has no optimizer of its own (it accumulates, or updates by hand). */
const ORDER = ['optimizer', 'backward'] as const;

export function stepLocation(trace: Trace): SourceLocation | null {
  const { launches } = trace.tables;
  for (const phase of ORDER) {
    const code = PHASES.indexOf(phase);
    const counts = new Map<number, number>();
    for (let i = 0; i < launches.length; i++) {
      const location = launches.location[i] as number;
      if (location >= 0 && launches.phase[i] === code) counts.set(location, (counts.get(location) ?? 0) + 1);
    }
    const most = [...counts].reduce((best, entry) => (entry[1] > best[1] ? entry : best), [-1, 0] as [
      number,
      number,
    ]);
    if (most[0] >= 0) return trace.locations[most[0]] ?? null;
  }
  return null;
}
