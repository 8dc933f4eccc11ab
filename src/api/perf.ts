/**
 * Performance tests, kept beside the code in files named `*.perf.ts`. Such a file is read, not run: its options must be
 * literals. `kernelscope perf` and VS Code's Test Explorer profile the script and hold the figures against the limits.
 *
 * ```ts
 * import { perf } from 'kernelscope';
 *
 * perf.test('a step of the CNN', { script: './cnn.ts', maxStepMs: 12, maxPeakMB: 300 });
 * perf.test('no slower than last release', { script: './cnn.ts', baseline: './cnn.baseline.kscope', maxSlowdown: 0.05 });
 * ```
 */

export interface PerfOptions {
  /** The training script, relative to the file of the test. */
  readonly script: string;
  /** Arguments of the script. */
  readonly args?: readonly string[];
  /** Training steps to run; 60 unless given. */
  readonly steps?: number;
  /** Most milliseconds of a steady step, median. */
  readonly maxStepMs?: number;
  /** Least rows a second. */
  readonly minSamplesPerSecond?: number;
  /** Most megabytes (10^6 bytes) of GPU memory at the peak. */
  readonly maxPeakMB?: number;
  /** A trace to compare with, relative to the file of the test; `kernelscope perf --update-baselines` records it. */
  readonly baseline?: string;
  /** Share by which a step may be slower than the baseline's; 0.05 unless given. */
  readonly maxSlowdown?: number;
}

/** Declares a performance test. Nothing happens when the file is run by itself. */
export function test(_name: string, _options: PerfOptions): void {
  // Read by `kernelscope perf` and the Test Explorer.
}
