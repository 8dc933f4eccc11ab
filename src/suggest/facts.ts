/** The facts of one trace that rules look at, each computed once and only when asked for. */
import type { IdleSplit } from '../analysis/idle.ts';
import { idleSplit } from '../analysis/idle.ts';
import type { AccessGroup } from '../analysis/kernel-accesses.ts';
import { kernelAccesses } from '../analysis/kernel-accesses.ts';
import type { ProductSizes } from '../analysis/product-sizes.ts';
import { productSizes } from '../analysis/product-sizes.ts';
import type { Ceilings } from '../analysis/roofline.ts';
import { ceilings } from '../analysis/roofline.ts';
import type { DeviceModel } from '../analysis/gpu.ts';
import { deviceModel } from '../analysis/gpu.ts';
import type { KernelStats } from '../analysis/kernels.ts';
import { kernelStats } from '../analysis/kernels.ts';
import type { LayerCosts } from '../analysis/layers.ts';
import { layerCosts } from '../analysis/layers.ts';
import type { MemoryPeak } from '../analysis/memory.ts';
import { memoryPeak, steadyMemoryPeak } from '../analysis/memory.ts';
import type { LaunchOccupancy } from '../analysis/occupancy.ts';
import { allOccupancies } from '../analysis/occupancy.ts';
import type { StepLaunch } from '../analysis/step-launches.ts';
import { stepLaunches } from '../analysis/step-launches.ts';
import type { StepStats } from '../analysis/steps.ts';
import { stepStats } from '../analysis/steps.ts';
import type { UnfedStep } from '../analysis/unfed.ts';
import { unfedSteps } from '../analysis/unfed.ts';
import type { Trace } from '../trace/model.ts';

export class Facts {
  readonly trace: Trace;
  readonly #known = new Map<string, unknown>();

  constructor(trace: Trace) {
    this.trace = trace;
  }

  get steps(): StepStats {
    return this.#once('steps', stepStats);
  }
  get kernels(): readonly KernelStats[] {
    return this.#once('kernels', kernelStats);
  }
  get layers(): LayerCosts {
    return this.#once('layers', layerCosts);
  }
  get memory(): MemoryPeak {
    return this.#once('memory', (trace) => memoryPeak(trace));
  }
  /** The peak within the steady steps; of the whole trace without steps. */
  get steadyMemory(): MemoryPeak {
    return this.#once('steadyMemory', steadyMemoryPeak);
  }
  get idle(): IdleSplit {
    return this.#once('idle', idleSplit);
  }
  /** What the GPU waits for before it has work of a step, of each step that tells. */
  get unfed(): readonly UnfedStep[] {
    return this.#once('unfed', unfedSteps);
  }
  get occupancies(): readonly LaunchOccupancy[] {
    return this.#once('occupancies', allOccupancies);
  }
  /** Floating-point operations a second of the fastest matrix product in the trace; NaN without one. */
  get bestProductRate(): number {
    const products = this.kernels.filter((k) => k.family === 'gemm' && k.flopsPerSecond > 0);
    return Math.max(...products.map((k) => k.flopsPerSecond));
  }
  /** Bytes a second of the kernel that moves most; NaN when no kernel states its traffic. */
  get bestBytesRate(): number {
    const rates = this.kernels.map((k) => k.bytesPerSecond).filter((rate) => rate > 0);
    return rates.length > 0 ? Math.max(...rates) : NaN;
  }
  /** What one step launches, in order, with the median time of each. */
  get stepLaunches(): readonly StepLaunch[] {
    return this.#once('stepLaunches', stepLaunches);
  }
  /** The device's ceilings where they are measured or on a data sheet: what no kernel can beat. Null where only seen rates are known. */
  get ceilings(): Ceilings | null {
    return this.#once('ceilings', (trace) => {
      const found = ceilings(trace, []);
      return found.basis === 'unknown' ? null : found;
    });
  }
  /** Sizes of the products that a library tells of, by launch. */
  get products(): ReadonlyMap<number, ProductSizes> {
    return this.#once('products', productSizes);
  }
  /** How a kernel's lanes lie in its buffers, in its costliest launch; null where its text is not at hand or not understood. */
  accesses({ kernel, launch }: KernelStats): readonly AccessGroup[] | null {
    return this.#once(`accesses ${kernel}`, (trace) => kernelAccesses(trace, kernel, launch));
  }
  get device(): DeviceModel {
    return this.#once('device', (trace) => deviceModel(trace.meta.adapter));
  }

  #once<T>(name: string, compute: (trace: Trace) => T): T {
    if (!this.#known.has(name)) this.#known.set(name, compute(this.trace));
    return this.#known.get(name) as T;
  }
}
