/** Puts WebGPU where a browser has it, before the script's first import, with what libraries expect beside it. */
import { availableParallelism } from 'node:os';
import { create, globals } from 'webgpu';
import type { WebGpuClasses } from '../probe/webgpu-classes.ts';

/** Timestamps are rounded to 65.536 us otherwise. */
const EXACT_TIMESTAMPS = 'disable-dawn-features=timestamp_quantization';

export interface InstalledWebGpu {
  readonly classes: WebGpuClasses;
  readonly gpu: GPU;
}

export function createGpu(flags: readonly string[] = []): GPU {
  return create([EXACT_TIMESTAMPS, ...flags]) as unknown as GPU;
}

export function webGpuClasses(): WebGpuClasses {
  return globals as unknown as WebGpuClasses;
}

export function installWebGpu(): InstalledWebGpu {
  const gpu = createGpu();
  for (const [name, value] of Object.entries(globals))
    if (!(name in globalThis))
      Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  const { navigator } = globalThis as { navigator?: object };
  // Node 21 and newer have a navigator without a GPU; libraries read the user agent and the core count.
  if (navigator) Object.defineProperty(navigator, 'gpu', { value: gpu, configurable: true });
  else
    Object.defineProperty(globalThis, 'navigator', {
      value: {
        gpu,
        userAgent: `Node.js/${process.versions.node}`,
        hardwareConcurrency: availableParallelism(),
      },
      configurable: true,
      writable: true,
    });
  return { classes: webGpuClasses(), gpu };
}
