/**
 * How many workgroups of a kernel one unit of a GPU can hold, as a band: `high` with registers unlimited (exact from the
 * launch), `low` with the most registers the instruction set allows while one workgroup still fits. WebGPU does not
 * tell the registers, so the truth lies between. Formulas: docs/occupancy.md.
 */
import { ARCHITECTURES } from './architectures.ts';
import type { ArchitectureId, ArchitectureLimits } from './architectures.ts';

export type Limiter = 'threads' | 'workgroups' | 'workgroup memory' | 'registers';

export interface Residency {
  readonly workgroupsPerUnit: number;
  /** Resident threads over the unit's maximum, 0..1. */
  readonly occupancy: number;
  readonly limiter: Limiter;
}

export interface ResidencyBand {
  readonly low: Residency;
  readonly high: Residency;
}

const roundUp = (value: number, granule: number): number => Math.ceil(value / granule) * granule;

type Caps = readonly (readonly [Limiter, number])[];

function tightest(caps: Caps): { workgroupsPerUnit: number; limiter: Limiter } {
  let best = caps[0] as readonly [Limiter, number];
  for (const cap of caps) if (cap[1] < best[1]) best = cap;
  return { workgroupsPerUnit: best[1], limiter: best[0] };
}

interface Variant {
  readonly registers?: number | undefined;
  /** Wave or subgroup size, where the compiler chooses it. */
  readonly wave?: number;
  /** Intel: large register file, half the hardware threads. */
  readonly large?: boolean;
}

/** Residency of a workgroup of `threads` invocations with `sharedBytes` of workgroup memory, for one compiler choice. */
function resident(
  limits: ArchitectureLimits,
  threads: number,
  sharedBytes: number,
  variant: Variant,
): Residency {
  switch (limits.kind) {
    case 'nvidia': {
      const maxWarps = limits.threads / 32;
      const warps = Math.ceil(threads / 32);
      const caps: [Limiter, number][] = [
        ['threads', Math.floor(maxWarps / warps)],
        ['workgroups', limits.workgroups],
      ];
      const shared = sharedBytes + limits.sharedReserved;
      if (sharedBytes > 0)
        caps.push([
          'workgroup memory',
          Math.floor(limits.sharedBytes / roundUp(shared, limits.sharedGranule)),
        ]);
      if (variant.registers)
        caps.push([
          'registers',
          Math.floor((Math.floor(16384 / roundUp(variant.registers * 32, 256)) * 4) / warps),
        ]);
      const found = tightest(caps);
      return { ...found, occupancy: Math.min(1, (found.workgroupsPerUnit * warps) / maxWarps) };
    }
    case 'amd': {
      const wave =
        limits.waves.find((w) => w.size === variant.wave) ??
        (limits.waves[0] as (typeof limits.waves)[number]);
      const waves = Math.ceil(threads / wave.size);
      const caps: [Limiter, number][] = [
        ['threads', Math.floor((limits.wavesPerSimd * limits.simds) / waves)],
      ];
      if (variant.registers) {
        const perSimd = Math.min(
          limits.wavesPerSimd,
          Math.floor(wave.registers / roundUp(variant.registers, wave.granule)),
        );
        caps.push(['registers', Math.floor((perSimd * limits.simds) / waves)]);
      }
      if (sharedBytes > 0)
        caps.push([
          'workgroup memory',
          Math.floor(limits.sharedBytes / roundUp(sharedBytes, limits.sharedGranule)),
        ]);
      if (waves > 1) caps.push(['workgroups', limits.workgroups]);
      const found = tightest(caps);
      return {
        ...found,
        occupancy: Math.min(1, (found.workgroupsPerUnit * waves) / (limits.wavesPerSimd * limits.simds)),
      };
    }
    case 'intel': {
      const hardwareThreads = variant.large ? limits.hardwareThreads / 2 : limits.hardwareThreads;
      const perWorkgroup = Math.ceil(threads / (variant.wave ?? (limits.subgroups[0] as number)));
      const caps: [Limiter, number][] = [
        [variant.large ? 'registers' : 'threads', Math.floor(hardwareThreads / perWorkgroup)],
        ['workgroups', limits.workgroups],
      ];
      if (sharedBytes > 0) {
        const step = limits.sharedStepsKb.find((kb) => kb * 1024 >= sharedBytes);
        caps.push(['workgroup memory', step ? Math.floor(limits.sharedBytes / (step * 1024)) : 0]);
      }
      const found = tightest(caps);
      return {
        ...found,
        occupancy: Math.min(1, (found.workgroupsPerUnit * perWorkgroup) / limits.hardwareThreads),
      };
    }
    case 'apple': {
      const caps: [Limiter, number][] = [['threads', Math.floor(limits.threads / threads)]];
      if (sharedBytes > 0) caps.push(['workgroup memory', Math.floor(limits.sharedBytes / sharedBytes)]);
      const found = tightest(caps);
      const capped = variant.registers ? Math.max(threads, limits.minThreads) / limits.threads : 1;
      return { ...found, occupancy: Math.min(capped, (found.workgroupsPerUnit * threads) / limits.threads) };
    }
  }
}

/** The most registers a thread may have while a workgroup still fits, from the instruction set's limit downward. */
function worstRegisters(
  limits: ArchitectureLimits,
  threads: number,
  sharedBytes: number,
  variant: Variant,
  most: number,
): number {
  for (let registers = most; registers > 8; registers--)
    if (resident(limits, threads, sharedBytes, { ...variant, registers }).workgroupsPerUnit >= 1)
      return registers;
  return 8;
}

function variants(
  limits: ArchitectureLimits,
  threads: number,
  sharedBytes: number,
  known: number | undefined,
): Variant[] {
  const waves =
    limits.kind === 'amd'
      ? limits.waves.map((w) => w.size)
      : limits.kind === 'intel'
        ? limits.subgroups
        : [32];
  if (limits.kind === 'intel') return waves.flatMap((wave) => [{ wave }, { wave, large: true }]);
  const most = limits.kind === 'nvidia' ? 255 : 256;
  return waves.flatMap((wave) =>
    known
      ? [{ wave, registers: known }]
      : [{ wave }, { wave, registers: worstRegisters(limits, threads, sharedBytes, { wave }, most) }],
  );
}

/** Band over all choices the compiler may make; null when no choice fits a workgroup. `registers`: when they are known. */
export function residencyBand(
  architecture: ArchitectureId,
  threads: number,
  sharedBytes: number,
  registers?: number,
): ResidencyBand | null {
  const limits = ARCHITECTURES[architecture];
  const found = variants(limits, threads, sharedBytes, registers)
    .map((variant) => resident(limits, threads, sharedBytes, variant))
    .filter((r) => r.workgroupsPerUnit >= 1);
  if (found.length === 0) return null;
  return {
    low: found.reduce((a, b) => (b.occupancy < a.occupancy ? b : a)),
    high: found.reduce((a, b) => (b.occupancy > a.occupancy ? b : a)),
  };
}
