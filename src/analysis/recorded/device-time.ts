/**
 * Device time by what is exposed, as AMD's TraceLens reports it: computation, communication and copies that nothing else
 * hides, busy, idle, total. Only work whose launch is in the trace counts; the window is from the first such work's start
 * to the last one's end.
 */
import { FLOW_ENDS } from '../../trace/model.ts';
import type { Trace } from '../../trace/model.ts';
import { totalLength, union, without } from '../intervals.ts';
import { communicationKernels, copyRole } from './roles.ts';

export interface DeviceTime {
  readonly computationNs: number;
  readonly exposedCommunicationNs: number;
  readonly exposedCopyNs: number;
  readonly busyNs: number;
  readonly idleNs: number;
  readonly totalNs: number;
  readonly communicationNs: number;
  readonly copyNs: number;
}

/** Null when no GPU work was launched in the trace. */
export function deviceTime(trace: Trace): DeviceTime | null {
  const kinds = { computation: spans(), communication: spans(), copy: spans() };
  const { flows, dispatches, slices } = trace.tables;
  const communication = communicationKernels(trace);
  const launch = trace.strings.indexOf('launch');
  for (let i = 0; i < flows.length; i++) {
    if (flows.name[i] !== launch) continue;
    const row = flows.to[i] as number;
    if (FLOW_ENDS[flows.toEnd[i] as number] === 'dispatches') {
      const kind = communication[dispatches.launch[row] as number] ? kinds.communication : kinds.computation;
      kind.starts.push(dispatches.startNs[row] as number);
      kind.ends.push(dispatches.endNs[row] as number);
    } else {
      const kind =
        copyRole(trace.strings[slices.name[row] as number] as string) === 'memset'
          ? kinds.computation
          : kinds.copy;
      kind.starts.push(slices.startNs[row] as number);
      kind.ends.push(slices.endNs[row] as number);
    }
  }
  const merged = {
    computation: merge(kinds.computation),
    communication: merge(kinds.communication),
    copy: merge(kinds.copy),
  };
  const all = union(
    [...merged.computation.starts, ...merged.communication.starts, ...merged.copy.starts],
    [...merged.computation.ends, ...merged.communication.ends, ...merged.copy.ends],
  );
  if (all.starts.length === 0) return null;
  const busyNs = totalLength(all);
  const totalNs = (all.ends.at(-1) as number) - (all.starts[0] as number);
  return {
    computationNs: totalLength(merged.computation),
    exposedCommunicationNs: totalLength(without(merged.communication, merged.computation)),
    exposedCopyNs: totalLength(without(without(merged.copy, merged.computation), merged.communication)),
    busyNs,
    idleNs: totalNs - busyNs,
    totalNs,
    communicationNs: totalLength(merged.communication),
    copyNs: totalLength(merged.copy),
  };
}

const spans = (): { starts: number[]; ends: number[] } => ({ starts: [], ends: [] });
const merge = ({ starts, ends }: { starts: number[]; ends: number[] }) => union(starts, ends);
