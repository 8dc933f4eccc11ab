/**
 * Steps of an imported trace as PyTorch's TensorBoard plug-in counted them: a step lasts until the last GPU work it
 * launched has ended, the next begins there, and a last step whose GPU work was not all recorded is left out.
 */
import { FLOW_ENDS } from '../../trace/model.ts';
import type { Trace } from '../../trace/model.ts';
import type { Intervals } from '../intervals.ts';
import { totalLength, without } from '../intervals.ts';
import type { RoleOfTime } from './roles.ts';
import { ROLES_OF_TIME, isStepMark, roleIntervals, trackRoles } from './roles.ts';

export interface RecordedStep {
  /** Number the script gave it; `0` for a trace without marks. */
  readonly name: string;
  readonly startNs: number;
  readonly endNs: number;
}

export interface StepBreakdown extends RecordedStep {
  /** Nanoseconds of each role, each moment counted once, in the roles' order of precedence. */
  readonly ns: Readonly<Record<RoleOfTime | 'other', number>>;
}

/** A last step with fewer than this share of the launches of the one before was cut by the end of the recording. */
const COMPLETE_SHARE = 0.8;

interface Call {
  readonly startNs: number;
  readonly endNs: number;
  readonly workEndNs: number;
  readonly workStartNs: number;
  readonly works: number;
}

/** Runtime calls in order of time, each with the span of the GPU work it launched. */
function calls(trace: Trace): { calls: Call[]; work: { endNs: number; launched: boolean; call: number }[] } {
  const { slices, dispatches, flows } = trace.tables;
  const { runtime, queues } = trackRoles(trace);
  const rows: number[] = [];
  for (let i = 0; i < slices.length; i++) if (runtime.has(slices.track[i] as number)) rows.push(i);
  rows.sort((a, b) => (slices.startNs[a] as number) - (slices.startNs[b] as number));
  const callOf = new Map(rows.map((row, at) => [row, at]));
  const spans = rows.map(() => ({ start: Infinity, end: -Infinity, works: 0 }));
  const launch = trace.strings.indexOf('launch');
  const callOfWork = new Map<number, number>();
  const key = (end: number, row: number): number => row * FLOW_ENDS.length + end;
  for (let i = 0; i < flows.length; i++) {
    const call = flows.name[i] === launch ? callOf.get(flows.from[i] as number) : undefined;
    if (call === undefined) continue;
    const end = flows.toEnd[i] as number;
    const row = flows.to[i] as number;
    callOfWork.set(key(end, row), call);
    const table = FLOW_ENDS[end] === 'dispatches' ? dispatches : slices;
    const span = spans[call] as { start: number; end: number; works: number };
    span.start = Math.min(span.start, table.startNs[row] as number);
    span.end = Math.max(span.end, table.endNs[row] as number);
    span.works++;
  }
  const work: { endNs: number; launched: boolean; call: number }[] = [];
  const add = (end: number, row: number, endNs: number): void => {
    const call = callOfWork.get(key(end, row));
    work.push({ endNs, launched: call !== undefined, call: call ?? -1 });
  };
  for (let i = 0; i < dispatches.length; i++)
    add(FLOW_ENDS.indexOf('dispatches'), i, dispatches.endNs[i] as number);
  for (let i = 0; i < slices.length; i++)
    if (queues.has(slices.track[i] as number)) add(FLOW_ENDS.indexOf('slices'), i, slices.endNs[i] as number);
  return {
    calls: rows.map((row, at) => {
      const span = spans[at] as { start: number; end: number; works: number };
      return {
        startNs: slices.startNs[row] as number,
        endNs: slices.endNs[row] as number,
        workStartNs: span.start,
        workEndNs: span.end,
        works: span.works,
      };
    }),
    work,
  };
}

/** Host spans: the trace's steps, or one of all host work when there are none. */
function hostSteps(trace: Trace): { name: string; start: number; end: number }[] {
  const { steps, slices } = trace.tables;
  if (steps.length > 0)
    return Array.from({ length: steps.length }, (_, i) => ({
      name: String(steps.index[i]),
      start: steps.startNs[i] as number,
      end: steps.endNs[i] as number,
    }));
  const { operators } = trackRoles(trace);
  let start = Infinity;
  let end = -Infinity;
  for (let i = 0; i < slices.length; i++) {
    if (
      !operators.has(slices.track[i] as number) ||
      trace.tracks[slices.track[i] as number]?.content !== 'operators' ||
      isStepMark(trace.strings[slices.name[i] as number] as string)
    )
      continue;
    start = Math.min(start, slices.startNs[i] as number);
    end = Math.max(end, slices.endNs[i] as number);
  }
  return end >= start ? [{ name: '0', start, end }] : [];
}

export function recordedSteps(trace: Trace): RecordedStep[] {
  const steps = hostSteps(trace);
  if (steps.length === 0) return [];
  const found = calls(trace);
  const device = steps.map(() => ({ start: Infinity, end: -Infinity, works: 0 }));
  const stepOfCall = new Int32Array(found.calls.length).fill(-1);
  let step = 0;
  for (let i = 0; i < found.calls.length && step < steps.length;) {
    const call = found.calls[i] as Call;
    const { start, end } = steps[step] as { start: number; end: number };
    if (call.startNs < start || (call.startNs < end && call.endNs > end)) i++;
    else if (call.endNs <= end) {
      const span = device[step] as { start: number; end: number; works: number };
      span.start = Math.min(span.start, call.workStartNs);
      span.end = Math.max(span.end, call.workEndNs);
      span.works += call.works;
      stepOfCall[i] = step;
      i++;
    } else step++;
  }
  if (!device.some(({ works }) => works > 0))
    return steps.map(({ name, start, end }) => ({ name, startNs: start, endNs: end }));
  const firstDevice = device[0] as { start: number };
  let previousEnd = (steps[0] as { start: number }).start;
  if (Number.isFinite(firstDevice.start))
    for (const { endNs, launched, call } of found.work)
      if (!(launched && (stepOfCall[call] as number) >= 0) && endNs < firstDevice.start)
        previousEnd = Math.max(previousEnd, endNs);
  const adjusted = steps.map(({ name, start, end }, i) => {
    const startNs = Math.max(previousEnd, start);
    const endNs = Math.max(end, (device[i] as { end: number }).end, startNs);
    previousEnd = endNs;
    return { name, startNs, endNs };
  });
  return adjusted.slice(0, completeSteps(device.map(({ works }) => works)));
}

function completeSteps(works: readonly number[]): number {
  if (works.length <= 1) return works.length;
  const last = works.findLastIndex((count) => count > 0);
  if (last < 0) return works.length;
  return last > 0 && (works[last - 1] as number) * COMPLETE_SHARE > (works[last] as number) ? last : last + 1;
}

/** Each step's time by role. Sums to the step. */
export function stepBreakdown(trace: Trace, steps = recordedSteps(trace)): StepBreakdown[] {
  const roles = roleIntervals(trace);
  return steps.map((step) => {
    let rest: Intervals = { starts: Float64Array.of(step.startNs), ends: Float64Array.of(step.endNs) };
    const ns = {} as Record<RoleOfTime | 'other', number>;
    for (const role of ROLES_OF_TIME) {
      const left = without(rest, roles[role]);
      ns[role] = totalLength(rest) - totalLength(left);
      rest = left;
    }
    ns.other = totalLength(rest);
    return { ...step, ns };
  });
}
