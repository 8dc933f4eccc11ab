/**
 * Facts about GPUs: how many units they have, their vector peaks, bandwidth and memory. Peaks are data-sheet figures,
 * used only where nothing was measured on the device. `null`: not found, or the sources disagree.
 */
import type { ArchitectureId } from './architectures.ts';

/** Where the figures come from; each row names its sources. */
export const GPU_SOURCES = {
  techpowerup:
    'RightNow-GPU-Database dfb3c9a (Apache-2.0), facts from techpowerup.com/gpu-specs; AMD units = shaders / 64',
  wikipedia: 'voidful/gpu-info-api, 2025-06, facts from the Wikipedia lists of graphics processing units',
  lightning:
    "pytorch-lightning 7f0c343 fabric/utilities/throughput.py (Apache-2.0), which cites the vendors' data sheets",
  mlEngineering: 'stas00/ml-engineering 744d01e compute/accelerator',
  neusight: 'sitar-lab/NeuSight 6945927 scripts/asplos/data/device_configs (MIT)',
  tracelens: 'AMD-AGI/TraceLens 171dd74 Agent/Analysis/utils/arch (MIT)',
  oneapi: 'oneapi-src/oneAPI-samples 6f5ade5 Tools/GPU-Occupancy-Calculator (MIT)',
  applegpuinfo: 'philipturner/applegpuinfo 1203849 (MIT)',
  metalBenchmarks: 'philipturner/metal-benchmarks dc2adc6 (MIT)',
  press: "press copies of the vendor's announcement",
} as const;
export type GpuSource = keyof typeof GPU_SOURCES;

export interface GpuFacts {
  readonly name: string;
  /** Lower-case token sequences of which one must stand in the adapter's name. */
  readonly match: readonly string[];
  readonly generation: string;
  /** Key of the residency limits; null where they are unknown or not static (Apple 9 and later, CDNA 3). */
  readonly architecture: ArchitectureId | null;
  /** SM, CU, Xe-core or GPU core. */
  readonly units: number | null;
  /** Peak TFLOP/s: f32 and f16 on the vector units, dense f16 on the matrix units (not reachable from WebGPU today). */
  readonly tflops: {
    readonly fp32: number | null;
    readonly fp16: number | null;
    readonly matrix16: number | null;
  };
  readonly memoryGb: number | null;
  readonly bandwidthGbs: number | null;
  readonly boardWatts: number | null;
  readonly sources: readonly GpuSource[];
}

function gpu(
  name: string,
  match: readonly string[],
  generation: string,
  architecture: ArchitectureId | null,
  units: number | null,
  tflops: GpuFacts['tflops'],
  memoryGb: number | null,
  bandwidthGbs: number | null,
  boardWatts: number | null,
  sources: readonly GpuSource[],
): GpuFacts {
  return {
    name,
    match,
    generation,
    architecture,
    units,
    tflops,
    memoryGb,
    bandwidthGbs,
    boardWatts,
    sources,
  };
}

