/**
 * What share of its data-sheet peak a GPU keeps up in large f32 kernels: power limits hold small boards far below it (an L4
 * reaches 28 %). Medians over half of the shapes of NeuSight's published measurements (MIT): matrix products over 1 ms that
 * are compute-bound, element-wise kernels over 0.5 ms; the other half tests the predictions (test/analysis/what-if.test.ts).
 */
export interface SustainedShare {
  readonly compute: number;
  readonly bandwidth: number;
  /** False where the shares are the medians of the GPUs that were measured. */
  readonly measured: boolean;
}

const MEASURED: Readonly<Record<string, { compute: number; bandwidth: number | null }>> = {
  'NVIDIA V100 (any)': { compute: 0.95, bandwidth: 0.91 },
  'Tesla V100-SXM2-16GB': { compute: 0.95, bandwidth: 0.91 },
  'NVIDIA A100 (any)': { compute: 0.8, bandwidth: 0.88 },
  'NVIDIA A100 80GB PCIe': { compute: 0.89, bandwidth: 0.86 },
  'NVIDIA A100-SXM4-80GB': { compute: 0.89, bandwidth: 0.86 },
  'NVIDIA H100 80GB HBM3 (SXM)': { compute: 0.75, bandwidth: null },
  'NVIDIA L4': { compute: 0.28, bandwidth: 0.78 },
  'Tesla T4': { compute: 0.48, bandwidth: 0.74 },
  'Tesla P4': { compute: 0.74, bandwidth: 0.75 },
  'Tesla P100-PCIE-16GB': { compute: 0.71, bandwidth: 0.74 },
};

/** Medians of the eight GPUs measured. */
const TYPICAL: SustainedShare = { compute: 0.745, bandwidth: 0.78, measured: false };

export function sustainedShare(gpu: string): SustainedShare {
  const known = MEASURED[gpu];
  if (!known) return TYPICAL;
  return { compute: known.compute, bandwidth: known.bandwidth ?? TYPICAL.bandwidth, measured: true };
}
