/** Arrows of a trace: from launching calls to kernels, and between slices (a forward operator and its backward one). */
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

/** For each row of `slices` those that arrows join it with, in either direction. */
export function sliceFlows(trace: Trace): ReadonlyMap<number, readonly number[]> {
  const { flows } = trace.tables;
  const joined = new Map<number, number[]>();
  const add = (from: number, to: number): void => {
    const list = joined.get(from);
    if (list) list.push(to);
    else joined.set(from, [to]);
  };
  for (let i = 0; i < flows.length; i++) {
    if (flows.fromEnd[i] !== SLICES || flows.toEnd[i] !== SLICES) continue;
    add(flows.from[i] as number, flows.to[i] as number);
    add(flows.to[i] as number, flows.from[i] as number);
  }
  return joined;
}
