/** Arrows of a trace from launching calls to kernels. */
import { FLOW_ENDS } from '../src/trace/model.ts';
import type { Trace } from '../src/trace/model.ts';

const SLICES = FLOW_ENDS.indexOf('slices');
const DISPATCHES = FLOW_ENDS.indexOf('dispatches');

/** Row of `slices` by row of `dispatches`. */
export function launchCalls(trace: Trace): ReadonlyMap<number, number> {
  const { flows } = trace.tables;
  const calls = new Map<number, number>();
  for (let i = 0; i < flows.length; i++)
    if (flows.fromEnd[i] === SLICES && flows.toEnd[i] === DISPATCHES)
      calls.set(flows.to[i] as number, flows.from[i] as number);
  return calls;
}
