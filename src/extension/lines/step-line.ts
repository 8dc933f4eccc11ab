/** Where the training step is in the source. A trace names no line for it, so it is read off the step's own dispatches. Pure. */
import type { Phase, SourceLocation, Trace } from '../../trace/model.ts';
import { PHASES } from '../../trace/model.ts';

/** Most telling first: the optimizer's update, the loop that takes the next batch, the backward pass. */
const ORDER: readonly Phase[] = ['optimizer', 'data', 'backward'];

/**
 * Lines that made a layer are set aside: what they launch belongs to the layer's own figures. Only where nothing else is
 * known does the line that made the optimizer stand in.
 */
export function stepLocation(trace: Trace): SourceLocation | null {
  const ofLayers = new Set(trace.layers.map(({ location }) => location));
  for (const lines of [(location: number) => !ofLayers.has(location), () => true])
    for (const phase of ORDER) {
      const location = mostFrequent(trace, PHASES.indexOf(phase), lines);
      if (location !== null) return trace.locations[location] ?? null;
    }
  return null;
}

function mostFrequent(trace: Trace, phase: number, wanted: (location: number) => boolean): number | null {
  const { launches, dispatches } = trace.tables;
  const counts = new Map<number, number>();
  for (let i = 0; i < dispatches.length; i++) {
    const launch = dispatches.launch[i] as number;
    const location = launches.location[launch] as number;
    if (
      location < 0 ||
      launches.phase[launch] !== phase ||
      (dispatches.step[i] as number) < 0 ||
      !wanted(location)
    )
      continue;
    counts.set(location, (counts.get(location) ?? 0) + 1);
  }
  let best: number | null = null;
  for (const [location, count] of counts)
    if (best === null || count > (counts.get(best) ?? 0)) best = location;
  return best;
}
