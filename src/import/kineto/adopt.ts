/**
 * Finds operators by External id where time alone does not tell whose work it is: for runtime calls with no operator
 * around them, and for GPU work whose call was not recorded. Such calls get an arrow `call` from their operator.
 */
import { FLOW_ENDS } from '../../trace/model.ts';
import type { EventColumns } from '../events/columns.ts';
import type { EventKeys } from '../events/keys.ts';
import { WORK } from './categories.ts';
import type { HostContext, HostSweep, Owner } from './host.ts';
import { phaseOfName } from './names.ts';

const SLICES = FLOW_ENDS.indexOf('slices');

/** Number that PyTorch gives an operator and what it launches; NaN without one. */
export function externalId(events: EventColumns, keys: EventKeys, i: number): number {
  const id = events.number(i, keys.externalId);
  return Number.isNaN(id) ? events.number(i, keys.externalIdOld) : id;
}

export function adopt(context: HostContext, sweep: HostSweep): Map<number, Owner> {
  const operators = operatorsOf(orphans(context, sweep), context, sweep);
  const { slices } = context.builder.build().tables;
  const owners = new Map<number, Owner>();
  for (const [id, event] of operators) {
    const slice = sweep.sliceOf[event] as number;
    const operator = context.events.name[event] as number;
    const step = slices.step[slice] as number;
    owners.set(id, {
      operator,
      layer: slices.layer[slice] as number,
      phase: sweep.phase(phaseOfName(context.events.text(operator)), step),
      location: slices.location[slice] as number,
      step,
    });
  }
  if (owners.size > 0) giveCallsTheirOwners(context, sweep, operators, owners);
  return owners;
}

/** External ids of calls and GPU work that have no operator yet. */
function orphans({ events, work, keys }: HostContext, sweep: HostSweep): Set<number> {
  const ids = new Set<number>();
  for (let i = 0; i < work.length; i++) {
    const isGpu = work[i] === WORK.kernel || work[i] === WORK.memcpy || work[i] === WORK.memset;
    if (!isGpu && work[i] !== WORK.runtime) continue;
    const call = sweep.calls.get(events.number(i, keys.correlation));
    if (call && call.operator !== 0) continue;
    const id = externalId(events, keys, i);
    if (id > 0) ids.add(id);
  }
  return ids;
}

/** The first operator event with each of these ids. */
function operatorsOf(
  ids: ReadonlySet<number>,
  { events, work, keys }: HostContext,
  sweep: HostSweep,
): Map<number, number> {
  const found = new Map<number, number>();
  if (ids.size === 0) return found;
  for (let i = 0; i < work.length; i++) {
    if ((work[i] !== WORK.operator && work[i] !== WORK.annotation) || (sweep.sliceOf[i] as number) < 0)
      continue;
    const id = externalId(events, keys, i);
    if (ids.has(id) && !found.has(id)) found.set(id, i);
  }
  return found;
}

function giveCallsTheirOwners(
  { events, work, keys, builder }: HostContext,
  sweep: HostSweep,
  operators: ReadonlyMap<number, number>,
  owners: ReadonlyMap<number, Owner>,
): void {
  for (let i = 0; i < work.length; i++) {
    if (work[i] !== WORK.runtime) continue;
    const correlation = events.number(i, keys.correlation);
    const call = sweep.calls.get(correlation);
    const id = externalId(events, keys, i);
    const owner = owners.get(id);
    if (!call || call.operator !== 0 || !owner) continue;
    sweep.calls.set(correlation, { ...call, ...owner, step: call.step >= 0 ? call.step : owner.step });
    const from = sweep.sliceOf[operators.get(id) as number] as number;
    builder.row('flows', {
      name: builder.string('call'),
      fromEnd: SLICES,
      from,
      toEnd: SLICES,
      to: call.slice,
    });
  }
}
