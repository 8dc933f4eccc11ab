/**
 * How a kernel's lanes lie in the buffers it reads and writes, computed from its WGSL: bytes of memory moved for each byte used.
 * Computed, not measured: caches may hide what this shows, and nothing here is seen by a hardware counter.
 */
import type { Trace } from '../trace/model.ts';
import type { Access, KernelShape } from './wgsl/accesses.ts';
import { memoryAccesses } from './wgsl/accesses.ts';
import { textOf } from './wgsl/lanes.ts';
import type { Stride } from './wgsl/sectors.ts';
import { sectorUse, strideOfAccess } from './wgsl/sectors.ts';

/** Accesses to one buffer that differ by known numbers only. */
export interface AccessGroup {
  readonly group: number;
  readonly binding: number;
  readonly name: string;
  readonly kind: Access['kind'];
  /** Bytes that one lane touches in one access. */
  readonly bytes: number;
  readonly stride: Stride;
  /** Least bytes that could be moved over bytes moved, 0..1; NaN where the stride is a multiple of an unknown. */
  readonly efficiency: number;
  /** Each turn of the innermost loop goes on to the next element: what a sector brings too much may be used later. */
  readonly walks: boolean;
  /** Within how many loops. */
  readonly depth: number;
  /** 1-based line of the WGSL, and its text. */
  readonly line: number;
  readonly text: string;
}

/** Bytes that memory moves at once: a sector of GPU caches, a line of a processor's. */
export function sectorBytes(trace: Trace): number {
  return trace.meta.adapter?.software ? 64 : 32;
}

/** Groups of accesses whose places are understood, in the order of the text; null when the kernel's text is not at hand or not understood. */
export function kernelAccesses(trace: Trace, kernel: number, launch: number): AccessGroup[] | null {
  const info = trace.kernels[kernel];
  if (!info?.wgsl) return null;
  const accesses = memoryAccesses(info.wgsl, {
    workgroupSize: info.workgroupSize,
    wave: trace.meta.adapter?.subgroupMinSize ?? 32,
    constants: info.constants,
    uniform: uniformsOf(trace, launch),
  });
  if (!accesses) return null;
  const lines = info.wgsl.split('\n');
  const sector = sectorBytes(trace);
  const together = new Map<string, Access[]>();
  for (const access of accesses) {
    const key = `${access.group}:${access.binding}:${access.kind}:${access.loops.length}:${unknownsOf(access)}`;
    together.set(key, [...(together.get(key) ?? []), access]);
  }
  return [...together.values()].flatMap((list): AccessGroup[] => {
    const first = list[0] as Access;
    const stride = strideOfAccess(first);
    if (!stride) return [];
    const use = stride.unknown === null ? sectorUse(list, sector) : null;
    return [
      {
        group: first.group,
        binding: first.binding,
        name: first.name,
        kind: first.kind,
        bytes: first.bytes,
        stride,
        // Even side by side, few lanes may not fill a sector: only what is beyond that is waste.
        efficiency: use ? (Math.ceil(use.usedBytes / sector) * sector) / use.movedBytes : NaN,
        walks: walks(first),
        depth: first.loops.length,
        line: first.line,
        text: lines[first.line - 1]?.trim() ?? '',
      },
    ];
  });
}

/** The unknown part of a place, as a key: places with equal ones are a known distance apart. */
function unknownsOf({ offset }: Access): string {
  return offset ? textOf(new Map([...offset].filter(([name]) => name !== ''))) : '?';
}

function walks({ offset, loops, bytes }: Access): boolean {
  const innermost = loops.at(-1);
  const step = innermost === undefined ? undefined : offset?.get(innermost)?.[0];
  return step !== undefined && Math.abs(step) <= bytes;
}

/** The u32 at a byte of a uniform binding of the launch, as the trace has it. */
function uniformsOf(trace: Trace, launch: number): NonNullable<KernelShape['uniform']> {
  const { uniforms } = trace.tables;
  const words = new Map<string, number>();
  for (let i = 0; i < uniforms.length; i++)
    if (uniforms.launch[i] === launch)
      words.set(
        `${uniforms.group[i]}:${uniforms.binding[i]}:${uniforms.offsetBytes[i]}`,
        uniforms.value[i] as number,
      );
  return (group, binding, offsetBytes) => words.get(`${group}:${binding}:${offsetBytes}`);
}
