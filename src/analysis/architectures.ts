/**
 * Per-unit residency limits of GPU architectures: how many workgroups an SM, CU, Xe-core or GPU core can hold at once.
 * Numbers are hardware facts; the formulas that use them are in residency.ts.
 */

const KB = 1024;

/** NVIDIA: 64 K registers a unit in 4 partitions, 255 a thread, allocated by 256 a warp. Source: the compute-capability
 * table of the CUDA Programming Guide and the rules described by cuda_occupancy.h (formulas re-implemented). */
interface NvidiaLimits {
  readonly kind: 'nvidia';
  readonly threads: number;
  readonly workgroups: number;
  readonly sharedBytes: number;
  readonly sharedGranule: number;
  /** Bytes the driver reserves for each workgroup. */
  readonly sharedReserved: number;
}

/** AMD, per CU. Source: Mesa ACO (aco_ir.cpp, aco_live_var_analysis.cpp, MIT); CDNA 2: rocprofiler-compute docs (MIT). */
interface AmdLimits {
  readonly kind: 'amd';
  readonly simds: number;
  readonly wavesPerSimd: number;
  readonly workgroups: number;
  readonly sharedBytes: number;
  readonly sharedGranule: number;
  /** For each wave size: registers per lane of a SIMD and their allocation granule. */
  readonly waves: readonly { readonly size: number; readonly registers: number; readonly granule: number }[];
}

/** Intel, per Xe-core or dual subslice. Source: oneAPI GPU Occupancy Calculator (MIT). */
interface IntelLimits {
  readonly kind: 'intel';
  readonly hardwareThreads: number;
  readonly subgroups: readonly number[];
  readonly workgroups: number;
  readonly sharedBytes: number;
  /** Sizes a workgroup's local memory is rounded up to. */
  readonly sharedStepsKb: readonly number[];
}

/** Apple 7 and 8, per core. Source: philipturner/metal-benchmarks (MIT). */
interface AppleLimits {
  readonly kind: 'apple';
  readonly threads: number;
  /** Threads that stay resident under the worst register pressure. */
  readonly minThreads: number;
  readonly sharedBytes: number;
}

export type ArchitectureLimits = NvidiaLimits | AmdLimits | IntelLimits | AppleLimits;

const nvidia = (
  threads: number,
  workgroups: number,
  sharedKb: number,
  sharedGranule = 128,
  sharedReserved = KB,
): NvidiaLimits => ({
  kind: 'nvidia',
  threads,
  workgroups,
  sharedBytes: sharedKb * KB,
  sharedGranule,
  sharedReserved,
});

const rdna = (
  wavesPerSimd: number,
  registers: number,
  granule: number,
  sharedGranule: number,
): AmdLimits => ({
  kind: 'amd',
  simds: 2,
  wavesPerSimd,
  workgroups: 16,
  sharedBytes: 64 * KB,
  sharedGranule,
  waves: [
    { size: 32, registers, granule },
    { size: 64, registers: registers / 2, granule: granule / 2 },
  ],
});

const gcn = (wavesPerSimd: number, registers: number, granule: number): AmdLimits => ({
  kind: 'amd',
  simds: 4,
  wavesPerSimd,
  workgroups: 16,
  sharedBytes: 64 * KB,
  sharedGranule: 512,
  waves: [{ size: 64, registers, granule }],
});

const STEPS_TO_64 = [0, 1, 2, 4, 8, 16, 32, 64] as const;

export const ARCHITECTURES = {
  'nvidia-6.1': nvidia(2048, 32, 96, 256, 0),
  'nvidia-7.0': nvidia(2048, 32, 96, 256, 0),
  'nvidia-7.5': nvidia(1024, 16, 64, 256, 0),
  'nvidia-8.0': nvidia(2048, 32, 164),
  'nvidia-8.6': nvidia(1536, 16, 100),
  'nvidia-8.9': nvidia(1536, 24, 100),
  'nvidia-9.0': nvidia(2048, 32, 228),
  'nvidia-10.0': nvidia(2048, 32, 228),
  'nvidia-12.0': nvidia(1536, 24, 100),
  'amd-gcn5': gcn(10, 256, 4),
  'amd-cdna2': gcn(8, 512, 8),
  'amd-rdna1': rdna(20, 1024, 8, 512),
  'amd-rdna2': rdna(16, 1024, 16, 1024),
  'amd-rdna3': rdna(16, 1024, 16, 1024),
  'amd-rdna3-big': rdna(16, 1536, 24, 1024),
  'amd-rdna4': rdna(16, 1536, 24, 1024),
  'intel-gen9': {
    kind: 'intel',
    hardwareThreads: 56,
    subgroups: [32, 16, 8],
    workgroups: 64,
    sharedBytes: 64 * KB,
    sharedStepsKb: STEPS_TO_64,
  },
  'intel-xe-lp': {
    kind: 'intel',
    hardwareThreads: 112,
    subgroups: [32, 16, 8],
    workgroups: 128,
    sharedBytes: 64 * KB,
    sharedStepsKb: STEPS_TO_64,
  },
  'intel-xe-hpg': {
    kind: 'intel',
    hardwareThreads: 128,
    subgroups: [32, 16, 8],
    workgroups: 128,
    sharedBytes: 128 * KB,
    sharedStepsKb: STEPS_TO_64,
  },
  'intel-xe2': {
    kind: 'intel',
    hardwareThreads: 64,
    subgroups: [32, 16],
    workgroups: 64,
    sharedBytes: 128 * KB,
    sharedStepsKb: [0, 1, 2, 4, 8, 16, 24, 32, 48, 64, 96, 128],
  },
  'apple-7': { kind: 'apple', threads: 3072, minThreads: 384, sharedBytes: 60 * KB },
} as const satisfies Readonly<Record<string, ArchitectureLimits>>;

export type ArchitectureId = keyof typeof ARCHITECTURES;

/** What Dawn calls an architecture, where that alone decides the limits. */
export const DAWN_ARCHITECTURES: Readonly<Record<string, ArchitectureId>> = {
  pascal: 'nvidia-6.1',
  volta: 'nvidia-7.0',
  turing: 'nvidia-7.5',
  lovelace: 'nvidia-8.9',
  'rdna-1': 'amd-rdna1',
  'rdna-2': 'amd-rdna2',
  'rdna-3': 'amd-rdna3',
  'rdna-4': 'amd-rdna4',
  'gen-9': 'intel-gen9',
  'gen-11': 'intel-gen9',
  'gen-12-lp': 'intel-xe-lp',
  'xe-lpg': 'intel-xe-hpg',
  'gen-12-hp': 'intel-xe-hpg',
  'xe-2-hpg': 'intel-xe2',
  'xe-2-lpg': 'intel-xe2',
};
