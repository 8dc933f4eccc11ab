/** The plan for a dispatch: made by a pure function, kept, and dispatched any number of times. */
import type { LaunchNote } from '../probe/annotate.ts';
import type { DeviceFacts } from './facts.ts';
import { kernelName, type KernelDef } from './kernel.ts';

export type Workgroups = readonly [x: number, y: number, z: number];

export interface Launch {
  readonly kernel: KernelDef;
  readonly workgroups: Workgroups;
  /** Words of the uniform block, null when the kernel has none. */
  readonly params: Uint32Array | null;
  /** The same object at each dispatch: the probe knows a launch by it. */
  readonly note: LaunchNote;
}

export interface LaunchPlan {
  readonly kernel: KernelDef;
  readonly workgroups: Workgroups;
  /** u32 values; floats through `f32Bits`. */
  readonly params?: readonly number[];
  /** Planned floating-point operations, and bytes that must move at least once. */
  readonly flops: number;
  readonly bytesMoved: number;
  /** As `LaunchNote.sizes`. */
  readonly sizes?: LaunchNote['sizes'];
}

/** Pure: facts and sizes in, plan out. */
export type Planner<Args extends readonly PlanKey[]> = (facts: DeviceFacts, ...args: Args) => Launch;
export type PlanKey = number | string | boolean;

export function makeLaunch(plan: LaunchPlan): Launch {
  const { kernel, workgroups, params, flops, bytesMoved, sizes } = plan;
  return {
    kernel,
    workgroups,
    params: params ? Uint32Array.from(params, (word) => word >>> 0) : null,
    note: {
      kernel: kernelName(kernel),
      family: kernel.family,
      op: kernel.op,
      flops,
      bytesMoved,
      ...(kernel.constants ? { constants: kernel.constants } : {}),
      ...(sizes ? { sizes } : {}),
    },
  };
}

const scratch = new DataView(new ArrayBuffer(4));

/** The bits of a float, for a uniform block of words. */
export function f32Bits(value: number): number {
  scratch.setFloat32(0, value, true);
  return scratch.getUint32(0, true);
}

export function ceilDiv(a: number, b: number): number {
  return Math.ceil(a / b);
}

/**
 * A one-dimensional grid, folded into two dimensions where it is longer than a dimension may be. Kernels take
 * `i = global_invocation_id.x + global_invocation_id.y * num_workgroups.x * size` and check it against their count.
 */
export function foldGrid(facts: DeviceFacts, workgroups: number): Workgroups {
  const max = facts.maxWorkgroupsPerDimension;
  if (workgroups <= max) return [Math.max(workgroups, 1), 1, 1];
  const y = ceilDiv(workgroups, max);
  return [ceilDiv(workgroups, y), y, 1];
}
