/** What kind of work an event of PyTorch's profiler is, from its category: names changed over the years and by vendor. */
import type { EventColumns } from '../events/columns.ts';
import { PH } from '../events/columns.ts';

export const WORK = { other: 0, operator: 1, annotation: 2, gpuAnnotation: 3, runtime: 4, kernel: 5, memcpy: 6, memset: 7, python: 8, gpuSync: 9, span: 10 } as const; // prettier-ignore

const BY_CATEGORY: ReadonlyMap<string, number> = new Map([
  ['cpu_op', WORK.operator],
  ['operator', WORK.operator],
  ['python', WORK.operator],
  ['user_annotation', WORK.annotation],
  ['gpu_user_annotation', WORK.gpuAnnotation],
  ['runtime', WORK.runtime],
  ['cuda_runtime', WORK.runtime],
  ['cuda_driver', WORK.runtime],
  ['hip_runtime', WORK.runtime],
  ['hip_driver', WORK.runtime],
  ['xpu_runtime', WORK.runtime],
  ['xpu_driver', WORK.runtime],
  ['mtia_runtime', WORK.runtime],
  ['glow_runtime', WORK.runtime],
  ['privateuse1_runtime', WORK.runtime],
  ['privateuse1_driver', WORK.runtime],
  // Host-side calls of Habana's runtime.
  ['hpu_op', WORK.runtime],
  ['kernel', WORK.kernel],
  ['concurrent_kernel', WORK.kernel],
  ['mtia_ccp_events', WORK.kernel],
  ['mtia_workloadd', WORK.kernel],
  ['memcpy', WORK.memcpy],
  ['gpu_memcpy', WORK.memcpy],
  ['memset', WORK.memset],
  ['gpu_memset', WORK.memset],
  ['python_function', WORK.python],
  ['cuda_sync', WORK.gpuSync],
  ['cuda_event', WORK.gpuSync],
  ['xpu_sync', WORK.gpuSync],
  ['trace', WORK.span],
]);

export function workOfCategory(category: string): number {
  return BY_CATEGORY.get(category.toLowerCase()) ?? WORK.other;
}

/** The work of each complete event; 0 for every other phase. */
export function workOfEvents(events: EventColumns): Uint8Array {
  const byId = new Map<number, number>();
  const work = new Uint8Array(events.length);
  for (let i = 0; i < events.length; i++) {
    if (events.phase[i] !== PH.complete) continue;
    const category = events.category[i] as number;
    let kind = byId.get(category);
    if (kind === undefined) byId.set(category, (kind = workOfCategory(events.text(category))));
    work[i] = kind;
  }
  return work;
}

/** True when the categories are those of PyTorch's profiler. */
export function looksLikeKineto(events: EventColumns, header: ReadonlyMap<string, string>): boolean {
  if (header.has('deviceProperties') || header.has('computeProperties') || header.has('baseTimeNanoseconds'))
    return true;
  const work = workOfEvents(events);
  for (let i = 0; i < work.length; i++) {
    const kind = work[i] as number;
    if (kind !== WORK.other && kind !== WORK.span) return true;
  }
  return false;
}
