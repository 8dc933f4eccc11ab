/**
 * What the rows of an imported training trace are, in the terms of PyTorch's (deleted) TensorBoard plug-in: kernel,
 * memcpy, memset, communication, runtime, data loader, CPU operator. Read from tracks and names, once.
 */
import type { Trace } from '../../trace/model.ts';
import type { Intervals } from '../intervals.ts';
import { union } from '../intervals.ts';

/** In order of precedence: time that two roles share belongs to the first. */
export const ROLES_OF_TIME = [
  'kernel',
  'memcpy',
  'memset',
  'communication',
  'runtime',
  'dataLoader',
  'cpu',
] as const;
export type RoleOfTime = (typeof ROLES_OF_TIME)[number];

const COMMUNICATION_OPERATOR = /^(nccl|gloo):(_?broadcast|_?reduce|all_?reduce|all_?gather|reduce_scatter)/;
const COMMUNICATION_KERNEL = /nccl|rccl/i;

export function isDataLoader(name: string): boolean {
  return (
    (name.startsWith('enumerate(DataLoader)#') && name.endsWith('.__next__')) ||
    name.startsWith('enumerate(DataPipe)#')
  );
}

export function isStepMark(name: string): boolean {
  return name.startsWith('ProfilerStep#');
}

/** Tracks by what they hold. */
export interface TrackRoles {
  readonly operators: ReadonlySet<number>;
  readonly runtime: ReadonlySet<number>;
  /** Tracks that are queues of a device. */
  readonly queues: ReadonlySet<number>;
  /** Device of each queue number: the group of its track (`GPU 0`). */
  readonly deviceOfQueue: readonly string[];
}

export function trackRoles(trace: Trace): TrackRoles {
  const ids = (wanted: (content: string | undefined, kind: string) => boolean): Set<number> =>
    new Set(trace.tracks.flatMap(({ content, kind }, id) => (wanted(content, kind) ? [id] : [])));
  return {
    operators: ids((content) => content === 'operators' || content === 'annotations'),
    runtime: ids((content) => content === 'runtime'),
    queues: ids((_, kind) => kind === 'gpu-queue'),
    deviceOfQueue: trace.tracks.filter(({ kind }) => kind === 'gpu-queue').map(({ group }) => group),
  };
}

/** Whether each launch moves data between devices: its operator is a collective, or its kernel one of NCCL or RCCL. */
export function communicationLaunches(trace: Trace): Uint8Array {
  const { launches } = trace.tables;
  return Uint8Array.from({ length: launches.length }, (_, i) => {
    const kernel = trace.kernels[launches.kernel[i] as number]?.name ?? '';
    const operator = trace.strings[launches.op[i] as number] ?? '';
    return Number(COMMUNICATION_OPERATOR.test(operator) || COMMUNICATION_KERNEL.test(kernel));
  });
}

/** Whether the kernel of each launch is one of NCCL or RCCL, whatever launched it: how TraceLens and HTA tell communication. */
export function communicationKernels(trace: Trace): Uint8Array {
  const isOne = trace.kernels.map(({ name }) => Number(COMMUNICATION_KERNEL.test(name)));
  return Uint8Array.from(trace.tables.launches.kernel, (kernel) => isOne[kernel] ?? 0);
}

/** Merged time of each role over the whole trace, all devices and threads together. */
export function roleIntervals(trace: Trace): Record<RoleOfTime, Intervals> {
  const starts = Object.fromEntries(ROLES_OF_TIME.map((role) => [role, [] as number[]])) as Record<
    RoleOfTime,
    number[]
  >;
  const ends = Object.fromEntries(ROLES_OF_TIME.map((role) => [role, [] as number[]])) as Record<
    RoleOfTime,
    number[]
  >;
  const { dispatches, slices } = trace.tables;
  const communication = communicationLaunches(trace);
  for (let i = 0; i < dispatches.length; i++) {
    const role = communication[dispatches.launch[i] as number] ? 'communication' : 'kernel';
    starts[role].push(dispatches.startNs[i] as number);
    ends[role].push(dispatches.endNs[i] as number);
  }
  const tracks = trackRoles(trace);
  const roleOfName = trace.strings.map(operatorRole);
  for (let i = 0; i < slices.length; i++) {
    const track = slices.track[i] as number;
    const name = slices.name[i] as number;
    const role = tracks.operators.has(track)
      ? roleOfName[name]
      : tracks.runtime.has(track)
        ? 'runtime'
        : tracks.queues.has(track)
          ? copyRole(trace.strings[name] as string)
          : null;
    if (!role) continue;
    starts[role].push(slices.startNs[i] as number);
    ends[role].push(slices.endNs[i] as number);
  }
  return Object.fromEntries(ROLES_OF_TIME.map((role) => [role, union(starts[role], ends[role])])) as Record<
    RoleOfTime,
    Intervals
  >;
}

function operatorRole(name: string): RoleOfTime | null {
  if (isStepMark(name)) return null;
  if (isDataLoader(name)) return 'dataLoader';
  return COMMUNICATION_OPERATOR.test(name) ? 'communication' : 'cpu';
}

/** Slices on a device's queue that are no kernels: fills and copies. */
export function copyRole(name: string): 'memcpy' | 'memset' {
  return /^memset|fill/i.test(name) ? 'memset' : 'memcpy';
}