/** Columns: name, match, generation, residency limits, units, peaks, memory GB, bandwidth GB/s, board W, sources. */
// prettier-ignore
export const GPUS: readonly GpuFacts[] = [
  gpu('GeForce RTX 5090', ['geforce rtx 5090'], 'Blackwell', 'nvidia-12.0', 170, { fp32: 104.8, fp16: 104.8, matrix16: 419 }, 32, 1792, 575, ['techpowerup', 'wikipedia']),
  gpu('GeForce RTX 5080', ['geforce rtx 5080'], 'Blackwell', 'nvidia-12.0', 84, { fp32: 56.28, fp16: 56.28, matrix16: 225 }, 16, 960, 360, ['techpowerup', 'wikipedia']),
  gpu('GeForce RTX 5070 Ti', ['geforce rtx 5070 ti'], 'Blackwell', 'nvidia-12.0', 70, { fp32: 43.94, fp16: 43.94, matrix16: 176 }, 16, 896, 300, ['techpowerup', 'wikipedia']),
  gpu('GeForce RTX 5070', ['geforce rtx 5070'], 'Blackwell', 'nvidia-12.0', 48, { fp32: 30.87, fp16: 30.87, matrix16: 123 }, 12, 672, 250, ['techpowerup', 'wikipedia']),
  gpu('GeForce RTX 5060 Ti', ['geforce rtx 5060 ti'], 'Blackwell', 'nvidia-12.0', 36, { fp32: 23.7, fp16: 23.7, matrix16: null }, null, 448, 180, ['techpowerup']),
  gpu('GeForce RTX 5060', ['geforce rtx 5060'], 'Blackwell', 'nvidia-12.0', 30, { fp32: 19.18, fp16: 19.18, matrix16: 77 }, 8, 448, 145, ['techpowerup', 'wikipedia']),
  gpu('RTX PRO 6000 Blackwell', ['rtx pro 6000 blackwell'], 'Blackwell', 'nvidia-12.0', 188, { fp32: 126, fp16: 126, matrix16: null }, 96, 1790, 600, ['techpowerup']),
  gpu('GB10 (DGX Spark)', ['gb10'], 'Blackwell', 'nvidia-12.0', 48, { fp32: 29.71, fp16: 29.71, matrix16: null }, 128, 273.2, 140, ['techpowerup']),
  gpu('GeForce RTX 4090', ['geforce rtx 4090'], 'Ada Lovelace', 'nvidia-8.9', 128, { fp32: 82.58, fp16: 82.58, matrix16: 330 }, 24, 1008, 450, ['techpowerup', 'wikipedia', 'lightning']),
  gpu('GeForce RTX 4080 SUPER', ['geforce rtx 4080 super'], 'Ada Lovelace', 'nvidia-8.9', 80, { fp32: 52.22, fp16: 52.22, matrix16: null }, 16, 736.3, 320, ['techpowerup']),
  gpu('GeForce RTX 4080', ['geforce rtx 4080'], 'Ada Lovelace', 'nvidia-8.9', 76, { fp32: 48.74, fp16: 48.74, matrix16: null }, 16, 716.8, 320, ['techpowerup']),
  gpu('GeForce RTX 4070', ['geforce rtx 4070'], 'Ada Lovelace', 'nvidia-8.9', 46, { fp32: 29.15, fp16: 29.15, matrix16: 117 }, 12, 504.2, 200, ['techpowerup', 'wikipedia']),
  gpu('GeForce RTX 4060 Ti', ['geforce rtx 4060 ti'], 'Ada Lovelace', 'nvidia-8.9', 34, { fp32: 22.06, fp16: 22.06, matrix16: null }, null, 288, 160, ['techpowerup']),
  gpu('GeForce RTX 4060', ['geforce rtx 4060'], 'Ada Lovelace', 'nvidia-8.9', 24, { fp32: 15.11, fp16: 15.11, matrix16: 60 }, 8, 272, 115, ['techpowerup', 'wikipedia']),
  gpu('GeForce RTX 4070 Laptop GPU', ['geforce rtx 4070 laptop'], 'Ada Lovelace', 'nvidia-8.9', 36, { fp32: 15.62, fp16: 15.62, matrix16: null }, 8, 256, 115, ['techpowerup']),
  gpu('GeForce RTX 4060 Laptop GPU', ['geforce rtx 4060 laptop'], 'Ada Lovelace', 'nvidia-8.9', 24, { fp32: 11.61, fp16: 11.61, matrix16: null }, 8, 256, 115, ['techpowerup']),
  gpu('RTX 6000 Ada Generation', ['rtx 6000 ada generation'], 'Ada Lovelace', 'nvidia-8.9', 142, { fp32: 91.06, fp16: 91.06, matrix16: null }, 48, 960, 300, ['techpowerup']),
  gpu('NVIDIA L4', ['nvidia l4'], 'Ada Lovelace', 'nvidia-8.9', 58, { fp32: 30.29, fp16: 30.29, matrix16: 121 }, 24, 300, 72, ['techpowerup', 'lightning', 'wikipedia', 'neusight']),
  gpu('NVIDIA L40S', ['nvidia l40s'], 'Ada Lovelace', 'nvidia-8.9', 142, { fp32: 91.61, fp16: 91.61, matrix16: 362 }, 48, 864, null, ['techpowerup', 'mlEngineering']),
  gpu('GeForce RTX 3090', ['geforce rtx 3090'], 'Ampere', 'nvidia-8.6', 82, { fp32: 35.58, fp16: 35.58, matrix16: null }, 24, 936.2, 350, ['techpowerup', 'lightning']),
  gpu('GeForce RTX 3080', ['geforce rtx 3080'], 'Ampere', 'nvidia-8.6', 68, { fp32: 29.77, fp16: 29.77, matrix16: null }, null, 760.3, 320, ['techpowerup', 'lightning']),
  gpu('GeForce RTX 3070', ['geforce rtx 3070'], 'Ampere', 'nvidia-8.6', 46, { fp32: 20.31, fp16: 20.31, matrix16: null }, 8, 448, 220, ['techpowerup', 'lightning']),
  gpu('GeForce RTX 3060', ['geforce rtx 3060'], 'Ampere', 'nvidia-8.6', 28, { fp32: 12.74, fp16: 12.74, matrix16: null }, null, null, 170, ['techpowerup', 'wikipedia']),
  gpu('RTX A6000', ['rtx a6000'], 'Ampere', 'nvidia-8.6', 84, { fp32: 38.71, fp16: 38.71, matrix16: null }, 48, 768, 300, ['techpowerup', 'lightning']),
  gpu('NVIDIA A10G', ['nvidia a10g'], 'Ampere', 'nvidia-8.6', 72, { fp32: 31.52, fp16: 31.52, matrix16: 125 }, 24, 600.2, 150, ['techpowerup', 'lightning']),
  gpu('NVIDIA A100-SXM4-80GB', ['nvidia a100 sxm4 80gb', 'a100 sxm4 80gb'], 'Ampere', 'nvidia-8.0', 108, { fp32: 19.49, fp16: 77.97, matrix16: 312 }, 80, 2040, 400, ['techpowerup', 'lightning', 'mlEngineering']),
  gpu('NVIDIA A100 80GB PCIe', ['a100 80gb pcie'], 'Ampere', 'nvidia-8.0', 108, { fp32: 19.49, fp16: 77.97, matrix16: 312 }, 80, 1940, 300, ['techpowerup', 'lightning', 'mlEngineering']),
  gpu('NVIDIA A100 (any)', ['nvidia a100', 'a100 sxm4 40gb', 'a100 pcie 40gb'], 'Ampere', 'nvidia-8.0', 108, { fp32: 19.49, fp16: 77.97, matrix16: 312 }, null, null, null, ['techpowerup', 'neusight']),
  gpu('GeForce RTX 2080 Ti', ['geforce rtx 2080 ti'], 'Turing', 'nvidia-7.5', 68, { fp32: 13.45, fp16: 26.9, matrix16: 107.6 }, 11, 616, 250, ['techpowerup', 'wikipedia']),
  gpu('GeForce RTX 2060', ['geforce rtx 2060'], 'Turing', 'nvidia-7.5', 30, { fp32: 6.45, fp16: 12.9, matrix16: null }, null, 336, 160, ['techpowerup']),
  gpu('GeForce GTX 1660 SUPER', ['geforce gtx 1660 super'], 'Turing', 'nvidia-7.5', 22, { fp32: 5.03, fp16: 10.05, matrix16: null }, 6, 336, 125, ['techpowerup']),
  gpu('Tesla T4', ['tesla t4'], 'Turing', 'nvidia-7.5', 40, { fp32: 8.14, fp16: null, matrix16: 65 }, 16, 320, 70, ['techpowerup', 'lightning', 'wikipedia']),
  gpu('Tesla V100-SXM2-16GB', ['tesla v100 sxm2 16gb'], 'Volta', 'nvidia-7.0', 80, { fp32: 15.7, fp16: null, matrix16: 125 }, 16, null, null, ['techpowerup', 'lightning']),
  gpu('NVIDIA V100 (any)', ['tesla v100', 'nvidia v100'], 'Volta', 'nvidia-7.0', 80, { fp32: null, fp16: null, matrix16: null }, null, null, null, ['neusight']),
  gpu('GeForce GTX 1080 Ti', ['geforce gtx 1080 ti'], 'Pascal', 'nvidia-6.1', 28, { fp32: 11.34, fp16: 0.18, matrix16: null }, 11, 484.4, 250, ['techpowerup']),
  gpu('NVIDIA H100 80GB HBM3 (SXM)', ['h100 80gb hbm3'], 'Hopper', 'nvidia-9.0', 132, { fp32: 67, fp16: null, matrix16: 989 }, 80, 3350, 700, ['techpowerup', 'lightning', 'mlEngineering']),
  gpu('NVIDIA H100 PCIe', ['h100 pcie'], 'Hopper', 'nvidia-9.0', 114, { fp32: 51.2, fp16: null, matrix16: 756 }, 80, 2040, 350, ['techpowerup', 'lightning', 'mlEngineering']),
  gpu('NVIDIA H200 (SXM)', ['nvidia h200'], 'Hopper', 'nvidia-9.0', 132, { fp32: 67, fp16: null, matrix16: 989 }, 141, 4800, 700, ['techpowerup', 'lightning', 'mlEngineering']),
  gpu('NVIDIA B200 (SXM)', ['nvidia b200'], 'Blackwell', 'nvidia-10.0', 148, { fp32: 80, fp16: null, matrix16: 2250 }, 180, 8000, 1000, ['techpowerup', 'mlEngineering']),
  gpu('Radeon RX 9070 XT', ['radeon rx 9070 xt'], 'RDNA 4', 'amd-rdna4', 64, { fp32: 48.66, fp16: 97.32, matrix16: null }, 16, 644.6, 304, ['techpowerup']),
  gpu('Radeon RX 9070', ['radeon rx 9070'], 'RDNA 4', 'amd-rdna4', 56, { fp32: 36.13, fp16: 72.25, matrix16: null }, 16, 644.6, 220, ['techpowerup']),
  gpu('Radeon RX 9060 XT', ['radeon rx 9060 xt'], 'RDNA 4', 'amd-rdna4', 32, { fp32: 25.64, fp16: 51.28, matrix16: null }, null, 322.3, 160, ['techpowerup']),
  gpu('Radeon RX 7900 XTX', ['radeon rx 7900 xtx'], 'RDNA 3', 'amd-rdna3-big', 96, { fp32: 61.39, fp16: 122.8, matrix16: null }, 24, 960, 355, ['techpowerup', 'wikipedia']),
  gpu('Radeon RX 7800 XT', ['radeon rx 7800 xt'], 'RDNA 3', 'amd-rdna3-big', 60, { fp32: 37.32, fp16: 74.65, matrix16: null }, 16, 624.1, 263, ['techpowerup']),
  gpu('Radeon RX 7600', ['radeon rx 7600'], 'RDNA 3', 'amd-rdna3', 32, { fp32: 21.75, fp16: 43.5, matrix16: null }, 8, 288, 165, ['techpowerup']),
  gpu('Radeon RX 6900 XT', ['radeon rx 6900 xt'], 'RDNA 2', 'amd-rdna2', 80, { fp32: 23.04, fp16: 46.08, matrix16: null }, 16, 512, 300, ['techpowerup']),
  gpu('Radeon RX 6700 XT', ['radeon rx 6700 xt'], 'RDNA 2', 'amd-rdna2', 40, { fp32: 13.21, fp16: 26.43, matrix16: null }, 12, 384, 230, ['techpowerup']),
  gpu('Radeon RX 6600', ['radeon rx 6600'], 'RDNA 2', 'amd-rdna2', 28, { fp32: 8.93, fp16: 17.86, matrix16: null }, 8, 224, 132, ['techpowerup']),
  gpu('Radeon 780M', ['radeon 780m'], 'RDNA 3', 'amd-rdna3', 12, { fp32: 8.91, fp16: 17.82, matrix16: null }, null, null, 15, ['techpowerup']),
  gpu('Radeon 890M', ['radeon 890m'], 'RDNA 3.5', 'amd-rdna3', 16, { fp32: null, fp16: null, matrix16: null }, null, null, 15, ['techpowerup']),
  gpu('Radeon 8060S (Strix Halo)', ['radeon 8060s'], 'RDNA 3.5', 'amd-rdna3-big', 40, { fp32: null, fp16: null, matrix16: null }, null, null, 55, ['techpowerup']),
  gpu('Instinct MI300X', ['instinct mi300x', 'mi300x'], 'CDNA 3', null, 304, { fp32: 163.4, fp16: null, matrix16: 1307 }, 192, 5300, 750, ['techpowerup', 'mlEngineering', 'wikipedia', 'tracelens']),
  gpu('Instinct MI250X (one of its two dies)', ['instinct mi250x', 'mi250x'], 'CDNA 2', 'amd-cdna2', 110, { fp32: 23.935, fp16: null, matrix16: 191.5 }, 64, 1640, 250, ['techpowerup', 'mlEngineering']), // half of the card's figures: the driver shows each die as a device
  gpu('Instinct MI210', ['instinct mi210', 'mi210'], 'CDNA 2', 'amd-cdna2', 104, { fp32: 22.63, fp16: null, matrix16: 181 }, 64, 1640, 300, ['techpowerup']),
  gpu('Arc A770', ['arc tm a770', 'arc a770'], 'Xe-HPG', 'intel-xe-hpg', 32, { fp32: 19.66, fp16: 39.32, matrix16: null }, null, null, 225, ['techpowerup', 'oneapi']),
  gpu('Arc A750', ['arc tm a750', 'arc a750'], 'Xe-HPG', 'intel-xe-hpg', 28, { fp32: 17.2, fp16: 34.41, matrix16: null }, 8, 512, 225, ['techpowerup', 'oneapi']),
  gpu('Arc B580', ['arc tm b580', 'arc b580'], 'Xe2-HPG', 'intel-xe2', 20, { fp32: 13.67, fp16: 27.34, matrix16: null }, 12, 456, 190, ['techpowerup', 'oneapi']),
  gpu('Arc B570', ['arc tm b570', 'arc b570'], 'Xe2-HPG', 'intel-xe2', 18, { fp32: 11.52, fp16: 23.04, matrix16: null }, 10, 380, 150, ['techpowerup', 'oneapi']),
  gpu('Arc 140V (Lunar Lake)', ['arc tm 140v', 'arc 140v'], 'Xe2-LPG', 'intel-xe2', 8, { fp32: null, fp16: null, matrix16: null }, null, null, 37, ['techpowerup', 'oneapi']),
  gpu('Iris Xe Graphics (96 EU)', ['iris r xe graphics', 'iris xe graphics'], 'Xe-LP', 'intel-xe-lp', 6, { fp32: null, fp16: null, matrix16: null }, null, null, 15, ['techpowerup', 'oneapi']),
  gpu('Apple M1', ['apple m1'], 'Apple 7', 'apple-7', 8, { fp32: 2.617, fp16: null, matrix16: null }, null, 68.3, null, ['applegpuinfo', 'metalBenchmarks']),
  gpu('Apple M1 Pro', ['apple m1 pro'], 'Apple 7', 'apple-7', 16, { fp32: 5.308, fp16: null, matrix16: null }, null, 204.8, null, ['applegpuinfo', 'metalBenchmarks']),
  gpu('Apple M1 Max', ['apple m1 max'], 'Apple 7', 'apple-7', 32, { fp32: 10.617, fp16: null, matrix16: null }, null, 409.6, null, ['applegpuinfo', 'metalBenchmarks']),
  gpu('Apple M1 Ultra', ['apple m1 ultra'], 'Apple 7', 'apple-7', 48, { fp32: 15.925, fp16: null, matrix16: null }, null, 819.2, null, ['applegpuinfo']),
  gpu('Apple M2', ['apple m2'], 'Apple 8', 'apple-7', 10, { fp32: 3.579, fp16: null, matrix16: null }, null, 102.4, null, ['applegpuinfo', 'metalBenchmarks']),
  gpu('Apple M2 Pro', ['apple m2 pro'], 'Apple 8', 'apple-7', 19, { fp32: 6.8, fp16: null, matrix16: null }, null, 204.8, null, ['applegpuinfo', 'metalBenchmarks']),
  gpu('Apple M2 Max', ['apple m2 max'], 'Apple 8', 'apple-7', 38, { fp32: 13.6, fp16: null, matrix16: null }, null, null, null, ['metalBenchmarks']),
  gpu('Apple M3 Max', ['apple m3 max'], 'Apple 9', null, 40, { fp32: null, fp16: null, matrix16: null }, null, 400, null, ['press']),
  gpu('Apple M4 Pro', ['apple m4 pro'], 'Apple 9', null, 20, { fp32: null, fp16: null, matrix16: null }, null, 273, null, ['press']),
  gpu('Apple M4 Max', ['apple m4 max'], 'Apple 9', null, 40, { fp32: null, fp16: null, matrix16: null }, null, 546, null, ['press']),
  gpu('Apple M4', ['apple m4'], 'Apple 9', null, 10, { fp32: null, fp16: null, matrix16: null }, null, null, null, ['press']),
];
